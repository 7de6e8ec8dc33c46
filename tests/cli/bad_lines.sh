# A bad line stops with file and number after what came before is durable, or is skipped and counted.
source "$KAPPA_SOURCE/tests/cli/support.bash"
printf '{"id":1}\n{"id":2}\nno json\n{"id":4}\n{"other":5}\n' > lines
expect_code 3 "$KAPPA" append orders lines --key-field id
expect_text err 'kappa: lines:3: no JSON'
expect_text err 'appended 2 events to orders, offsets 0..1'
expect_text err 'hint: what came before is appended, and would be twice if given again: go on with tail -n +3 lines |'
expect_code 0 "$KAPPA" append orders lines --key-field id --on-error skip
expect_text err 'skipped lines:3: no JSON'
expect_text err 'skipped lines:5: no field id'
expect_text err 'appended 3 events to orders, offsets 2..4, skipped 2'
expect_code 3 "$KAPPA" append orders lines --timestamp-field id --timestamp-format rfc3339
expect_text err 'lines:1: field id is no timestamp: 1'
expect_code 3 "$KAPPA" append orders -J lines
expect_text err 'lines:1: unknown member "id"'

{ echo ok; head -c 9000000 /dev/zero | tr '\0' x; echo; echo after; } > long
expect_code 3 "$KAPPA" append orders long
expect_text err 'long:2: longer than 8388608 bytes'
expect_code 0 "$KAPPA" append orders long --on-error skip
expect_text err 'appended 2 events'

# What the hint says appends no line twice: behind the bad line of a file, of one of several, of standard input, and by
# giving all again where what is there already is left out.
mkdir bin && ln -s "$KAPPA" bin/kappa
way_on() { sed -n "s/.*go on with \(.*\) and the same options; --on-error skip passes over bad lines/\1/p" err; }
printf '{"id":6}\n' > 'more lines'
expect_code 3 "$KAPPA" append files 'more lines' lines 'more lines' --key-field id
[ "$(way_on)" = "tail -n +3 lines | kappa append files … - 'more lines'" ]
PATH=$PWD/bin:$PATH expect_code 0 bash -c "$(way_on | sed 's/…/--key-field id --on-error skip/')"
expect_code 0 "$KAPPA" read files
expect_same <(printf '{"id":%s}\n' 6 1 2 4 6) out
expect_code 3 "$KAPPA" append piped - 'more lines' --key-field id < lines
[ "$(way_on)" = "line 3 of the input, then 'more lines'" ]
expect_code 3 "$KAPPA" append piped --key-field id < lines
[ "$(way_on)" = 'line 3 of the input' ]
for once in '--id-field id' '--producer-id lines --key-field id'; do
  # shellcheck disable=SC2086
  expect_code 3 "$KAPPA" append once lines $once
  expect_text err 'hint: what came before is appended, and left out if given again: the same command with the line mended'
  # shellcheck disable=SC2086
  expect_code 0 "$KAPPA" append once lines $once --on-error skip
  expect_code 0 "$KAPPA" read once
  expect_same <(printf '{"id":%s}\n' 1 2 4) out
  "$KAPPA" topic delete once --yes
done
# Nothing came before, or it was all or nothing.
expect_code 3 "$KAPPA" append none --key-field id < <(tail -n +3 lines)
expect_text err 'hint: nothing was appended; --on-error skip passes over bad lines'
expect_code 3 "$KAPPA" append none lines --key-field id --expect-offset 0
expect_text err 'hint: nothing was appended; --on-error skip passes over bad lines'
expect_code 0 "$KAPPA" read none
[ ! -s out ]

# A bad line stops with file and number after what came before is durable, or is skipped and counted.
source "$KAPPA_SOURCE/tests/cli/support.bash"
printf '{"id":1}\n{"id":2}\nno json\n{"id":4}\n{"other":5}\n' > lines
expect_code 3 "$KAPPA" append orders lines --key-field id
expect_text err 'kappa: lines:3: no JSON'
expect_text err 'appended 2 events to orders, offsets 0..1'
expect_text err 'hint: '
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

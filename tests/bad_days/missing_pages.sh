# A shared page is removed or emptied: a head, that of the catalog, the counter. They are hints: who may only read reads
# the segments, as after a restart of the machine, and the next append makes the page anew.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
seq 1 300 | "$KAPPA" append a -q
"$KAPPA" topic create p --partitions 3 -q
for partition in 0 1 2; do seq 1 100 | "$KAPPA" append p -p $partition -q; done

# all_read DIR: what the reading commands print; with their talk, for what they leave out is told there.
all_read() {
  local command
  for command in "topic list" "topic info a" "topic info p" "read a" "read p" "read a p" "read p -p 1" "verify"; do
    # shellcheck disable=SC2086
    "$KAPPA" $command > "$1.one" 2>&1 || { echo "exit code $?: $command" >&2; cat "$1.one" >&2; return 1; }
    cat "$1.one"
  done
}
all_read before > before
[ "$(wc -l < before)" -gt 1300 ]

for page in topics/a/0/head topics/p/1/head topics/_catalog/0/head sequence; do
  for damage in rm "truncate -s 0" "truncate -s 4095"; do
    echo "$damage $page"
    $damage "kappa-data/$page"
    all_read after > after
    expect_same before after
    expect_code 0 "$KAPPA" repair
    expect_code 0 "$KAPPA" backup "backup of $(basename "$page")" --dry-run
    "$KAPPA" append a -q < /dev/null
    [ "$(stat -c %s "kappa-data/$page")" = 4096 ]
    all_read after > after
    expect_same before after
  done
done

# Who waits beside a page that somebody makes anew is told: what it knows of the end is out of date.
for page in topics/a/0/head sequence; do
  rm "kappa-data/$page"
  timeout 60 "$KAPPA" tail a -o start > tailed 2> tail.err &
  tail=$!
  until [ "$(tail -n 1 tailed)" = "$(tail -n 1 <("$KAPPA" read a))" ]; do kill -0 "$tail"; done
  echo "after $page" | "$KAPPA" append a -q
  code=0
  wait "$tail" || code=$?
  [ "$code" = 5 ] || { echo "ended with $code:" >&2; cat tail.err >&2; exit 1; }
  expect_text tail.err "$page was missing, and has been made anew"
  expect_text tail.err 'hint: run the command again'
  [ "$("$KAPPA" read a -o -1)" = "after $page" ]
done

# Who has a page in use that somebody cuts off ends in words. It is as if it were killed: the next one goes on.
mkfifo lines
for page in topics/a/0/head sequence; do
  timeout 60 "$KAPPA" append a -q < lines 2> append.err &
  append=$!
  exec {pipe}> lines
  echo "acknowledged before $page" >&"$pipe"
  until [ "$("$KAPPA" read a -o -1)" = "acknowledged before $page" ]; do kill -0 "$append"; done
  truncate -s 0 "kappa-data/$page"
  echo "after $page" >&"$pipe"
  exec {pipe}>&-
  code=0
  wait "$append" || code=$?
  [ "$code" = 6 ] || { echo "ended with $code:" >&2; cat append.err >&2; exit 1; }
  expect_text append.err 'kappa: a shared page that is in use, DIR/sequence or the head of a partition, was cut off'
  expect_text append.err 'hint: nothing acknowledged is lost'
  expect_code 0 "$KAPPA" verify
  [ "$("$KAPPA" read a | grep -c "^acknowledged before $page$")" = 1 ]
  echo next | "$KAPPA" append a -q
  [ "$("$KAPPA" read a -o -1)" = next ]
  expect_code 0 "$KAPPA" verify
done

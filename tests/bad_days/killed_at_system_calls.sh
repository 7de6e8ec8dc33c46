# kill -9 before a system call that changes something, before the next one of its kind, … until the command comes to its
# end: what was there is there, a whole part of the rest, and the next command works as if nothing had happened. A test run
# does it before every sixth call of a kind; the longer form (KAPPA_KILL_EVERY=1, ./dev torture) before every call.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
source "$KAPPA_SOURCE/tests/bad_days/kills.bash"

orders_view
orders 1 10 > before
orders 11 20 > more
export KAPPA_DIR=$PWD/prepared
"$KAPPA" append orders before -q
"$KAPPA" append old before -q
"$KAPPA" append scrap before -q
cp -r prepared filled
KAPPA_DIR=$PWD/filled "$KAPPA" run orders.sql --until-end -q
until "$KAPPA" topic set old --retention 1s --dry-run 2>&1 | grep -q 'would remove'; do :; done
export KAPPA_DIR=$PWD/data

# expect_between FILE FILE: what is read of the topic orders is the first file, then lines of the second from its start.
expect_between() {
  expect_code 0 "$KAPPA" read orders
  cat "$1" "$2" | head -n "$(wc -l < out)" > expected
  expect_same expected out
  [ "$(wc -l < out)" -ge "$(wc -l < "$1")" ] || { echo "only $(wc -l < out) events left" >&2; return 1; }
}

check_first_append() {
  [ ! -e data/kappa ] || expect_code 0 "$KAPPA" topic list
  "$KAPPA" append orders more -q 2> err
  "$KAPPA" read orders > out
  local lines
  lines=$(wc -l < out)
  # All of the first append is one frame: there or not.
  if [ "$lines" = 10 ]; then cp more expected; else cat before more > expected; fi
  expect_same expected out
}
check_append() {
  expect_between before more
  "$KAPPA" append orders more -q
  tail -n 10 <("$KAPPA" read orders) > out
  expect_same more out
}
check_create() {
  local code=0
  "$KAPPA" topic create other -q 2> err || code=$?
  [ "$code" = 0 ] || [ "$code" = 5 ]
  "$KAPPA" append other more -q
  "$KAPPA" read other > out
  expect_same more out
}
check_delete() {
  local code=0
  "$KAPPA" topic delete scrap --yes -q 2> err || code=$?
  [ "$code" = 0 ] || [ "$code" = 4 ]
  expect_code 4 "$KAPPA" read scrap
  "$KAPPA" append scrap more -q 2> err
  "$KAPPA" read scrap > out
  expect_same more out
}
check_retention() {
  "$KAPPA" read old > out
  [ ! -s out ] || expect_same before out
  "$KAPPA" topic set old --retention 1s -q
  "$KAPPA" append old more -q
  "$KAPPA" read old > out
  expect_same more out
}
check_run() {
  "$KAPPA" run orders.sql --until-end -q
  expect_live_is_replay big orders.sql
}

kill_everywhere none check_first_append append orders before
kill_everywhere prepared check_append append orders more
kill_everywhere prepared check_create topic create other
kill_everywhere prepared check_delete topic delete scrap --yes
kill_everywhere prepared check_retention topic set old --retention 1s
kill_everywhere prepared check_run run orders.sql --until-end
KAPPA_DIR=$PWD/filled "$KAPPA" append orders more -q
kill_everywhere filled check_run run orders.sql --until-end

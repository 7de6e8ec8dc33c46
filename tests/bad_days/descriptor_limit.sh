# Too few files may be open: from a limit with which nothing works up to one with which everything does, append, read,
# tail, verify, run, replay, topic (list, info, create, delete, set, compact), view list, backup, restore (also with
# --check) and repair (shown, shown from a backup and done from one) either do what they say or are refused in words
# (exit 6); nothing acknowledged is lost, and no topic is left half made.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
source "$KAPPA_SOURCE/tests/bad_days/limited_upkeep.bash"
skip_with_sanitizers 'to look at memory, the sanitizers open files themselves'
orders_view
orders 1 10 > expected
"$KAPPA" append orders expected -q
"$KAPPA" append scrap expected -q
"$KAPPA" run orders.sql --until-end -q

# limited CODES COMMAND…: exits with one of the codes, under the limit; refusals say why. True for the first of them.
limited() {
  local codes=$1 code=0
  shift
  (ulimit -n "$limit" && exec "$KAPPA" "$@") > out 2> err || code=$?
  if [ "$code" = 6 ]; then
    refused=$((refused + 1))
    [[ $(< err) == *'Too many open files'*'hint: raise the limit of open files (ulimit -n)'* ]] ||
      { echo "limit $limit: $*" >&2 && cat err >&2 && exit 1; }  # Said, since conditions do not end a script.
    return 1
  fi
  [[ " $codes " == *" $code "* ]] || { echo "limit $limit, exit code $code: $*" >&2 && cat err >&2 && exit 1; }
  [ "$code" = "${codes%% *}" ]
}

limit=4
until (ulimit -n "$limit" && exec "$KAPPA" --version) > out 2> err; do limit=$((limit + 1)); done  # The linker needs some.
least=$limit
refused=1
while [ "$refused" != 0 ]; do
  refused=0
  orders "$limit" "$limit" > line
  if limited 0 append orders line; then cat line >> expected; fi
  if limited 0 read orders; then expect_same expected out; fi
  limited 0 verify || true
  limited 0 tail orders -o 0 -n 1 || true
  limited 0 topic list || true
  limited 0 run orders.sql --until-end || true
  limited 0 replay orders.sql || true
  limited '0 4' append "new$limit" line || true
  if ! limited 0 topic create "made$limit"; then expect_code 0 "$KAPPA" topic create "made$limit"; fi
  if ! limited '0 4' topic delete scrap --yes; then "$KAPPA" topic list > out; fi
  for topic in $("$KAPPA" topic list | awk '$1 ~ /^(new|made)/ { print $1 }'); do
    expect_code 0 "$KAPPA" read "$topic"
    expect_code 0 "$KAPPA" topic delete "$topic" --yes
  done
  expect_code 0 "$KAPPA" read orders
  expect_same expected out
  expect_code 0 "$KAPPA" verify
  limit=$((limit + 1))
  [ "$limit" -lt 200 ]
done
expect_code 0 "$KAPPA" run orders.sql --until-end
expect_live_is_replay big orders.sql

prepare_upkeep
refused=1
for ((limit = least; refused != 0; ++limit)); do
  refused=0
  limited_upkeep
  [ "$limit" -lt 200 ]
done
[ "$limit" -gt $((least + 5)) ]

# With a single topic the last thing to be opened is the input.
export KAPPA_DIR=$PWD/small
"$KAPPA" topic create only -q
for ((limit = least; limit < least + 20; ++limit)); do limited 0 append only line -q || true; done

# The soft limit is no limit: it is what a process may raise.
for i in 1 2 3 4 5 6 7 8 9 10; do "$KAPPA" topic create "many$i"; done 2> err
(ulimit -S -n 16 && exec "$KAPPA" topic list) > out
expect_text out many10
(ulimit -S -n 16 && exec "$KAPPA" append many10 line -q)

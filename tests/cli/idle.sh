# Commands that wait for events do next to nothing meanwhile, and end at once when they are told to.
source "$KAPPA_SOURCE/tests/cli/support.bash"
kSwitchesMax=4  # A second, of all threads: a look, and what else the machine does to it.
printf 'CREATE TABLE t (n bigint);\nCREATE MATERIALIZED VIEW v AS SELECT n FROM t;\n' > v.sql
mkfifo pipe nothing
exec 4<> nothing
echo '{"n":1}' | "$KAPPA" append t -q
touch ran
"$KAPPA" run v.sql 2> ran &
run=$!
until grep -q 'caught up' ran; do kill -0 "$run"; done
[ "$("$KAPPA" tail v -o start -n 1)" = '+ {"n":1}' ]
"$KAPPA" tail v -o 1 > tailed 2> tail.err &  # Whichever is first, this or the event.
tail=$!
"$KAPPA" append t < pipe 2> appended &
append=$!
exec 3> pipe
echo '{"n":2}' >&3
until [ -s tailed ]; do kill -0 "$tail"; done

# switches PID: how often its threads have gone to sleep so far.
switches() { cat "/proc/$1/task/"*/status | awk '/^voluntary_ctxt/ { sum += $2 } END { print sum }'; }
# expect_idle NAME PID: there comes a second in which it hardly wakes.
expect_idle() {
  local before gained
  for _ in $(seq 20); do
    before=$(switches "$2")
    read -r -t 1 -u 4 || true
    gained=$(( $(switches "$2") - before ))
    [ "$gained" -gt $kSwitchesMax ] || return 0
  done
  echo "$1 woke $gained times in a second" >&2
  return 1
}
expect_idle run "$run"
expect_idle tail "$tail"
expect_idle append "$append"

kill -TERM "$run" "$tail" "$append"
wait "$run"
wait "$tail"
code=0
wait "$append" || code=$?
[ "$code" = 143 ]
expect_text appended 'appended 1 event to t'

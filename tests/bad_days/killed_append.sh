# An append of a slow pipe ended by SIGINT, SIGTERM or SIGKILL: what others had seen, and what it counted, is there.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
mkfifo pipe
: > expected
for signal in INT TERM KILL; do
  # Scripts start background jobs with SIGINT ignored.
  env --default-signal=INT "$KAPPA" append events < pipe 2> appended &
  appender=$!
  exec 3> pipe
  printf '%s 1\n%s 2\n' "$signal" "$signal" | tee -a expected >&3
  until "$KAPPA" topic list 2> err | grep -q events; do kill -0 "$appender"; done
  lines=$(wc -l < expected)
  "$KAPPA" tail events -o start -n "$lines" > seen
  expect_same expected seen
  printf 'half a line' >&3
  kill -"$signal" "$appender"
  code=0
  wait "$appender" || code=$?
  exec 3>&-
  case $signal in
    INT) [ "$code" = 130 ] ;;
    TERM) [ "$code" = 143 ] ;;
    KILL) [ "$code" = 137 ] ;;
  esac
  [ "$signal" = KILL ] || expect_text appended 'appended 2 events to events'
  "$KAPPA" read events > out
  expect_same expected out
  expect_code 0 "$KAPPA" verify
done
echo last | "$KAPPA" append events -q
echo last >> expected
"$KAPPA" read events > out
expect_same expected out

# What a slow pipe has delivered is visible while the pipe is open, and durable and counted at Ctrl-C.
source "$KAPPA_SOURCE/tests/cli/support.bash"
"$KAPPA" topic create events -q
mkfifo pipe
# In a shell of its own with job control, so that SIGINT is not ignored as in background jobs of scripts.
setsid bash -c 'trap - INT; exec env --default-signal=INT "$0" append events' "$KAPPA" < pipe 2> appended &
appender=$!
exec 3> pipe
echo one >&3
[ "$("$KAPPA" tail events -o start -n 1)" = one ]
printf 'two\npart of a line' >&3
[ "$("$KAPPA" tail events -o 1 -n 1)" = two ]
kill -INT "$appender"
code=0
wait "$appender" || code=$?
exec 3>&-
[ "$code" = 130 ]
expect_text appended 'appended 2 events to events, offsets 0..1'

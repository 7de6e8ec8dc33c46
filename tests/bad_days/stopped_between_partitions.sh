# An append that is stopped after its write, before it is published, keeps back nobody's: what is acknowledged in another
# partition of the topic meanwhile is read and followed, behind what was written before it.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
if ! strace -qq -o /dev/null true 2> /dev/null; then
  echo "skipped: there is no strace, or it may not trace here" >&2
  exit "$kSkipped"
fi
"$KAPPA" topic create held --partitions 2 -q
"$KAPPA" append held -p 0 -q <<< first
"$KAPPA" tail held > followed &   # Keeps the directory open, so that opening it syncs nothing.
follower=$!
"$KAPPA" append held -p 1 -q <<< second
until [ -s followed ]; do kill -0 $follower; "$KAPPA" append held -p 1 -q <<< again; done

# Stopped by its first sync, with its frame written.
strace -f -qq -o trace -e trace=fdatasync -e inject=fdatasync:signal=STOP:when=1 \
  "$KAPPA" append held -p 0 -q <<< stopped &
tracer=$!
until grep -q 'stopped by SIGSTOP' trace 2> /dev/null; do kill -0 $tracer; done
"$KAPPA" append held -p 1 -q <<< acknowledged
expect_code 0 "$KAPPA" read held
expect_same <(tail -n 2 out) <(printf 'stopped\nacknowledged\n')
until grep -q acknowledged followed; do kill -0 $follower; done
expect_same <(tail -n 2 followed) <(printf 'stopped\nacknowledged\n')
kill -KILL "$(grep -m 1 -o "^[0-9]*" trace)"
wait $tracer || [ $? = 137 ]
kill $follower
wait $follower

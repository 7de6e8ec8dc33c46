# Too little memory: from the least with which the command can be started up to enough, each command either does what it
# says or is refused in words (exit 6); nothing acknowledged is lost. Commands with SQL are not among them: the parser's
# library does not look whether it gets the memory it asks for.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
skip_with_sanitizers 'sanitizers reserve terabytes of addresses'
orders 1 20000 > expected
"$KAPPA" append orders expected -q

# limited COMMAND…: true if it was done under the limit.
limited() {
  local code=0
  (ulimit -v "$limit" && exec "$KAPPA" "$@") > out 2> err || code=$?
  if [ "$code" = 6 ]; then
    refused=$((refused + 1))
    grep -qE 'out of memory|Cannot allocate memory|no thread can be started' err ||
      { echo "limit $limit KiB: $*" >&2 && cat err >&2 && exit 1; }  # Said, since conditions do not end a script.
    return 1
  fi
  [ "$code" = 0 ] || { echo "limit $limit KiB, exit code $code: $*" >&2 && cat err >&2 && exit 1; }
}

limit=8192
until (ulimit -v "$limit" && exec "$KAPPA" --version) > out 2> err; do limit=$((limit + 512)); done  # The linker needs some.
refused=1
refused_ever=0
while [ "$refused" != 0 ]; do
  refused=0
  orders "$limit" "$((limit + 2000))" > lines
  # What was counted is there, also when the rest was refused.
  before=$("$KAPPA" read orders | wc -l)
  if limited append orders lines; then cat lines >> expected; else
    head -n "$(("$("$KAPPA" read orders | wc -l)" - before))" lines >> expected
  fi
  if limited read orders; then expect_same expected out; fi
  limited verify || true
  limited tail orders -o -1 -n 1 || true
  limited topic list || true
  limited topic create "t$limit" || true
  refused_ever=$((refused_ever + refused))
  limit=$((limit + 512))
done
[ "$refused_ever" -gt 0 ]
"$KAPPA" read orders > out
expect_same expected out
"$KAPPA" verify -q > out

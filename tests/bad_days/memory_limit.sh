# Too little memory: from the least with which the command can be started up to enough, append, read, tail, verify,
# topic (list, info, create, set, compact), view list, backup, restore (also with --check) and repair (shown, shown from
# a backup and done from one) either do what they say or are refused in words (exit 6); nothing acknowledged is lost.
# Commands with SQL (run, replay) are not among them: the parser's library does not look whether it gets the memory it
# asks for.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
source "$KAPPA_SOURCE/tests/bad_days/limited_upkeep.bash"
skip_with_sanitizers 'sanitizers reserve terabytes of addresses'
orders 1 20000 > expected
"$KAPPA" append orders expected -q

# limited CODE COMMAND…: true if it exited with the code under the limit.
limited() {
  local expected=$1 code=0
  shift
  (ulimit -v "$limit" && exec "$KAPPA" "$@") > out 2> err || code=$?
  if [ "$code" = 6 ]; then
    refused=$((refused + 1))
    [[ $(< err) =~ 'out of memory'|'Cannot allocate memory'|'no thread can be started' ]] ||
      { echo "limit $limit KiB: $*" >&2 && cat err >&2 && exit 1; }  # Said, since conditions do not end a script.
    return 1
  fi
  [ "$code" = "$expected" ] || { echo "limit $limit KiB, exit code $code: $*" >&2 && cat err >&2 && exit 1; }
}

limit=8192
until (ulimit -v "$limit" && exec "$KAPPA" --version) > out 2> err; do limit=$((limit + 512)); done  # The linker needs some.
least=$limit
refused=1
refused_ever=0
while [ "$refused" != 0 ]; do
  refused=0
  orders "$limit" "$((limit + 2000))" > lines
  # What was counted is there, also when the rest was refused.
  before=$("$KAPPA" read orders | wc -l)
  if limited 0 append orders lines; then cat lines >> expected; else
    head -n "$(("$("$KAPPA" read orders | wc -l)" - before))" lines >> expected
  fi
  if limited 0 read orders; then expect_same expected out; fi
  limited 0 verify || true
  limited 0 tail orders -o -1 -n 1 || true
  limited 0 topic list || true
  limited 0 topic create "t$limit" || true
  refused_ever=$((refused_ever + refused))
  limit=$((limit + 512))
done
[ "$refused_ever" -gt 0 ]

prepare_upkeep
refused=1
for ((limit = least; refused != 0; limit += 1024)); do
  refused=0
  limited_upkeep
done
[ "$limit" -gt $((least + 2 * 1024)) ]
"$KAPPA" read orders > out
expect_same expected out
"$KAPPA" verify -q > out

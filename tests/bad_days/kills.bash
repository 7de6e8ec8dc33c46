# Kills before system calls, for the scripts beside this file. KAPPA_KILL_EVERY: before every so manieth call of a kind.
# Leaks cannot be looked for by a process that is traced.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
if ! strace -qq -o /dev/null true 2> /dev/null; then
  echo "skipped: there is no strace, or it may not trace here" >&2
  exit "$kSkipped"
fi
every=${KAPPA_KILL_EVERY:-6}

# kill_everywhere PREPARED CHECK COMMAND…: on copies of the prepared directory (none: there is none yet); after each kill
# the check, which ends with the command's effect done.
kill_everywhere() {
  local kills=0 call
  for call in mkdir rename unlink rmdir pwritev fallocate ftruncate fsync fdatasync flock; do kill_at "$call" "$@"; done
  echo "$kills kills: kappa ${*:3}"
  [ "$kills" -gt 0 ]
  echo "figure: kills at system calls: $kills kills, each before another call that changes something"
}

# kill_at CALL PREPARED CHECK COMMAND…
kill_at() {
  local call=$1 prepared=$2 check=$3 code=137 n
  shift 3
  for ((n = 1; code == 137; n += every)); do
    doing="kill before $call number $n: kappa $*" code=0
    rm -rf data
    [ "$prepared" = none ] || cp -r "$prepared" data
    # By a shell of its own, which may tell of the kill to nobody.
    bash -c '"$@" > killed.out 2> killed.err; exit $?' - strace -f -qq -o /dev/null -e trace="$call" \
      -e inject="$call:signal=KILL:when=$n" "$KAPPA" "$@" 2> strace.err || code=$?
    [ "$code" = 0 ] || [ "$code" = 137 ] || { echo "exit code $code" && cat killed.err strace.err; return 1; } >&2
    [ "$code" = 0 ] || kills=$((kills + 1))
    "$check"
    expect_code 0 "$KAPPA" verify
  done
}

# What failed is said at the end of a script.
doing=
trap '[ $? = 0 ] || echo "failed after a $doing" >&2' EXIT

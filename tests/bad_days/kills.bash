# Kills before system calls, for the scripts beside this file. KAPPA_KILL_EVERY: before every so manieth call of a kind.
# Leaks cannot be looked for by a process that is traced.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
if ! strace -qq -o /dev/null true 2> /dev/null; then
  echo "skipped: there is no strace, or it may not trace here" >&2
  exit "$kSkipped"
fi
every=${KAPPA_KILL_EVERY:-6}

# kill_everywhere PREPARED CHECK COMMAND…: on copies of the prepared directory (none: there is none yet); after each
# kill the check, which ends with the command's effect done.
kill_everywhere() {
  local kills=0 code call n numbers
  for call in mkdir rename unlink rmdir pwritev fallocate ftruncate fchmod fchown fsync fdatasync flock; do
    for ((n = 1, code = 137; code == 137; n += every)); do kill_at "$call" "$n" "$@"; done
  done
  find_creating "$@"
  mapfile -t numbers < creating
  for ((n = 0; n < ${#numbers[@]}; n += every)); do kill_at openat "${numbers[n]}" "$@"; done
  echo "$kills kills: kappa ${*:3}"
  [ "$kills" -gt 0 ]
  echo "figure: kills at system calls: $kills kills, each before another call that changes something"
}

# find_creating PREPARED CHECK COMMAND…: in the file `creating`, which of the command's calls of openat make a file
# unless there is one. Each thread counts its own, as for kills.
find_creating() {
  local prepared=$1 check=$2
  shift 2
  doing="look at what is opened: kappa $*"
  prepare "$prepared"
  strace -f -qq -o opened -e trace=openat "$KAPPA" "$@" > killed.out 2> killed.err
  awk '$2 ~ /^openat/ { ++calls[$1] } $2 ~ /^openat/ && /O_CREAT/ { print calls[$1] }' opened | sort -nu > creating
  [ -s creating ]
  "$check"
}

# kill_at CALL NUMBER PREPARED CHECK COMMAND…: sets `code`, and counts in `kills`.
kill_at() {
  local call=$1 n=$2 prepared=$3 check=$4
  shift 4
  doing="kill before $call number $n: kappa $*" code=0
  prepare "$prepared"
  # By a shell of its own, which may tell of the kill to nobody.
  bash -c '"$@" > killed.out 2> killed.err; exit $?' - strace -f -qq -o killed.calls -e trace="$call" \
    -e inject="$call:signal=KILL:when=$n" "$KAPPA" "$@" 2> strace.err || code=$?
  [ "$code" = 0 ] || [ "$code" = 137 ] || { echo "exit code $code" && cat killed.err strace.err; return 1; } >&2
  # Whoever opens in another order this time may have been killed before an openat that makes nothing.
  [ "$code" = 0 ] || { [ "$call" = openat ] && ! grep -q 'O_CREAT.* = ?' killed.calls; } || kills=$((kills + 1))
  "$check"
  expect_code 0 "$KAPPA" verify
}

# prepare PREPARED
prepare() {
  rm -rf data
  [ "$1" = none ] || cp -r "$1" data
}

# What failed is said at the end of a script.
doing=
trap '[ $? = 0 ] || echo "failed after a $doing" >&2' EXIT

# Words for the two scripts here. The variable `form` is the form of kappa_history that works on the real directory.
if ! strace -qq -o /dev/null true 2> /dev/null; then
  echo "skipped: there is no strace, or it may not trace here" >&2
  exit 77
fi
if grep -q __asan_init "$KAPPA_HISTORY"; then
  echo "skipped: the address sanitizer maps and reads files of its own" >&2
  exit 77
fi

# perform HISTORY: each of its processes, simulated and real; false once calls or files are not the same.
perform() {
  rm -rf real simulated
  mkdir real
  local bars=${1//[^|]/} number code
  for ((number = 0; number <= ${#bars}; ++number)); do
    rm -rf simulated trace.*
    mkdir simulated
    "$KAPPA_HISTORY" simulated simulated "$number" "$1" > told
    code=0
    { strace -ff -qq -s 0 -o trace -e trace=%file,%desc "$KAPPA_HISTORY" "$form" "$PWD/real" "$number" "$1"; } 2> err ||
      code=$?
    [ "$code" = 137 ] || { echo "exit code $code of process $number of: $1" >&2 && cat err >&2 && return 1; }
    [ "$(ls trace.* | wc -l)" = 1 ] || { echo "several threads in process $number of: $1" >&2 && return 1; }
    awk -v folder="$PWD/real" -f "$KAPPA_SOURCE/tests/same_calls/calls.awk" trace.* > made
    if ! diff told made > differences; then
      echo "the simulated (<) and the real calls (>) of process $number are not the same, of: $1" >&2
      head -20 differences >&2
      return 1
    fi
    diff -r simulated/log real/log >&2 || { echo "different files after process $number of: $1" >&2 && return 1; }
    cat told >> all
    calls=$((${calls:-0} + $(wc -l < told)))
  done
}

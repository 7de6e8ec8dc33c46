#!/usr/bin/env bash
# coverage.sh BUILD [JOBS]: runs the tests of the log and the scripts of the command as BUILD has them, JOBS at a time, and
# tells which lines of log/ ran; exit 1 where it is too little (lines.pl). Not the tests that go over the same lines in
# all orders, for minutes: interleavings, crash states, rotten disks, planted faults.
set -euo pipefail
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../.."
build=$1
jobs=${2:-$(nproc)}
export KAPPA=$PWD/$build/cli/kappa KAPPA_SOURCE=$PWD KAPPA_FORGE=$PWD/$build/tests/golden/kappa_forge
export COVERAGE_LOGS=$build/logs GTEST_BRIEF=1
mkdir -p "$COVERAGE_LOGS"
find "$build/log" -name '*.gcda' -delete

# The longest ones first; each a command.
commands() {
  local file
  echo "$build/tests/log_crash_tests --gtest_filter=-CrashStates.*:*RottenDisks.*:*PlantedFaults.*:CrashDiskImages.*"
  for file in "$build"/tests/log_*_tests; do
    [[ $file = *_torture_tests || $file = *_interleaving_tests || $file = *_crash_tests ]] || echo "$file"
  done
  for file in tests/bad_days/*.sh tests/cli/*.sh; do echo "bash tests/support/run_script.sh $file"; done
}

# Shows what a command printed only if it fails; 77 is what a script says that cannot run here.
run() {
  local log code=0
  log=$COVERAGE_LOGS/$(tr -c 'A-Za-z0-9_\n' _ <<<"$1").log
  $1 >"$log" 2>&1 || code=$?
  [ $code = 0 ] || [ $code = 77 ] || { cat "$log" >&2 && echo "coverage: $1 failed" >&2 && exit 255; }
}
export -f run

commands | xargs -d '\n' -P "$jobs" -n 1 bash -c 'run "$0"'
find "$build/log" -name '*.gcda' | sort | while read -r file; do
  gcov --json-format --stdout --demangled-names "$file" 2>/dev/null
done | perl tests/coverage/lines.pl tests/coverage/uncovered.txt

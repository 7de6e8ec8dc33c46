#!/usr/bin/env bash
# coverage.sh BUILD: runs the tests of the log and the scripts of the command as BUILD has them, and tells which lines of
# log/ ran; exit 1 where it is too little (lines.pl).
set -euo pipefail
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../.."
build=$1
find "$build/log" -name '*.gcda' -delete
for tests in "$build"/tests/log_*_tests; do
  [[ $tests = *_torture_tests ]] || "$tests" --gtest_brief=1
done
export KAPPA=$PWD/$build/cli/kappa KAPPA_SOURCE=$PWD KAPPA_FORGE=$PWD/$build/tests/golden/kappa_forge
for script in tests/cli/*.sh tests/bad_days/*.sh; do
  bash tests/support/run_script.sh "$script" >"$build/script.log" 2>&1 ||
    { [ $? = 77 ] || { cat "$build/script.log" >&2 && echo "coverage: $script failed" >&2 && exit 1; }; }
done
find "$build/log" -name '*.gcda' | sort | while read -r file; do
  gcov --json-format --stdout --demangled-names "$file" 2>/dev/null
done | perl tests/coverage/lines.pl tests/coverage/uncovered.txt

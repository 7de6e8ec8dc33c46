#!/usr/bin/env bash
# Runs fuzzers that are built, as many at a time as there are cores: fuzz.sh SECONDS [NAME…]. What they learn stays in
# build/fuzz/corpus; an input that breaks something lies in build/fuzz/found and fails the run. KAPPA_FUZZ_SEED makes it
# go the same way again. ./dev fuzz calls it.
set -euo pipefail
cd "$(dirname "$0")/../.."
export seconds=$1 out=$PWD/build/fuzz
shift
mkdir -p "$out/corpus" "$out/found" "$out/logs"

dictionary_of() {
  case $1 in
    sql) echo -dict=tests/fuzz/dictionaries/sql.dict ;;
    scalar | time_text) echo -dict=tests/fuzz/dictionaries/time.dict ;;
    manifest) echo -dict=tests/fuzz/dictionaries/manifest.dict ;;
    catalog | envelope | json_*) echo -dict=tests/fuzz/dictionaries/json.dict ;;
  esac
}

# Sequences are slow, and say little more when they are long.
length_of() {
  case $1 in
    history) echo 14 ;;
    segment | operations) echo 256 ;;
    sql) echo 2048 ;;
    *) echo 8192 ;;
  esac
}

# No allocation may be larger than a frame's limits make it, whatever the input says.
fuzz() {
  local name=$1 outcome=clean
  mkdir -p "$out/corpus/$name"
  # shellcheck disable=SC2046  # No dictionary is no argument.
  "$out/tests/fuzz/fuzz_$name" "$out/corpus/$name" "tests/fuzz/seeds/$name" $(dictionary_of "$name") \
    -seed="${KAPPA_FUZZ_SEED:-0}" -max_total_time="$seconds" -max_len="$(length_of "$name")" -timeout=20 -rss_limit_mb=2048 -malloc_limit_mb=64 \
    -artifact_prefix="$out/found/$name-" -print_final_stats=1 >"$out/logs/$name.log" 2>&1 </dev/null || outcome=BROKEN
  summary "$name" "$outcome"
  [ "$outcome" = clean ] || { grep -aE '^fuzz: not so|ERROR|SUMMARY|runtime error|Test unit written' "$out/logs/$name.log" >&2; return 1; }
}

summary() {
  local log=$out/logs/$1.log executions edges
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
  printf '%-14s %-7s %12s executions %7s edges\n' "$1" "$2" "${executions:-?}" "${edges:-?}"
}
export -f fuzz summary dictionary_of length_of

if [ $# = 0 ]; then
  for file in tests/fuzz/*_fuzz.cpp; do
    file=${file##*/}
    set -- "$@" "${file%_fuzz.cpp}"
  done
fi
printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 bash -c 'fuzz "$1"' fuzz

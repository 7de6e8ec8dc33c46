#!/usr/bin/env bash
# The suites behind docs/reliability.md and the table of their figures; `./dev reliability` builds what they need and
# calls it: reliability.sh long STATES SEED, or reliability.sh short, or reliability.sh crashes STATES. A test prints a
# figure as a line "figure: SUITE: NUMBER WHAT"; figures of one suite and kind are added up. What could not run says so in
# a line with "skipped: WHY", which stands in the table, too.
set -euo pipefail
cd "$(dirname "$0")/../.."
readonly folder=build/reliability
mkdir -p "$folder"

# Names the sources of the log and of what judges it: what was found with others says nothing about these.
key_of_sources() {
  find log tests/log/crash -type f \( -name '*.cpp' -o -name '*.hpp' \) -print0 | LC_ALL=C sort -z | xargs -0 sha256sum |
    sha256sum | cut -c 1-16
}

# Crash states, one worker a core, each with a file that says how far it has come, and of which sources it is.
crashes() {
  local states=$1 seed=$2 name=$3 workers worker failed=0
  workers=$(nproc)
  KAPPA_SOURCES=$(key_of_sources)
  export KAPPA_SOURCES
  local -a running=()
  for ((worker = 0; worker < workers; worker++)); do
    KAPPA_STATES=$((states / workers)) KAPPA_SEED=$seed KAPPA_WORKER=$worker KAPPA_WORKERS=$workers \
      KAPPA_PROGRESS=$folder/$name-$worker-of-$workers build/torture/tests/log_crash_torture_tests \
      --gtest_brief=1 --gtest_filter='CrashCampaign.*' >"$folder/$name-$worker.log" &
    running+=($!)
  done
  for worker in "${!running[@]}"; do
    wait "${running[$worker]}" && continue
    failed=1
    cat "$folder/$name-$worker.log" >&2
  done
  awk -v log_file="$folder/$name.log" 'FNR == 1 { next }
    FNR == 2 { faults += $2; seconds += $3; next }
    { stage = FNR - 3; histories[stage] += $1; states[stage] += $2; nested[stage] += $3; images[stage] += $4; beside[stage] += $6 }
    END { for (stage = 0; stage <= 5; stage++) {
        printf "%-13s %6d histories, %10d crash states (%d during recovery, %d beside others), %d different disks\n",
          stage == 5 ? "random:" : stage " operations:", histories[stage], states[stage], nested[stage], beside[stage],
          images[stage]
        all += states[stage]; different += images[stage] }
      printf "all: %d crash states, %d faults, %d s of a core\n", all, faults, seconds
      printf "figure: crash states: %d judged\nfigure: crash states: %d different disks\n", all, different > log_file }' \
    "$folder/$name-"*"-of-$workers"
  return "$failed"
}

# suite NAME COMMAND…: its figures stand in its log. Exit code 77: skipped.
suite() {
  local name=$1 began=$SECONDS code=0 outcome
  shift
  "$@" >"$folder/$name.log" 2>&1 || code=$?
  case $code in 0) outcome=passed ;; 77) outcome=skipped ;; *) outcome=FAILED ;; esac
  printf '%-22s %s, %d s\n' "$name" "$outcome" $((SECONDS - began))
  [ $outcome != FAILED ] || { cat "$folder/$name.log" >&2; return 1; }
}

# tests EXECUTABLE FILTER: none that is named so is a failure.
tests() {
  "build/torture/tests/$1" --gtest_list_tests --gtest_filter="$2" | grep -q '^  ' || { echo "no test $2 in $1" && return 1; }
  "build/torture/tests/$1" --gtest_brief=1 --gtest_filter="$2"
}

killed_at_system_calls() {
  KAPPA=$PWD/build/torture/cli/kappa KAPPA_SOURCE=$PWD tests/support/run_script.sh \
    tests/bad_days/killed_at_system_calls.sh &&
    KAPPA=$PWD/build/torture/cli/kappa KAPPA_SOURCE=$PWD tests/support/run_script.sh tests/bad_days/killed_at_upkeep.sh
}

# The fuzzers where they are built: for that takes clang and minutes.
fuzzers() {
  [ -x build/fuzz/tests/fuzz/fuzz_frame ] || { echo "skipped: not built; ./dev fuzz builds and runs them" && return 77; }
  local said code=0
  said=$(KAPPA_FUZZ_SEED=1 tests/fuzz/fuzz.sh "$1" 2>&1) || code=$?
  echo "$said"
  awk '{ sum += $3 } END { printf "figure: fuzzers: %d executions, as ./dev fuzz built them last\n", sum }' <<<"$said"
  return "$code"
}

# Planting them builds the tests a hundred times; here is what the last run has come to.
planted_faults() {
  local all=build/mutants/table
  [ -e $all ] || { echo "skipped: ./dev mutants has not run here" && return 77; }
  echo "figure: planted faults: $(($(wc -l <$all) - 1)) caught by the last ./dev mutants, $(date -r $all +%F)"
}

# The suites of this run, each with the command that makes its figures again.
table() {
  local name command line
  printf '\n%-22s %-58s %s\n' suite figure command
  while IFS=$'\t' read -r name command; do
    [ -e "$folder/$name.log" ] || continue
    while read -r line; do printf '%-22s %-58s %s\n' "$name" "$line" "$command"; done < <(
      awk '/skipped: / { $1 = $1; print }
        /^figure: / { sub(/^figure: [^:]*: /, ""); number = $1; $1 = ""
          if (!($0 in sum)) order[++n] = $0
          sum[$0] += number }
        END { for (i = 1; i <= n; i++) printf "%d%s\n", sum[order[i]], order[i] }' "$folder/$name.log")
  done <<<"$commands"
}

run=$1
rm -f "$folder"/*.log
case $run in
  crashes)
    rm -f "$folder"/check-*
    crashes "$2" 1 check
    ;;
  long)
    commands="seed-$3"$'\t'"./dev reliability --states $2 --seed $3"
    crashes "$2" "$3" "seed-$3"
    table
    ;;
  short)
    failed=0
    commands=
    for name in crash-states rotten-disks failing-calls failing-allocations damaged-bytes every-bit interleavings kills \
      kills-at-system-calls power-cuts fuzzers; do
      commands+=$name$'\t'"./dev reliability --short"$'\n'
    done
    commands+=planted-faults$'\t'"./dev mutants"
    rm -f "$folder"/crash-states-*
    crashes 2000000 1 crash-states || failed=1
    suite rotten-disks tests log_crash_tests '*RottenDisks*' || failed=1
    suite failing-calls tests log_crash_tests '*FailingCalls*' || failed=1
    suite failing-allocations tests log_memory_tests '*' || failed=1
    suite damaged-bytes tests log_directory_tests 'DamagedBytes*' || failed=1
    KAPPA_SEED=1 suite every-bit tests log_bits_tests '*EveryBitSample*' || failed=1
    suite interleavings tests log_interleaving_tests '*' || failed=1
    KAPPA_STRESS_SECONDS=20 suite kills tests log_protocol_tests 'KillStress*' || failed=1
    suite kills-at-system-calls killed_at_system_calls || failed=1
    suite power-cuts build/torture/tests/powercut/kappa_powercut --seconds 15 --kept build/powercut || failed=1
    suite fuzzers fuzzers 4 || failed=1
    suite planted-faults planted_faults
    table
    printf '\nall of it took %d s\n' $SECONDS
    exit "$failed"
    ;;
esac

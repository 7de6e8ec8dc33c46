#!/usr/bin/env bash
# The suites behind docs/reliability.md and the table of their figures; `./dev reliability` builds what they need and
# calls it: reliability.sh long STATES SEED, or reliability.sh short, or reliability.sh crashes STATES. A test prints a
# figure as a line "figure: SUITE: NUMBER WHAT"; figures of one suite and kind are added up.
set -euo pipefail
cd "$(dirname "$0")/../.."
readonly folder=build/reliability
mkdir -p "$folder"

# Crash states, one worker a core, each with a file that says how far it has come.
crashes() {
  local states=$1 seed=$2 name=$3 workers worker failed=0
  workers=$(nproc)
  local -a running=()
  for ((worker = 0; worker < workers; worker++)); do
    KAPPA_STATES=$((states / workers)) KAPPA_SEED=$seed KAPPA_WORKER=$worker KAPPA_WORKERS=$workers \
      KAPPA_PROGRESS=$folder/$name-$worker-of-$workers build/torture/tests/log_crash_torture_tests \
      --gtest_brief=1 --gtest_filter='CrashCampaign.*' >"$folder/$name-$worker.log" 2>&1 &
    running+=($!)
  done
  for worker in "${!running[@]}"; do
    wait "${running[$worker]}" && continue
    failed=1
    cat "$folder/$name-$worker.log" >&2
  done
  awk -v log_file="$folder/$name.log" 'FNR == 1 { faults += $5; seconds += $6; next }
    { stage = FNR - 2; histories[stage] += $1; states[stage] += $2; nested[stage] += $3; images[stage] += $4; beside[stage] += $6 }
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

# A suite of an executable: its figures stand in its log.
suite() {
  local name=$1 binary=$2 filter=$3 began=$SECONDS outcome=passed
  "build/torture/tests/$binary" --gtest_brief=1 --gtest_filter="$filter" >"$folder/$name.log" 2>&1 || outcome=FAILED
  printf '%-16s %s, %d s\n' "$name" "$outcome" $((SECONDS - began))
  [ $outcome = passed ] || { cat "$folder/$name.log" >&2; return 1; }
}

# The fuzzers where they are built: for that takes clang and minutes.
fuzzers() {
  [ -x build/fuzz/tests/fuzz/fuzz_frame ] || { echo "fuzzers          not built: ./dev fuzz"; return 0; }
  KAPPA_FUZZ_SEED=1 tests/fuzz/fuzz.sh "$1" >"$folder/fuzzers.log" 2>&1 || { cat "$folder/fuzzers.log" >&2; return 1; }
  awk '{ sum += $3 } END { printf "figure: fuzzers: %d executions\n", sum }' "$folder/fuzzers.log" >>"$folder/fuzzers.log"
}

# The suites of this run, each with the command that makes its figures again.
table() {
  local name command figure
  printf '\n%-16s %-44s %s\n' suite figure command
  while IFS=$'\t' read -r name command; do
    [ -e "$folder/$name.log" ] || continue
    while read -r figure; do printf '%-16s %-44s %s\n' "$name" "$figure" "$command"; done < <(
      sed -n 's/^figure: [^:]*: //p' "$folder/$name.log" |
        awk '{ number = $1; $1 = ""; if (!($0 in sum)) order[++n] = $0; sum[$0] += number }
          END { for (i = 1; i <= n; i++) printf "%d%s\n", sum[order[i]], order[i] }')
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
    command="./dev reliability --short"
    failed=0
    commands=$(for name in crash-states rotten-disks failing-calls bits interleavings kills fuzzers; do
      printf '%s\t%s\n' "$name" "$command"
    done)
    rm -f "$folder"/crash-states-*
    crashes 2000000 1 crash-states || failed=1
    suite rotten-disks log_crash_tests '*RottenDisks*' || failed=1
    suite failing-calls log_crash_tests '*FailingCalls*' || failed=1
    suite bits log_directory_tests 'DamagedBytes*' || failed=1
    suite interleavings log_interleaving_tests '*' || failed=1
    KAPPA_STRESS_SECONDS=20 suite kills log_protocol_concurrent_tests 'KillStress*' || failed=1
    fuzzers 4 || failed=1
    table
    exit "$failed"
    ;;
esac

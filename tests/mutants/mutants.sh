#!/usr/bin/env bash
# mutants.sh [NAME…]: plants the faults of *.faults, all or the named ones, one by one in a copy of the tree, and prints
# which test caught each and after how many seconds. `./dev mutants` calls it. What has been caught is kept in
# build/mutants for as long as neither the sources nor the entry change, so a run that was stopped goes on.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
# shellcheck source=tests/mutants/entries.bash
source "$here/entries.bash"
readonly folder=$PWD/build/mutants tree=$PWD/build/mutants/tree seconds_max=${KAPPA_MUTANT_SECONDS:-900}
readonly bin=$tree/build/dev/tests
readonly wanted=" $* "
ulimit -c 0

# The sources as they lie here, committed or not, without what only this script and people read: as a tree of git's.
sources() {
  local index=$folder/sources.index
  rm -f "$index"
  GIT_INDEX_FILE=$index git read-tree HEAD
  GIT_INDEX_FILE=$index git add -A
  GIT_INDEX_FILE=$index git rm -r -q --cached tests/mutants docs
  GIT_INDEX_FILE=$index git write-tree
}

# Only files that differ are touched, also those that a stopped run had patched, so little is built again.
copy_tree() {
  local git_dir
  git_dir=$(git rev-parse --absolute-git-dir)
  mkdir -p "$tree"
  (
    cd "$tree"
    export GIT_DIR=$git_dir GIT_WORK_TREE=$tree GIT_INDEX_FILE=$folder/tree.index
    git read-tree -u --reset "$1"
    git checkout-index -q -u -f -a
  )
}

build() {
  ninja -C "$tree/build/dev" --quiet "$@" >"$folder/build.log" 2>&1 || {
    tail -n 40 "$folder/build.log" >&2
    return 1
  }
}

# run TARGET FILTER ARG…: to $folder/test.log; sets `code`, and `seconds` of processor time, so that other work beside
# it does not count.
run() {
  local target=$1 filter=$2 TIMEFORMAT='%U %S'
  shift 2
  rm -rf "$folder/tmp" && mkdir "$folder/tmp"
  code=0
  {
    time KAPPA_SEED=1 TMPDIR=$folder/tmp timeout -s KILL "$seconds_max" "$bin/$target" --gtest_filter="$filter" "$@" \
      >"$folder/test.log" 2>&1 </dev/null || code=$?
  } 2>"$folder/times"
  seconds=$(awk 'END { printf "%.2f", $1 + $2 }' "$folder/times")
  rm -rf "$folder/tmp"
}

ran_nothing() { grep -q '^\[==========\] Running 0 tests' "$folder/test.log"; }

# Why the run of a fault counts as caught: a failed assertion of a test, or one of the product's own.
told() { grep -qE ': Failure$|^kappa: assertion failed: |^after [0-9]+ steps |: Assertion .* failed\.$' "$folder/test.log"; }

last_test() { sed -n 's/^\[ RUN      \] //p' "$folder/test.log" | tail -n 1; }

# --- What is done with each entry.

result_of() { echo "$results/$name.$(cksum <<<"$text" | tr ' ' -)"; }
is_wanted() { [ "$wanted" = "  " ] || [[ $wanted == *" $name "* ]]; }

# First over all of them: what there is to do, and what must be green without any fault.
declare -A targets=() greens=()
declare -a names=()
plan() {
  local i content
  names+=("$name")
  is_wanted || return 0
  for i in "${!files[@]}"; do
    load_file "$tree/${files[i]}"
    fits "${old[i]}" || entry_error "$name: these lines are not in ${files[i]} exactly once:
${old[i]}hint: write the entry in tests/mutants anew"
  done
  [ -e "$(result_of)" ] && return
  planned=$((planned + 1))
  # One that is laid over the seam has its own test, which is run for it alone.
  [ ${#files[@]} = 0 ] || greens["$target $filter"]=1
  targets[$target]=1
}

# show_green "TARGET FILTER"
show_green() {
  local target=${1% *} filter=${1#* } kept
  kept=$results/green.$(cksum <<<"$1" | tr ' ' -)
  [ -e "$kept" ] && return
  run "$target" "$filter"
  if ran_nothing || [ "$code" != 0 ]; then
    tail -n 30 "$folder/test.log" >&2
    entry_error "$1 is not green without any fault"
  fi
  echo "mutants: without any fault $1 is green, $seconds s"
  : >"$kept"
}

verdict_of_patch() {
  if ran_nothing; then
    verdict="no test is named so"
  elif [ "$code" = 0 ]; then
    verdict="MISSED"
  elif [ "$code" = 137 ]; then
    verdict="not caught within $seconds_max s"
  elif ! told; then
    verdict="died without a failed assertion (exit code $code)"
  else
    verdict=caught
  fi
}

plant() {
  local i verdict how=decorator kept
  is_wanted || return 0
  kept=$(result_of)
  [ -e "$kept" ] && return
  for i in "${!files[@]}"; do replace "$tree/${files[i]}" "${old[i]}" "${new[i]}"; done
  [ ${#files[@]} = 0 ] || how=patch
  if ! build "$target"; then
    verdict="does not compile"
  elif [ $how = patch ]; then
    run "$target" "$filter" --gtest_break_on_failure
    verdict_of_patch
  else
    run "$target" "$filter"
    verdict=caught
    { ran_nothing || [ "$code" != 0 ]; } && verdict=MISSED
  fi
  # Restored now, built again only with the next fault.
  for i in "${!files[@]}"; do
    (cd "$tree" && GIT_DIR=$git_dir GIT_WORK_TREE=$tree GIT_INDEX_FILE=$folder/tree.index \
      git checkout-index -q -u -f "${files[i]}")
  done
  if [ "$verdict" = caught ]; then
    printf '%s\t%s\t%s\t%s\n' "$name" "$how" "$(last_test)" "$seconds" >"$kept"
    echo "mutants: $name: caught by $(last_test), $seconds s"
  else
    cp "$folder/test.log" "$folder/$name.log" 2>/dev/null || true
    missed+=("$name: $verdict ($breaks)")
    echo "mutants: $name: $verdict; its output is in build/mutants/$name.log"
  fi
}

show() {
  is_wanted && [ -e "$(result_of)" ] || return 0
  cat "$(result_of)"
}

table() {
  {
    printf 'fault\tplanted as\tcaught by\tseconds of a core\n'
    on_fault() { show; }
    for_each_fault "$here"/*.faults
  } | tee "$folder/table" | column -t -s $'\t'
}

main() {
  local name test caught
  mkdir -p "$folder"
  git_dir=$(git rev-parse --absolute-git-dir)
  key=$(sources)
  results=$folder/results/$key
  mkdir -p "$results"
  copy_tree "$key"
  planned=0 missed=()
  on_fault() { plan; }
  for_each_fault "$here"/*.faults
  for name in "$@"; do
    [[ " ${names[*]} " == *" $name "* ]] || entry_error "no fault $name in tests/mutants"
  done
  if [ "$planned" != 0 ]; then
    echo "mutants: $planned faults to plant; building the tests without any"
    (cd "$tree" && cmake --preset dev) >"$folder/configure.log" 2>&1 || { cat "$folder/configure.log" >&2 && exit 1; }
    build "${!targets[@]}"
    for test in "${!greens[@]}"; do show_green "$test"; done
    on_fault() { plant; }
    for_each_fault "$here"/*.faults
  fi
  table
  caught=$(($(wc -l <"$folder/table") - 1))
  echo "mutants: $caught of $((caught + ${#missed[@]})) caught"
  [ ${#missed[@]} = 0 ] || { printf 'mutants: not caught: %s\n' "${missed[@]}" >&2 && exit 1; }
}

main "$@"

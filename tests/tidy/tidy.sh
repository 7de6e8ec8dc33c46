#!/usr/bin/env bash
# clang-tidy over every source that is not known to be good. Known is a source whose text, included project headers and
# checks have one hash, kept in the user's cache. A source takes seconds, so there is a limit in time: the newest
# changes come first, and what did not fit is counted aloud. KAPPA_LINT_SECONDS sets another limit.
set -uo pipefail
cd "$(dirname "$0")/../.."
export deadline=$(($(date +%s) + ${KAPPA_LINT_SECONDS:-240}))
export known=${XDG_CACHE_HOME:-$HOME/.cache}/kappa-tidy
counts=$(mktemp -d)
export counts
trap 'rm -rf "$counts"' EXIT
mkdir -p "$known" build/tidy
cmake --preset tidy >build/tidy/configure.log 2>&1 || { cat build/tidy/configure.log >&2 && exit 1; }

# Sources, the ones not committed first, then in the order of their last change.
newest_first() {
  {
    git diff --name-only HEAD
    git log --format= --name-only
    git ls-files
  } | grep '\.cpp$' | awk '!seen[$0]++' | while read -r file; do [ -f "$file" ] && echo "$file"; done
}

hash_of() {
  local roots=()
  for root in log/base/include log/include log processor/include processor processor/sql/include processor/sql \
    replay/include replay cli tests/support; do roots+=("-I$root"); done
  {
    cat .clang-tidy
    clang++-19 -std=c++23 -w -MM -MG "${roots[@]}" "$1" | sed 's/^[^ ]*: //; s/ *\\$//' | tr ' ' '\n' | grep . |
      sort -u | xargs cat 2>/dev/null
  } | sha256sum | cut -d ' ' -f 1
}

tidy_one() {
  local hash
  [ "$(date +%s)" -lt "$deadline" ] || { echo "$1" >>"$counts/left" && return; }
  hash=$(hash_of "$1")
  [ -e "$known/$hash" ] && return
  echo "$1" >>"$counts/checked"
  if clang-tidy-19 --quiet -p build/tidy "$1" >"$counts/$hash" 2>/dev/null; then
    : >"$known/$hash"
  else
    echo "$1" >>"$counts/bad"
    cat "$counts/$hash" >&2
  fi
}
export -f tidy_one hash_of

newest_first >"$counts/all"
xargs -a "$counts/all" -P "$(nproc)" -n 1 bash -c 'tidy_one "$1"' tidy
number_of() { if [ -f "$counts/$1" ]; then wc -l <"$counts/$1"; else echo 0; fi; }
echo "tidy: $(number_of all) sources, $(number_of checked) checked now, $(number_of bad) bad," \
  "$(number_of left) left out for want of time"
[ ! -f "$counts/bad" ]

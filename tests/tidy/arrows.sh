#!/usr/bin/env bash
# The arrows between the layers, by the include lines. CMake already hides the headers of a layer above; this also
# finds what it cannot hide: third-party types in public headers, printing, files opened by a processor.
set -uo pipefail
cd "$(dirname "$0")/../.."
found=0

# forbid WHY PATTERN PATHSPEC…: no tracked source among the paths has a line that matches.
forbid() {
  local why=$1 pattern=$2
  shift 2
  git grep -nE "$pattern" -- "$@" && { echo "arrows: $why" >&2 && found=1; }
}

include='^ *# *include *[<"]'
forbid "log/base includes nothing of the project but itself" "${include}kappa/(log|processor|sql|replay)/" log/base
forbid "log includes only log/base and itself" "${include}kappa/(processor|sql|replay)/" log
forbid "processor includes only log/base and itself" "${include}kappa/(log|replay)/" processor
forbid "processor does not know its SQL" "${include}(kappa/sql|sql)/" processor ':!processor/sql'
forbid "replay includes only log and processor" "${include}(kappa/sql|cli)/" replay
forbid "nothing includes cli" "${include}cli/" log processor replay
forbid "includes are written from a root, never with .." "${include}\.\./" '*.cpp' '*.hpp'
forbid "a public header names no third-party type" \
  "${include}(fmt|spdlog|boost|CLI|re2|simdjson|date|zstd|xxhash|pg_query|gtest|gmock)[/.]" '*/include/*.hpp'
forbid "a processor never opens a file" "${include}(fstream|filesystem|fcntl.h|unistd.h|cstdio)>" processor
forbid "only the command prints" '\b(std::cout|std::cerr|f?printf\(|std::puts|fmt::print)' log processor replay \
  ':!log/base/include/kappa/base/assert.hpp'

cli11=$(git grep -lE "${include}CLI/" -- '*.cpp' '*.hpp' | wc -l)
[ "$cli11" -le 1 ] || { echo "arrows: one file alone includes CLI11, which is slow to compile; here it is $cli11" && found=1; }
exit "$found"

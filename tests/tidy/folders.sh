#!/usr/bin/env bash
# Every folder says in a README.md what lies in it; folders of public headers belong to the layer around them,
# those of seeds and dictionaries to their fuzzers. The top level holds what CMake, git and a newcomer look for there, and
# nothing else.
set -uo pipefail
cd "$(dirname "$0")/../.."
found=0
while read -r folder; do
  [ -f "$folder/README.md" ] || { echo "folders: $folder has no README.md" >&2 && found=1; }
done < <(git ls-files | grep / | sed 's,/[^/]*$,,' | grep -vE '(^|/)(include|\.ci|seeds|dictionaries)(/|$)' | sort -u)
while read -r file; do
  case "$file" in
    .clang-format | .clang-tidy | .editorconfig | .gitignore | CMakeLists.txt | CMakePresets.json | LICENSE | README.md | dev) ;;
    *) echo "folders: $file does not belong to the top level" >&2 && found=1 ;;
  esac
done < <(git ls-files | grep -v /)
exit "$found"

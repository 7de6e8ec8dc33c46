#!/usr/bin/env bash
# All checks of the text of the sources; ./dev lint. Says which failed, and runs all of them whatever failed.
set -uo pipefail
cd "$(dirname "$0")/../.."

failed=""
check() {
  local name=$1
  shift
  if "$@"; then echo "lint: $name: ok"; else failed+=" $name"; fi
}

formatted() { git ls-files '*.cpp' '*.hpp' | xargs clang-format-19 --dry-run -Werror; }

check format formatted
check arrows tests/tidy/arrows.sh
check folders tests/tidy/folders.sh
check sizes tests/tidy/sizes.sh
check tidy tests/tidy/tidy.sh
[ -z "$failed" ] && exit
echo "lint: failed:$failed (format is mended by ./dev format)" >&2
exit 1

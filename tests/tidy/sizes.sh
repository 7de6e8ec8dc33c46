#!/usr/bin/env bash
# Files of at most 400 lines, functions of at most 70. What was longer when the check came stands in ratchet.txt with
# its length, and may only shrink: ./dev lint writes the new length there by itself, to be committed with the change.
set -uo pipefail
cd "$(dirname "$0")/../.."
readonly file_lines_max=400 function_lines_max=70 ratchet=tests/tidy/ratchet.txt

long_ones() {
  git ls-files '*.cpp' '*.hpp' '*.sh' dev | xargs wc -l |
    awk -v max=$file_lines_max '$2 != "total" && $1 > max { print "file", $2, $1 }'
  git ls-files '*.cpp' '*.hpp' | xargs awk -f tests/tidy/sizes.awk |
    awk -v max=$function_lines_max '$3 > max { print "function", $1 ":" $2, $3 }'
}

found=0
kept=""
while read -r kind what lines; do
  allowed=$(awk -v kind="$kind" -v what="$what" '$1 == kind && $2 == what { print $3 }' "$ratchet" | sort -n | tail -1)
  if [ -z "$allowed" ] || [ "$lines" -gt "$allowed" ]; then
    echo "sizes: $kind $what has $lines lines; at most ${allowed:-$([ "$kind" = file ] &&
      echo $file_lines_max || echo $function_lines_max)} are allowed" >&2
    found=1
  fi
  kept+="$kind $what $((lines < ${allowed:-0} ? lines : ${allowed:-lines}))"$'\n'
done < <(long_ones)
[ "$found" = 0 ] || exit 1

fresh=$(grep '^#' "$ratchet" && printf '%s' "$kept" | sort)
if [ "$fresh" != "$(cat "$ratchet")" ]; then
  printf '%s\n' "$fresh" >"$ratchet"
  echo "sizes: something shrank, well done; commit $ratchet with its new length"
fi

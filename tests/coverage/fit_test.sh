#!/usr/bin/env bash
# In every test run: each line that uncovered.txt names still stands in the sources, with a reason. Whether it runs takes
# long: ./dev coverage.
set -euo pipefail
cd "$(dirname "$0")/../.."

# complaints_in TREE: of each entry whose line or function is not there.
complaints_in() {
  perl -e 'my $tree = shift; my (%lines, %seen);
    while (<>) {
      next if /^#|^\s*$/;
      chomp;
      my ($file, $function, $text, $why) = /^([^:\t]+):(\S*)\t([^\t]+)\t(.*\S.*)$/
        or print("$_: not FILE:FUNCTION, text, reason with tabs\n"), next;
      print "$_: stands there twice\n" if $seen{"$file:$function\t$text"}++;
      if (!$lines{$file} && open my $source, "<", "$tree/$file") {
        $lines{$file} = {map { s/^\s+|\s+$//gr => 1 } <$source>};
      }
      print "$file: there is no line: $text\n" unless $lines{$file}{$text};
      print "$file: there is no function $function\n" unless !$function || grep /\b\Q$function\E\b/, keys %{$lines{$file}};
    }' "$1" tests/coverage/uncovered.txt
}

complaints=$(complaints_in .)
[ -z "$complaints" ] || { echo "$complaints" >&2 && exit 1; }

# That this can fail: in a tree where a line is gone, it is told, and nothing else is.
other=$(mktemp -d)
trap 'rm -rf "$other"' EXIT
cp -r log "$other"
IFS=$'\t' read -r place text _ < <(grep -v '^#' tests/coverage/uncovered.txt)
TEXT=$text perl -ni -e 'print unless s/^\s+|\s+$//gr eq $ENV{TEXT}' "$other/${place%%:*}"
[ "$(complaints_in "$other" | head -n 1)" = "${place%%:*}: there is no line: $text" ] ||
  { echo "not told of $place: $text" >&2 && exit 1; }

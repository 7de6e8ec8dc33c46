#!/usr/bin/env bash
# Of forged counts: what is named and did not run passes; what is not named, what is named and ran, and too little fail.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir -p log
seq 1 100 | sed 's/.*/  line_&();/' >log/file.cpp

# counts LINE…: all lines of the file ran but these.
counts() {
  perl -e 'my %not = map { $_ => 1 } @ARGV;
    my @lines = map { sprintf q({"line_number":%d,"count":%d,"function_name":"_f"}), $_, $not{$_} ? 0 : 3 } 1 .. 100;
    my $function = q({"name":"_f","demangled_name":"kappa::log::(anonymous namespace)::Thing::work(int)"});
    printf qq({"files":[{"file":"log/file.cpp","functions":[%s],"lines":[%s]}]}\n), $function, join ",", @lines' -- "$@"
}
judged() { counts "$@" | perl "$here/lines.pl" named.txt >told; }
told() { grep -qF "$1" told || { echo "not told: $1" && cat told && exit 1; } >&2; }

printf 'log/file.cpp:work\tline_7();\tno disk does that\n' >named.txt
judged 7 || { cat told >&2 && exit 1; }
told 'log                                 99 of   100 lines,  99.00 %; 1 more are named'

judged 7 8 && exit 1
told $'log/file.cpp:8\n'
told $'log/file.cpp:work\tline_8();'

judged && exit 1
told 'names what does run, or is no more'
told $'log/file.cpp:work\tline_7();'

printf 'log/file.cpp:work\tline_7();\tby chance: two meet there\n' >named.txt
judged 7 && judged || { cat told >&2 && exit 1; }

for line in 8 9; do printf 'log/file.cpp:work\tline_%d();\tnor that\n' $line >>named.txt; done
judged 7 8 9 && exit 1
told 'at least 98 % are to run'

#!/usr/bin/env bash
# Makes the golden directory of the present version anew: vN.tar.zst, vN.txt (its events) and vN.backup.txt (those of the
# backup in it). Only until the first release: from then on the bytes of a version are never made anew (README.md).
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
readonly here version=1 build=${1:-build/dev}
cd "$here/../.."
ninja -C "$build" --quiet kappa kappa_golden_maker
kappa=$PWD/$build/cli/kappa
maker=$PWD/$build/tests/golden/kappa_golden_maker
source "$here/show.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export KAPPA_DIR=data

# Segments with footers; those of `trimmed` are then removed but for the newest.
"$maker" segments data segmented
"$maker" segments data trimmed
"$kappa" topic set trimmed --max-bytes 70KiB -q

# Repacked around a gap: its third frame rotted, and there was no copy.
"$maker" segments data gapped
printf 'rot' | dd of=data/topics/gapped/0/00000000000000000000.seg bs=1 seek=13000 conv=notrunc status=none
"$kappa" repair --yes -q >repaired
grep -q 'gapped' repaired
"$kappa" topic compact gapped -q

# A compressed frame; small ones whose sections are plain; keys, headers, times, tombstones, an event of nothing.
seq 40 | sed 's/.*/{"id":&,"page":"\/shop\/basket"}/' | "$kappa" append clicks -q
printf '{"id":41,"page":"/"}\n{"id":42,"page":"/"}\n{"id":"bad"}\n' | "$kappa" append clicks -q
"$kappa" append keyed -k plain -H source=golden -H twice=1 -H twice=2 -q <<<'{"n":1}'
"$kappa" append keyed -J -q <<'LINES'
{"key":"k1","value":"text"}
{"key":"k1","value":null,"headers":[["why","deleted"]]}
{"key64":"AAH/","value64":"/wD+","ts":"1969-12-31T23:59:59.5Z"}
{"key":"","value":"","ts":"2026-02-03T04:05:06.789012Z"}
{"value":null}
LINES
seq 5 | "$kappa" append once --producer-id first -q
seq 8 | "$kappa" append once --producer-id first -q
cat >views.sql <<'SQL'
CREATE TABLE clicks (id bigint, page text);
CREATE MATERIALIZED VIEW counts AS SELECT page, count(*) AS n FROM clicks GROUP BY page;
SQL
"$kappa" append accounts -J -q <<<'{"key":"7","value":{"id":7,"owner":"ada"}}'
"$kappa" append accounts -J -q <<<'{"key":"7","value":null}'
"$kappa" run views.sql --until-end -q
printf '{"id":43,"page":"/late"}\n' | "$kappa" append clicks -q
"$kappa" run views.sql --until-end -q

# Compacted by key, twice: rows that were replaced are gone, and a row whose deletion has gone after it; one key stood in
# both partitions, and a producer's appends have lost events. Behind the horizon there is something left to compact.
"$kappa" topic create stock --partitions 2 -q
stock() { "$kappa" append stock --key-field item -q "$@"; }
deleted() { "$kappa" append stock -J -q <<<"{\"key\":\"$1\",\"value\":null}"; }
stock_lines | stock --producer-id feed
printf '{"item":"bolt","n":%d}\n' 2 3 4 | stock
stock -p 0 <<<'{"item":"moved","n":1}'
stock -p 1 <<<'{"item":"moved","n":2}'
stock <<<'{"item":"bolt","n":"many"}'
deleted nut
cat >keyed.sql <<'SQL'
CREATE TABLE stock (item text PRIMARY KEY, n bigint);
CREATE MATERIALIZED VIEW in_stock AS SELECT item, n FROM stock ORDER BY item;
SQL
"$kappa" topic set stock --compact key --after 0 -q
"$kappa" run keyed.sql --until-end -q
"$kappa" topic compact stock --roll -q
"$kappa" read stock -J -q | grep '"key":"nut"' >nut
grep -q '"value":null' nut && [ "$(wc -l <nut)" = 1 ]
printf '{"item":"bolt","n":%d}\n' 5 6 | stock
"$kappa" run keyed.sql --until-end -q
"$kappa" topic compact stock --roll -q
[ "$("$kappa" read stock -J -q | grep -c '"key":"nut"')" = 0 ]
stock <<<'{"item":"cog","n":70}'
deleted moved
"$kappa" run keyed.sql --until-end -q

"$kappa" append torn -q <<<'{"whole":1}'
"$kappa" append killed -q <<<'{"before":1}'
"$kappa" backup data.backup -q
"$kappa" restore data.backup -d restored -q
show_directory "$kappa" restored >"$here/v$version.backup.txt"
rm -r restored
"$kappa" append clicks -q <<<'{"id":44,"page":"/after the backup"}'
stock <<<'{"item":"washer","n":1}'

# A process that was killed after its last acknowledged append, and one amid an append.
"$maker" killed data killed
segment=data/topics/torn/0/00000000000000000000.seg
end=$(LC_ALL=C tr '\0' '\n' <"$segment" | grep -abo . | tail -n 1 | cut -d: -f1)
printf 'KFRM, and then the power went' | dd of="$segment" bs=1 seek=$(((end / 8 + 1) * 8)) conv=notrunc status=none

show_directory "$kappa" data >"$here/v$version.txt"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf - data data.backup views.sql keyed.sql |
  zstd -q -19 --long=27 -f -o "$here/v$version.tar.zst"
ls -l "$here"/v"$version".*

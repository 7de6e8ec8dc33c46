# Small frames made large ones: said before, done once, and nothing changes for who reads.
source "$KAPPA_SOURCE/tests/cli/support.bash"
for i in $(seq 1 6); do printf '{"n":%d}\n' $i | "$KAPPA" append clicks -q; done
expect_code 0 "$KAPPA" topic compact clicks
expect_text out 'clicks [0]: nothing to repack: its only segment is the one that grows'
expect_text err 'kappa topic compact clicks --roll'
echo 'CREATE TABLE clicks (n bigint); CREATE MATERIALIZED VIEW v AS SELECT n, _sequence AS s FROM clicks;' > v.sql
"$KAPPA" run v.sql --until-end 2> /dev/null
"$KAPPA" read clicks -J > before
"$KAPPA" replay v.sql > replayed_before

expect_code 0 "$KAPPA" topic compact clicks --roll --dry-run
expect_text out '1 of 1 sealed segment would be repacked: 6 events in 6 frames would have 1'
expect_code 0 "$KAPPA" topic info clicks
expect_text out 'in 1 segment'
expect_code 0 "$KAPPA" topic compact clicks --roll -O ndjson --progress plain
expect_text out '"repacked_segments":1,"busy_segments":0,"frames_before":6,"frames_after":1,"events":6,'
expect_text err 'compact: '
"$KAPPA" read clicks -J > after
cmp before after
"$KAPPA" replay v.sql > replayed_after
cmp replayed_before replayed_after
expect_code 0 "$KAPPA" verify
expect_text out 'clicks [0]: whole, 6 events in 1 frame'
expect_code 0 "$KAPPA" topic compact clicks --roll
expect_text out 'clicks [0]: nothing to repack in 1 sealed segment'

# What came by one append each comes back so: a part of a repacked frame can be read.
expect_code 0 "$KAPPA" read clicks -o 3:5
[ "$(cat out)" = '{"n":4}
{"n":5}' ]
"$KAPPA" run v.sql --until-end 2> /dev/null
expect_code 0 "$KAPPA" append clicks < <(echo '{"n":7}')
expect_code 0 "$KAPPA" backup copy
expect_code 0 "$KAPPA" restore copy -d restored
expect_code 0 "$KAPPA" read clicks -d restored
[ "$(wc -l < out)" = 7 ]
expect_code 4 "$KAPPA" topic compact click
expect_text err 'clicks'
expect_code 2 "$KAPPA" topic compact clicks --rate fast

# A new segment is begun only where that is worth it, and it is said why not.
seq 1 9 | "$KAPPA" append one -q
expect_code 0 "$KAPPA" topic compact one --roll
expect_text out 'one [0]: nothing to repack: in its only segment that would not save a tenth of the frames'
expect_code 0 "$KAPPA" topic info one
expect_text out 'in 1 segment'

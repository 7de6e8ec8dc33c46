# What is kept: set, shown, applied by appends, and never taken from a view.
source "$KAPPA_SOURCE/tests/cli/support.bash"
expect_code 0 "$KAPPA" append clicks < <(seq 1 100)
expect_code 2 "$KAPPA" topic set clicks
expect_text err '--retention 30d'
expect_code 2 "$KAPPA" topic set clicks --retention 30days
expect_text err 'no length of time'
expect_code 2 "$KAPPA" topic set clicks --max-bytes 1.5G
expect_text err 'no number of bytes'
expect_code 0 "$KAPPA" topic info clicks -O json
expect_text out '"retention_seconds":null,"max_bytes":null'
expect_code 0 "$KAPPA" topic set clicks --retention 30d --max-bytes 50GiB --dry-run
expect_text err 'clicks would be kept for 30 d, at most 50.0 GiB'
expect_text err 'nothing would be removed now'
expect_code 0 "$KAPPA" topic info clicks
expect_text out 'for ever'

# As long as a view reads the topic, all of it stays.
echo 'CREATE TABLE clicks (line bigint); CREATE MATERIALIZED VIEW v AS SELECT count(*) AS n FROM clicks;' > v.sql
"$KAPPA" run v.sql --until-end 2> /dev/null
"$KAPPA" append probe -q < <(echo 1)
until "$KAPPA" topic set probe --retention 1s --dry-run 2>&1 | grep -q 'would remove'; do :; done
expect_code 0 "$KAPPA" topic set clicks --retention 1s
expect_text err 'nothing is removed from clicks as long as a view reads it: v'
expect_code 0 "$KAPPA" append clicks < <(echo 101)
[ "$("$KAPPA" read clicks | wc -l)" = 101 ]
"$KAPPA" view drop v --yes 2> /dev/null

# Then it goes as soon as it is old enough, with an append too.
until "$KAPPA" topic set clicks --retention 1s --dry-run 2>&1 | grep -q 'would remove offsets 0..100'; do :; done
expect_code 0 "$KAPPA" append clicks < <(echo new)
expect_text err 'removed offsets 0..100 of clicks: 101 events in 1 segment'
expect_code 0 "$KAPPA" read clicks
[ "$(cat out)" = new ]
expect_code 0 "$KAPPA" read clicks -o 0:3
expect_text err 'clicks begins at offset 101: what was before it was removed by retention'
expect_code 0 "$KAPPA" verify
expect_text out 'clicks [0]: whole, 1 event'
expect_code 0 "$KAPPA" topic set clicks --retention forever
expect_text err 'clicks is kept for ever'
expect_code 0 "$KAPPA" replay v.sql
expect_text err 'warning: topic clicks begins at offset 101'

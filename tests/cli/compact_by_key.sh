# Compaction by key: what is refused and why, what goes and what stays, and that no view can tell.
source "$KAPPA_SOURCE/tests/cli/support.bash"
echo 'CREATE TABLE stock (item text, n bigint, PRIMARY KEY (item));
CREATE MATERIALIZED VIEW total AS SELECT count(*) AS items, sum(n) AS n FROM stock;' > stock.sql
echo 'CREATE TABLE stock (item text, n bigint);
CREATE MATERIALIZED VIEW every AS SELECT count(*) AS events FROM stock;' > every.sql

row() { printf '{"item":"%s","n":%d}\n' "$1" "$2"; }
for n in $(seq 1 50); do row bolt "$n"; row nut $((n * 10)); done | "$KAPPA" append stock --key-field item -q
row bolt 1000 | "$KAPPA" append stock -q --key-field item
echo '{"key":"nut","value":null}' | "$KAPPA" append stock -q -J
echo '{"item":"bolt","n":"many"}' | "$KAPPA" append stock -q --key-field item

# What cannot be set.
expect_code 2 "$KAPPA" topic set stock
expect_text err '--compact key'
expect_code 2 "$KAPPA" topic set stock --compact keys
expect_text err '--compact takes key or off, not "keys"'
expect_code 2 "$KAPPA" topic set stock --after 7d
expect_text err '--after goes with --compact key'
expect_code 2 "$KAPPA" topic set stock --compact key --after soon
"$KAPPA" run every.sql --until-end -q
for dry in --dry-run ''; do
  # shellcheck disable=SC2086  # Nothing is no option.
  expect_code 5 "$KAPPA" topic set stock --compact key $dry
  expect_text err 'view every reads topic stock by table stock, which has no PRIMARY KEY: it needs each event'
  expect_text err 'kappa view drop every'
done
"$KAPPA" view drop every --yes

expect_code 0 "$KAPPA" topic set stock --compact key
expect_text err 'stock is compacted by key, after 1 d'
expect_code 5 "$KAPPA" run every.sql --until-end
expect_text err 'topic stock is compacted by key, and stock has no PRIMARY KEY'
expect_text err 'kappa topic set stock --compact off'
expect_code 0 "$KAPPA" topic compact stock --roll
expect_text err 'no view reads it'
"$KAPPA" run stock.sql --until-end -q
expect_code 0 "$KAPPA" topic compact stock --roll
expect_text err 'stock: events that are older than 1 d may go'
expect_code 0 "$KAPPA" topic set stock --compact key --after 0
expect_code 0 "$KAPPA" topic info stock
expect_text out 'compacted by key, at once'

# What goes: 49 and 50 rows that were replaced; the deletion with the next compaction. What is no row stays.
"$KAPPA" replay stock.sql > before
"$KAPPA" replay stock.sql --view total.errors > errors_before
expect_code 0 "$KAPPA" topic compact stock --roll --dry-run
expect_text out '100 events would go that no table needs'
expect_code 0 "$KAPPA" topic info stock -O json
expect_text out '"compact_after_seconds":0,"compacted_through":null'
expect_code 0 "$KAPPA" topic compact stock --roll
expect_text out '100 events removed that no table needs'
expect_text err 'stock: events up to sequence'
expect_code 0 "$KAPPA" read stock -J
[ "$(sed -E 's/.*("offset":[0-9]+),.*("key":"[a-z]+"),.*("value":.*)/\1 \2 \3/' out)" = \
  '"offset":100 "key":"bolt" "value":{"item":"bolt","n":1000}}
"offset":101 "key":"nut" "value":null}
"offset":102 "key":"bolt" "value":{"item":"bolt","n":"many"}}' ]
expect_code 0 "$KAPPA" topic compact stock -O ndjson
expect_text out '"removed":1,'
expect_code 0 "$KAPPA" read stock -J
[ "$(grep -o '"offset":[0-9]*' out)" = '"offset":100
"offset":102' ]
expect_code 0 "$KAPPA" read stock -o 5:101 -J
[ "$(grep -o '"offset":[0-9]*' out)" = '"offset":100' ]
"$KAPPA" replay stock.sql > after
cmp before after
"$KAPPA" replay stock.sql --view total.errors > errors_after
cmp errors_before errors_after
expect_code 0 "$KAPPA" topic compact stock
expect_text out 'nothing to repack'

# It goes on: runs, appends, backups; nothing that was deleted is back.
row nut 3 | "$KAPPA" append stock -q --key-field item
expect_code 0 "$KAPPA" run stock.sql --until-end
expect_code 0 "$KAPPA" read total --final
[ "$(cat out)" = '{"items":2,"n":1003}' ]
expect_code 0 "$KAPPA" replay stock.sql
[ "$(cat out)" = '{"items":2,"n":1003}' ]
expect_code 0 "$KAPPA" verify
expect_text out 'stock [0]: whole'
expect_code 0 "$KAPPA" backup copy
expect_code 0 "$KAPPA" restore copy -d restored
expect_code 0 "$KAPPA" replay stock.sql -d restored
[ "$(cat out)" = '{"items":2,"n":1003}' ]

# What was before the horizon is not told by a replay, nor by a table that needs each event.
expect_code 4 "$KAPPA" replay stock.sql --as-of 1
expect_text err 'was compacted'
expect_code 0 "$KAPPA" topic set stock --compact off
expect_text err 'stock is not compacted'
expect_code 5 "$KAPPA" replay every.sql
expect_text err 'topic stock was compacted'
expect_code 5 "$KAPPA" run every.sql --until-end
expect_code 2 "$KAPPA" topic set _catalog --compact key

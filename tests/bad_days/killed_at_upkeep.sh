# As killed_at_system_calls.sh, amid what keeps a log for years: repeated appends, compaction by key, backups, restoring,
# repair with a backup and without one.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
source "$KAPPA_SOURCE/tests/bad_days/kills.bash"

orders 1 10 > first
orders 11 20 > second
orders 21 30 > third
orders 31 40 > more
cat first second third > before
echo 'CREATE TABLE stock (item text, n bigint, PRIMARY KEY (item));
CREATE MATERIALIZED VIEW total AS SELECT count(*) AS items, sum(n) AS n FROM stock;' > stock.sql
export KAPPA_DIR=$PWD/prepared
for part in first second third; do "$KAPPA" append orders $part -q; done
for n in $(seq 1 20); do printf '{"item":"bolt","n":%d}\n{"item":"nut","n":%d}\n' "$n" "$n"; done |
  "$KAPPA" append stock --key-field item -q
echo '{"key":"nut","value":null}' | "$KAPPA" append stock -J -q
"$KAPPA" run stock.sql --until-end -q
"$KAPPA" topic set stock --compact key --after 0 -q
"$KAPPA" replay stock.sql -q -O ndjson > totals
"$KAPPA" backup earlier -q
cp -r prepared damaged
# Behind the first frame of the three.
flip_bits damaged/topics/orders/0/00000000000000000000.seg $((12288 + 900))
KAPPA_DIR=damaged expect_code 7 "$KAPPA" read orders
expect_same first out
cp -r prepared grown
KAPPA_DIR=grown "$KAPPA" append orders more -q
export KAPPA_DIR=$PWD/data

check_once() {
  "$KAPPA" append orders more --producer-id loader -q
  "$KAPPA" append orders more --producer-id loader -q
  expect_code 0 "$KAPPA" read orders
  cat before more > expected
  expect_same expected out
}
# No table over it is another one, and the next compaction goes on.
check_compact() {
  "$KAPPA" replay stock.sql -q -O ndjson > out
  expect_same totals out
  "$KAPPA" topic compact stock --roll > /dev/null 2> err
  expect_live_is_replay total stock.sql
  "$KAPPA" replay stock.sql -q -O ndjson > out
  expect_same totals out
}
# expect_restored FILE…: the backup has these orders.
expect_restored() {
  rm -rf restored
  expect_code 0 "$KAPPA" restore copy --check
  expect_code 0 "$KAPPA" restore copy -d restored
  expect_code 0 "$KAPPA" read orders -d restored
  cat "$@" > expected
  expect_same expected out
}
check_backup() {
  "$KAPPA" backup copy -q
  expect_restored before
  rm -rf copy
}
# The earlier one is whole until there is another.
check_next_backup() {
  expect_code 0 "$KAPPA" restore copy --check
  "$KAPPA" backup copy -q
  expect_restored before more
  rm -rf copy
  cp -r earlier copy
}
check_restore() {
  [ -e data/kappa ] || { rm -rf data && "$KAPPA" restore earlier -d data -q; }
  expect_code 0 "$KAPPA" read orders
  expect_same before out
}
check_gap() {
  "$KAPPA" repair --yes > /dev/null 2> err
  expect_code 0 "$KAPPA" read orders
  cat first third > expected
  expect_same expected out
  "$KAPPA" append orders more -q
}
check_healed() {
  "$KAPPA" repair --from earlier --yes > /dev/null 2> err
  expect_code 0 "$KAPPA" read orders
  expect_same before out
  "$KAPPA" append orders more -q
}

kill_everywhere prepared check_once append orders more --producer-id loader
kill_everywhere prepared check_compact topic compact stock --roll
kill_everywhere prepared check_backup backup copy
cp -r earlier copy
kill_everywhere grown check_next_backup backup copy
kill_everywhere none check_restore restore earlier -d data
kill_everywhere damaged check_gap repair --yes
kill_everywhere damaged check_healed repair --from earlier --yes

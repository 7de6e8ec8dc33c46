# What does not exist is named together with what does and is spelt much like it.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
orders_view
orders 1 10 | "$KAPPA" append orders -q
"$KAPPA" run orders.sql --until-end -q

expect_code 4 "$KAPPA" read ordesr
expect_text err 'no topic or view ordesr'
expect_text err 'did you mean orders?'
expect_code 4 "$KAPPA" tail bgi
expect_text err 'did you mean big?'
expect_code 4 "$KAPPA" verify ordesr
expect_code 4 "$KAPPA" topic delete ordesr --yes
expect_code 4 "$KAPPA" view info bgi
expect_text err 'no view "bgi"'
expect_text err 'did you mean big?'
expect_code 4 "$KAPPA" view drop orders --yes
expect_text err 'orders is a topic, not a view'
expect_code 4 "$KAPPA" replay orders.sql --view bgi
expect_text err 'the file has no view bgi'
expect_code 4 "$KAPPA" replay order.sql
expect_text err 'cannot open order.sql'
echo '{"id":11}' > line
expect_code 0 "$KAPPA" append oders line
expect_text err 'there is also orders; if that was meant: kappa topic delete oders'
expect_code 0 "$KAPPA" topic delete oders --yes
# No file, no topic; and nothing of the files before it.
mkdir folder
for missing in nothing folder line/in; do
  for files in "$missing" "line $missing"; do
    # shellcheck disable=SC2086
    "$KAPPA" append fresh $files 2> err && exit 1
    expect_text err "kappa: cannot"
    expect_text err "$missing"
    expect_code 4 "$KAPPA" read fresh
  done
done
# A named pipe is opened once.
mkfifo pipe
cat line > pipe &
expect_code 0 "$KAPPA" append fresh pipe
expect_text err 'appended 1 event'
wait $!

expect_code 2 "$KAPPA" red orders
expect_text err 'did you mean: kappa read'
expect_code 2 "$KAPPA" view lits
expect_text err 'did you mean: kappa view list'
expect_code 2 "$KAPPA" read orders --ofset 3
expect_text err 'unknown option --ofset'
expect_text err 'did you mean --offset?'
expect_code 2 "$KAPPA" read orders -O tabel
expect_text err 'did you mean table?'
expect_code 2 "$KAPPA" append orders line --on-error ignore
expect_text err 'stop'

# refused SQL MESSAGE HINT: a view of this SELECT, refused at its place.
refused() {
  printf 'CREATE TABLE orders (id bigint, name text);\nCREATE MATERIALIZED VIEW v AS %s;\n' "$1" > v.sql
  for verb in run replay; do
    expect_code 9 "$KAPPA" "$verb" v.sql
    expect_text err 'v.sql:2:'
    expect_text err '^'
    expect_text err "$2"
    expect_text err "hint: $3"
  done
}
refused 'SELECT nam FROM orders' 'column "nam" does not exist' 'did you mean name'
refused 'SELECT lenght(name) FROM orders' 'lenght' 'did you mean length'
refused 'SELECT id FROM oders' 'oders' 'did you mean orders'
refused 'SELECT id::bigitn FROM orders' 'bigitn' 'did you mean bigint'
refused 'SELECT id, rank() OVER () FROM orders' 'OVER' ''
refused 'SELECT a.id FROM orders a JOIN orders b ON a.id = b.id' 'JOIN' ''
refused 'SELCT id FROM orders' 'syntax error' ''
sed -i 's/FROM orders/FROM missing/; s/TABLE orders/TABLE missing/' orders.sql
expect_code 4 "$KAPPA" replay orders.sql
expect_text err 'no topic "missing"'
expect_text err 'hint: kappa topic create missing'
"$KAPPA" topic create missing -q
expect_code 0 "$KAPPA" replay orders.sql

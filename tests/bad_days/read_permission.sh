# With permission to read only, everything that reads works and everything that writes is refused.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
orders_view
orders 1 10 | "$KAPPA" append orders -q
"$KAPPA" run orders.sql --until-end -q
cp "$KAPPA" kappa
chmod -R a+rX,a-w . && chmod u+w .
[ "$(id -u)" != 0 ] || as_reader=(setpriv --reuid=65534 --regid=65534 --clear-groups)
reader() { ${as_reader[@]+"${as_reader[@]}"} ./kappa "$@"; }
find kappa-data -type f -exec cksum {} + | sort > before

expect_code 0 reader read orders
expect_same <(orders 1 10) out
expect_code 0 reader tail orders -o start -n 10
expect_same <(orders 1 10) out
expect_code 0 reader topic list
expect_code 0 reader topic info orders
expect_code 0 reader view list
expect_code 0 reader view info big
expect_code 0 reader read big --final -O ndjson
cp out live
expect_code 0 reader replay orders.sql -O ndjson
expect_same live out
expect_code 0 reader verify
expect_text out '_catalog [0]: whole'

expect_code 6 reader append orders orders.sql
expect_text err 'Permission denied'
expect_text err 'hint: check the permissions'
expect_code 6 reader run orders.sql --until-end
expect_code 6 reader topic create other
expect_code 6 reader topic delete orders --yes
expect_code 6 reader view drop big --yes
find kappa-data -type f -exec cksum {} + | sort > after
expect_same before after
chmod -R u+w .

# What may not be read of one topic or view does not hide the others; it is told in the end.
sed 's/ big / little /' orders.sql > little.sql
orders 1 3 | "$KAPPA" append hidden -q
"$KAPPA" run little.sql --until-end -q
chmod -R a+rX kappa-data
chmod 000 "$(segment_of hidden)" "$(segment_of big)"
refusal="cannot open ./$(segment_of hidden): Permission denied"
expect_code 6 reader topic list
expect_text err "kappa: $refusal"
grep -qE '^hidden +user +1 +unreadable$' out
grep -qE '^orders +user +1 +10 ' out
expect_code 6 reader topic list -O ndjson
expect_text out '{"topic":"hidden","kind":"user","partitions":1,"events":null,'
expect_text out '{"topic":"orders","kind":"user","partitions":1,"events":10,'
expect_code 6 reader verify
expect_text err "hidden [0]: NOT CHECKED: $refusal"
expect_text err "big [0]: NOT CHECKED: "
expect_text out 'orders [0]: whole, 10 events'
expect_code 6 reader view list
grep -qE '^big +unreadable +orders$' out
grep -qE '^little +[0-9]+ +10 +orders$' out
# Damage elsewhere is found all the same.
flip_bits "$(segment_of orders)" 12500
chmod -R a+rX kappa-data/topics/orders
expect_code 6 reader verify
expect_text out 'orders [0]: DAMAGED'
expect_text err '1 damaged range found'

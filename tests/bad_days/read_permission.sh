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

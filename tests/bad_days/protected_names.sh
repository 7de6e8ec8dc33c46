# What belongs to views and to kappa itself is not written, deleted or read by others; each refusal says what to do.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
orders_view
orders 1 10 | "$KAPPA" append orders -q
"$KAPPA" run orders.sql --until-end -q
echo 1 > line
expect_code 5 "$KAPPA" append big line
expect_text err 'big belongs to a view and takes events from its run only'
expect_text err 'kappa view list'
expect_code 5 "$KAPPA" append big.errors line
expect_code 5 "$KAPPA" append _catalog line
expect_text err '_catalog is written by kappa itself'
for name in _mine my.errors my.late 'a b' a/b a@1 . ..; do
  expect_code 2 "$KAPPA" append "$name" line
  expect_text err "$name"
  expect_code 2 "$KAPPA" topic create "$name"
done
expect_code 2 "$KAPPA" topic create "$(printf 'x%.0s' {1..201})"
expect_code 0 "$KAPPA" topic create "$(printf 'x%.0s' {1..200})"

expect_code 5 "$KAPPA" topic delete orders --yes
expect_text err 'topic orders is read by: big'
expect_text err 'hint: kappa view drop big'
expect_code 5 "$KAPPA" topic delete big --yes
expect_text err 'hint: kappa view drop big'
expect_code 5 "$KAPPA" topic delete big.errors --yes
expect_text err 'hint: kappa view drop big'
expect_code 5 "$KAPPA" topic delete _catalog --yes
expect_code 5 "$KAPPA" topic create big

sed 's/id > 0/id > 5/' orders.sql > changed.sql
expect_code 5 "$KAPPA" run changed.sql --until-end
expect_text err 'view big exists with another definition'
expect_text err 'kappa view drop big'
expect_code 0 "$KAPPA" replay changed.sql
expect_code 0 "$KAPPA" view info big
sed 's/big/orders/2; s/VIEW big/VIEW orders/' orders.sql > same_name.sql
for verb in run replay; do
  code=0
  "$KAPPA" "$verb" same_name.sql > out 2> err || code=$?
  [ "$code" = 9 ] || [ "$code" = 5 ]
  expect_text err 'orders'
  expect_text err 'hint: '
done
"$KAPPA" topic create taken -q
sed 's/VIEW big/VIEW taken/' orders.sql > taken.sql
expect_code 5 "$KAPPA" run taken.sql --until-end
expect_text err 'a topic taken exists, so no view can have that name'
cat > over.sql <<'END'
CREATE TABLE big (id bigint);
CREATE MATERIALIZED VIEW over AS SELECT id FROM big;
END
expect_code 5 "$KAPPA" run over.sql --until-end
expect_text err 'big belongs to a view; a table cannot read it'
expect_text err 'hint: '
"$KAPPA" view list > out
[ "$(wc -l < out)" = 2 ]

expect_code 0 "$KAPPA" view drop big --yes
expect_code 0 "$KAPPA" run changed.sql --until-end
expect_live_is_replay big changed.sql
expect_code 0 "$KAPPA" view drop big --yes
expect_code 0 "$KAPPA" topic delete orders --yes

# A segment that has been cut off by something else: what is left is read, and no append covers up what is missing.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
orders_view
for first in 1 101 201 301; do orders "$first" "$((first + 99))" | "$KAPPA" append orders -q; done
"$KAPPA" run orders.sql --until-end -q
segment=$(segment_of orders)
cp "$segment" whole
truncate -s 13600 "$segment"
echo 1 > line
for _ in before after; do
  expect_code 7 "$KAPPA" read orders
  [ -s out ]
  expect_same <(orders 1 "$(wc -l < out)") out
  expect_code 1 "$KAPPA" verify orders
  expect_text out "$segment at byte"
  expect_code 7 "$KAPPA" replay orders.sql
  expect_code 7 "$KAPPA" run orders.sql --until-end
  expect_code 7 "$KAPPA" append orders line
  expect_text err 'were durable and are damaged'
  expect_text err 'hint: '
  [ "$(stat -c %s "$segment")" = 13600 ]
done
cp whole "$segment"
expect_code 0 "$KAPPA" append orders line
expect_code 0 "$KAPPA" verify

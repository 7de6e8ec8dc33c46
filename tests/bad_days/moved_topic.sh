# The folder of a topic under another name, moved there by hand: no topic is made in its place by anybody, and each who
# wants to is told why. Moved back, it is whole.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
orders_view
orders 1 3 | "$KAPPA" append orders -q
orders 1 3 | "$KAPPA" append kept -q
mv kappa-data/topics/kept kappa-data/topics/big
echo x > line
for command in 'topic create big' 'append big line' 'run orders.sql --until-end'; do
  # shellcheck disable=SC2086  # A list of words is meant to be split.
  expect_code 5 "$KAPPA" $command
  expect_text err 'kappa-data/topics/big/0/00000000000000000000.seg may have events of a topic that the catalog does not know'
  expect_text err "else move ./kappa-data/topics/big elsewhere"
done
mv kappa-data/topics/big kappa-data/topics/kept
expect_code 0 "$KAPPA" read kept
expect_same <(orders 1 3) out
expect_code 0 "$KAPPA" run orders.sql --until-end
expect_live_is_replay big orders.sql

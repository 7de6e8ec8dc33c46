# Damage behind the last mark, in bytes that provably were durable: appends are refused, nothing is cut, the others
# go on.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
orders 1 100 | "$KAPPA" append orders -q
segment=$(segment_of orders)
# A crash leaves any older mark; both marks stand in the blocks before the first frame.
dd if="$segment" of=marks bs=4096 skip=1 count=2 status=none
for first in 101 201 301; do orders "$first" "$((first + 99))" | "$KAPPA" append orders -q; done
dd if=marks of="$segment" bs=4096 seek=1 conv=notrunc status=none
cp "$segment" whole
flip_bits "$segment" 13400
cp "$segment" damaged
echo 1 > line
expect_code 7 "$KAPPA" append orders line
expect_text err "$segment: bytes ["
expect_text err 'were durable and are damaged'
expect_text err 'hint: nothing was changed; kappa repair --from BACKUP'
expect_same damaged "$segment"
expect_code 1 "$KAPPA" verify
expect_text out 'orders [0]: DAMAGED'
expect_code 7 "$KAPPA" read orders
[ -s out ]
expect_same <(orders 1 "$(wc -l < out)") out
# Nor does a replay end before it as if nothing were missing: as above, and with the machine started anew.
orders_view
for _ in running restarted; do
  expect_code 7 "$KAPPA" replay orders.sql
  expect_text err "$segment: bytes ["
  dd if=/dev/zero of=kappa-data/sequence bs=64 count=1 conv=notrunc status=none
done
expect_code 0 "$KAPPA" append other line
expect_same damaged "$segment"

# Restored, as the hint says, it goes on.
cp whole "$segment"
expect_code 0 "$KAPPA" append orders line
expect_code 0 "$KAPPA" verify
"$KAPPA" read orders > out
expect_same <(orders 1 400; echo 1) out

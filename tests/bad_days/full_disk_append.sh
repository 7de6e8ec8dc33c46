# A disk that fills up during an append: what the summary counts is there, the rest is not, and reading goes on.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
on_small_disk 3m
orders 1 20 | "$KAPPA" append orders -q
head -c 6000000 /dev/urandom | base64 -w 400 > much
expect_code 6 "$KAPPA" append orders much
expect_text err 'No space left on device'
expect_text err 'hint: free space on this file system'
acknowledged=$(sed -n 's/^appended \([0-9]*\) events to orders.*/\1/p' err)
{ orders 1 20; head -n "$acknowledged" much; } > expected
"$KAPPA" read orders > found
expect_same expected found

fill_disk
expect_code 6 "$KAPPA" append orders much
expect_text err 'appended 0 events to orders'
expect_code 0 "$KAPPA" read orders
expect_same expected out
expect_code 0 "$KAPPA" tail orders -o start -n 20
expect_code 0 "$KAPPA" topic list
expect_text out 'orders'
expect_code 0 "$KAPPA" verify
expect_text out 'orders [0]: whole'

make_room
sed -n "$((acknowledged + 1)),$((acknowledged + 100))p" much > more
expect_code 0 "$KAPPA" append orders more
cat more >> expected
"$KAPPA" read orders > found
expect_same expected found
expect_code 0 "$KAPPA" verify

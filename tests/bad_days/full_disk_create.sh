# Topics, views and directories that cannot be made for want of room do not exist by half, and are made once there is.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
on_small_disk 1m
orders_view
orders 1 10 | "$KAPPA" append orders -q
"$KAPPA" topic list > before
fill_disk
expect_code 6 "$KAPPA" topic create other
expect_text err 'No space left on device'
expect_text err 'hint: free space'
echo x > line
expect_code 6 "$KAPPA" append other line
expect_code 6 "$KAPPA" run orders.sql --until-end
expect_code 6 "$KAPPA" -d disk/second topic create other
"$KAPPA" topic list > after
expect_same before after
expect_code 4 "$KAPPA" read other
expect_code 4 "$KAPPA" -d disk/second topic list
expect_code 0 "$KAPPA" verify

make_room
expect_code 0 "$KAPPA" topic create other
expect_code 0 "$KAPPA" -d disk/second topic create other
expect_code 0 "$KAPPA" append other line
expect_code 0 "$KAPPA" run orders.sql --until-end
expect_live_is_replay big orders.sql

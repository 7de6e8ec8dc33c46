# What an append that was cut off by a crash leaves behind the last durable frame: reported, kept aside, in nobody's way.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
orders 1 100 | "$KAPPA" append orders -q
segment=$(segment_of orders)
# Allocated zeros follow the frames.
end=$(LC_ALL=C tr '\0' '\n' < "$segment" | grep -abo . | tail -n 1 | cut -d: -f1)
torn_at=$(((end / 8 + 1) * 8))
printf 'the beginning of a frame' > torn
dd if=torn of="$segment" bs=1 seek="$torn_at" conv=notrunc status=none
expect_code 0 "$KAPPA" read orders
expect_same <(orders 1 100) out
orders 101 110 > more
expect_code 0 "$KAPPA" append orders more
expect_text err "recovered ./$segment: cut off a torn tail of 24 B at byte $torn_at"
kept=$(sed -n 's/.*, kept in //p' err)
expect_same torn "$kept"
expect_code 0 "$KAPPA" append orders more
[ "$(grep -c recovered err)" = 0 ]
"$KAPPA" read orders > out
expect_same <(orders 1 110; orders 101 110) out
expect_code 0 "$KAPPA" verify

# Bytes that are not what was written: what stands before them is delivered, then everything stops there and says where.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
orders_view
for first in 1 101 201 301; do orders "$first" "$((first + 99))" | "$KAPPA" append orders -q; done
"$KAPPA" run orders.sql --until-end -q
sed 's/ big / little /' orders.sql > little.sql
"$KAPPA" run little.sql --until-end -q
segment=$(segment_of orders)
# The second of four frames.
flip_bits "$segment" 13200
expect_code 7 "$KAPPA" read orders
[ -s out ]
orders 1 "$(wc -l < out)" > expected
expect_same expected out
expect_text err "$segment"
expect_text err 'cannot be read)'
expect_text err 'hint: '
range=$(grep -o 'bytes \[[0-9]*, [0-9]*)' err)
begin=$(echo "$range" | grep -o '[0-9]*,' | tr -d ,)
[ "$begin" -le 13200 ]

expect_code 7 "$KAPPA" tail orders -o start -n 400
expect_same expected out
expect_text err "at byte $begin"
expect_code 1 "$KAPPA" verify
expect_text out 'orders [0]: DAMAGED'
expect_text out "$segment at byte $begin"
expect_text out '_catalog [0]: whole'
expect_text out 'big [0]: whole'
expect_code 1 "$KAPPA" verify orders -O ndjson
expect_text out "\"position\":$begin,"
expect_code 7 "$KAPPA" run orders.sql --until-end
expect_code 7 "$KAPPA" replay orders.sql
expect_code 0 "$KAPPA" topic list
# The view was computed before.
expect_code 0 "$KAPPA" read big --final -O ndjson
[ "$(wc -l < out)" = 400 ]

# A damaged changelog does not hide the other views: its row says so, and it is the verb's error.
flip_bits "$(segment_of big)" 12300
expect_code 7 "$KAPPA" view list
expect_text err "$(segment_of big)"
grep -qE '^big +damaged +orders$' out
grep -qE '^little +[0-9]+ +400 +orders$' out
expect_code 7 "$KAPPA" view list -O ndjson
expect_text out '{"view":"big","through":null,"rows":null,"reads":["orders"]}'
expect_text out '{"view":"little","through":'

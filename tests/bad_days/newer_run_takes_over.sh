# Two runs of one view: the newer takes over, the older ends with 5 when it would write, and the view is right.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
orders_view
orders 1 10 | "$KAPPA" append orders -q
touch older newer
"$KAPPA" run orders.sql 2> older &
older=$!
until grep -q 'caught up' older; do kill -0 "$older"; done
[ "$("$KAPPA" tail big -o start -n 10 | wc -l)" = 10 ]
"$KAPPA" run orders.sql 2> newer &
newer=$!
until grep -q 'caught up' newer; do kill -0 "$newer"; done
orders 11 20 | "$KAPPA" append orders -q
"$KAPPA" tail big -o start -n 20 > seen
code=0
wait "$older" || code=$?
[ "$code" = 5 ] || { echo "the older run ended with $code" >&2; cat older >&2; exit 1; }
expect_text older 'big'
expect_text older 'hint: '
kill -TERM "$newer"
wait "$newer"
[ "$("$KAPPA" read big | wc -l)" = 20 ]
expect_live_is_replay big orders.sql

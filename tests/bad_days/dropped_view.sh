# A view is dropped while its run and a tail of it are alive: both end and say so; the view can be defined anew.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
orders_view
orders 1 10 | "$KAPPA" append orders -q
touch ran tailed
timeout 60 "$KAPPA" run orders.sql 2> ran &
run=$!
until grep -q 'caught up' ran; do kill -0 "$run"; done
timeout 60 "$KAPPA" tail big -o start > tailed 2> tail.err &
tail=$!
until grep -q '"id":10' tailed; do kill -0 "$tail"; done
"$KAPPA" view drop big --yes -q
orders 11 11 | "$KAPPA" append orders -q
code=0
wait "$run" || code=$?
[ "$code" = 4 ]
expect_text ran 'view big was dropped while this run kept it up to date'
expect_text ran 'hint: kappa run'
code=0
wait "$tail" || code=$?
[ "$code" = 4 ]
expect_text tail.err 'the topic of big/0 has been deleted'
expect_text tail.err 'hint: kappa topic list'
"$KAPPA" run orders.sql --until-end -q
[ "$("$KAPPA" read big | wc -l)" = 11 ]
expect_live_is_replay big orders.sql

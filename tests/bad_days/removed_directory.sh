# A data directory is deleted under those that wait for its events: each ends, says so and names the directory.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
orders_view
orders 1 10 | "$KAPPA" append orders -q
touch ran
timeout 60 "$KAPPA" run orders.sql 2> ran &
run=$!
until grep -q 'caught up' ran; do kill -0 "$run"; done
mkfifo pipe
timeout 60 "$KAPPA" append orders < pipe 2> appended &
append=$!
exec 3> pipe
timeout 60 "$KAPPA" tail big -o start > tailed 2> tail.err &
tail=$!
orders 11 11 >&3
until grep -q '"id":11' tailed; do kill -0 "$tail"; done
rm -rf kappa-data
orders 12 12 >&3
exec 3>&-
for each in "$run ran" "$tail tail.err" "$append appended"; do
  read -r pid said <<< "$each"
  code=0
  wait "$pid" || code=$?
  [ "$code" = 6 ] || { echo "ended with $code:" >&2; cat "$said" >&2; exit 1; }
  expect_text "$said" 'the data directory ./kappa-data was removed'
  expect_text "$said" 'hint: '
done
[ ! -e kappa-data ]

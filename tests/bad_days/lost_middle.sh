# A segment in the middle, or the last one, is deleted: what stands before it is read, then its absence is told, by
# verify too, and nothing is appended behind a lost end.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
for first in 0 500 1000; do
  for part in 0 250; do seq $((first + part)) $((first + part + 249)) | "$KAPPA" append big -q; done
  [ "$first" = 1000 ] || "$KAPPA" topic compact big --roll -q > rolled
done
mapfile -t segments < <(ls kappa-data/topics/big/0/*.seg)
[ "${#segments[@]}" = 3 ]
second=${segments[1]}
first_of_second=$(basename "$second" .seg | sed 's/^0*//')
expect_code 0 "$KAPPA" verify big

# lost FILE EVENTS: without it, that many events are read before its absence is told.
lost() {
  mv "$1" aside
  code=0
  "$KAPPA" read big -J 2> err | wc -l > events || code=$?
  [ "$code" = 7 ]
  [ "$(cat events)" = "$2" ]
  expect_text err 'missing'
  expect_text err 'hint: kappa repair --from BACKUP'
  expect_code 1 "$KAPPA" verify big
}
lost "$second" "$first_of_second"
mv aside "$second"

last=${segments[2]}
lost "$last" "$(basename "$last" .seg | sed 's/^0*//')"
echo 1 > line
expect_code 7 "$KAPPA" append big line
expect_text err 'its successor is missing'
expect_code 7 "$KAPPA" append big line
mv aside "$last"
expect_code 0 "$KAPPA" append big line
expect_code 0 "$KAPPA" verify big

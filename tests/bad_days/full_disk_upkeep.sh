# Upkeep on a full disk: compaction, backup, restoring and repair are refused in words and leave all as it was; once
# there is room they work.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
on_small_disk 8m
data=disk/data
for i in {1..40}; do orders "$i" "$i" | "$KAPPA" append orders -q; done
"$KAPPA" topic compact orders --roll -q > /dev/null
orders 1 40 > expected
"$KAPPA" backup disk/copy -q
orders 41 41 | tee -a expected | "$KAPPA" append orders -q
for i in {42..60}; do orders "$i" "$i" | tee -a expected | "$KAPPA" append orders -q; done

# expect_full COMMAND…: refused for want of room, in words; every event is there.
expect_full() {
  expect_code 6 "$@"
  expect_text err 'No space left on device'
  expect_text err 'hint: free space on this file system'
  "$KAPPA" read orders | cmp - expected
  expect_code 0 "$KAPPA" verify
}

fill_disk
expect_full "$KAPPA" topic compact orders --roll
expect_full "$KAPPA" backup disk/copy
expect_code 0 "$KAPPA" restore disk/copy --check
expect_full "$KAPPA" backup disk/other
expect_full "$KAPPA" restore disk/copy -d disk/new
expect_code 5 "$KAPPA" -d disk/new topic list
expect_text err 'its restore was cut short'

make_room
expect_code 0 "$KAPPA" topic compact orders --roll
expect_text out 'repacked'
expect_code 0 "$KAPPA" backup disk/copy
expect_code 0 "$KAPPA" backup disk/other
rm -r disk/new
expect_code 0 "$KAPPA" restore disk/copy -d disk/new
"$KAPPA" -d disk/new read orders | cmp - expected
"$KAPPA" read orders | cmp - expected

# A repair keeps the file as it was and writes another: without room for both it changes nothing.
segment=$data/topics/orders/0/00000000000000000000.seg
flip_bits "$segment" 12400
cp "$segment" rotten
fill_disk
for from in '' '--from disk/copy'; do
  # shellcheck disable=SC2086  # No backup is no argument.
  expect_code 6 "$KAPPA" repair $from --yes
  expect_text err 'No space left on device'
  expect_text err 'hint: free space on this file system'
  cmp rotten "$segment"
  expect_code 1 "$KAPPA" verify
done
make_room
expect_code 0 "$KAPPA" repair --from disk/copy --yes
"$KAPPA" read orders | cmp - expected
expect_code 0 "$KAPPA" verify

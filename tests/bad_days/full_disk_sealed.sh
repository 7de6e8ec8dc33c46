# Retention of sealed segments, by size and by age, on an ext4 without a free byte: it removes them with no room made
# first, as it records itself in what the catalog has allocated. That is enough for hundreds of settings; then one is
# refused in words until there is room for the catalog to grow, 64 KiB and the event.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
on_small_disk 32m ext4

# sealed_topic NAME: three sealed segments of 20 events each, and one of an event that grows.
sealed_topic() {
  local first
  for first in 1 11 21 31 41 51; do
    orders "$first" $((first + 9)) | "$KAPPA" append "$1" -q 2> err
    ((first % 20 == 1)) || expect_code 0 "$KAPPA" topic compact "$1" --roll
  done
  orders 61 61 | "$KAPPA" append "$1" -q
  expect_segments "$1" 4
}

# expect_segments TOPIC COUNT
expect_segments() { [ "$(find "disk/data/topics/$1/0" -name '*.seg' | wc -l)" = "$2" ]; }

# expect_from TOPIC FIRST: the events from that one on are left.
expect_from() {
  expect_code 0 "$KAPPA" read "$1"
  expect_same <(orders "$2" 61) out
}

# expect_full COMMAND…: refused for want of room, in words.
expect_full() {
  expect_code 6 "$@"
  expect_text err 'No space left on device'
  expect_text err 'hint: free space on this file system'
}

# The disk is filled anew, with the room that was given back, and has none.
fill_wholly() {
  fill_disk
  [ "$(df --output=avail -B1 disk | tail -n 1)" -eq 0 ]
}

for topic in sized aged late; do sealed_topic "$topic"; done
# The newest segment is of 128 KiB, the others of 12.6 KiB.
left=4
for most in 160000 150000 140000; do
  fill_wholly
  left=$((left - 1))
  expect_code 0 "$KAPPA" topic set sized --max-bytes "$most"
  expect_text err "removed offsets $((60 - 20 * left))..$((79 - 20 * left)) of sized: 20 events in 1 segment"
  expect_segments sized "$left"
  expect_from sized $((81 - 20 * left))
done

# All are old enough: the newest, which goes only once there is room for another, hinders no other.
until "$KAPPA" topic set aged --retention 1s --dry-run 2>&1 | grep -q 'would remove .*: 61 events'; do :; done
fill_wholly
expect_full "$KAPPA" topic set aged --retention 1s
expect_text err 'removed offsets 0..59 of aged: 60 events'
expect_segments aged 1
expect_from aged 61

fill_wholly
for ((settings = 0; settings < 1000; ++settings)); do
  "$KAPPA" topic set late --max-bytes $((1000000 + settings)) > out 2> err || break
done
[ "$settings" -ge 250 ] && [ "$settings" -lt 1000 ]
echo "$settings settings until the catalog is to grow"
expect_full "$KAPPA" topic set late --max-bytes 1
expect_segments late 4
expect_from late 1
truncate -s -80000 disk/filling
expect_code 0 "$KAPPA" topic set late --max-bytes 1
expect_text err 'removed offsets 0..59 of late: 60 events in 3 segments'
expect_from late 61
expect_code 0 "$KAPPA" verify

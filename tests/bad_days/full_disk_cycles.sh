# An ext4 that is filled and freed, again and again: every cycle appends are refused and leave nothing, everything else
# goes on at zero bytes free, and the next append works as soon as there is room. Nothing acknowledged is ever lost.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
on_small_disk 32m ext4
orders_view
: > expected
head -c 40000000 /dev/urandom | base64 -w 400 > much
cycles=${KAPPA_FULL_DISK_CYCLES:-3}

# append_kept NAME: lines that must be there from then on.
append_kept() {
  orders "$1" "$(($1 + 99))" > lines
  expect_code 0 "$KAPPA" append orders lines
  cat lines >> expected
}

expect_all_kept() {
  expect_code 0 "$KAPPA" read orders
  expect_same expected out
}

# expect_full COMMAND…: refused for want of room, in words.
expect_full() {
  expect_code 6 "$@"
  expect_text err 'No space left on device'
  expect_text err 'hint: free space on this file system'
}

for ((cycle = 0; cycle < cycles; ++cycle)); do
  append_kept $((cycle * 1000 + 1))
  expect_code 0 "$KAPPA" run orders.sql --until-end
  orders 1 5 | "$KAPPA" append scrap -q
  expect_full "$KAPPA" append bulk much
  acknowledged=$(sed -n 's/^appended \([0-9]*\) events to bulk.*/\1/p' err)
  fill_disk

  # Nothing can be made. Everything can be read.
  expect_full "$KAPPA" append bulk much
  expect_text err 'appended 0 events to bulk'
  expect_full "$KAPPA" topic create other
  expect_all_kept
  "$KAPPA" read bulk | cmp - <(head -n "$acknowledged" much)
  expect_code 0 "$KAPPA" tail orders -o start -n 100
  expect_code 0 "$KAPPA" topic list --all
  expect_code 0 "$KAPPA" verify
  expect_live_is_replay big orders.sql

  # What is deleted gives its room back; what it was is no longer known.
  expect_code 0 "$KAPPA" topic set orders --retention 30d
  expect_code 0 "$KAPPA" topic delete scrap --yes
  expect_code 4 "$KAPPA" read scrap
  if ((cycle % 2 == 0)); then
    expect_code 0 "$KAPPA" topic delete bulk --yes
  else
    until "$KAPPA" topic set bulk --retention 1s --dry-run 2>&1 | grep -q 'would remove'; do :; done
    truncate -s -200000 disk/filling
    expect_code 0 "$KAPPA" topic set bulk --retention 1s
    expect_text err 'removed offsets 0..'
  fi
  append_kept $((cycle * 1000 + 501))
  expect_all_kept
  rm -f disk/filling disk/filling.rest
  ! "$KAPPA" topic list | grep -q bulk || expect_code 0 "$KAPPA" topic delete bulk --yes
  expect_code 0 "$KAPPA" verify
done
expect_code 0 "$KAPPA" run orders.sql --until-end
expect_live_is_replay big orders.sql

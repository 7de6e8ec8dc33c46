# Upkeep under a limit, for the scripts beside this file. They have `limited CODES COMMAND…`, true if the command exited
# with the first of the codes; false if it was refused in words. Anything else ends the script.

# prepare_upkeep: in the folder `ready`, a data directory, a damaged copy of it, and a backup that lacks its last event.
# The topic orders is `kept`; aged has a sealed segment and, with that event, one that grows.
prepare_upkeep() {
  local part
  local -x KAPPA_DIR=ready/data
  mkdir ready
  orders 1 20 > kept
  for part in 1 11; do orders "$part" $((part + 9)) | "$KAPPA" append orders -q; done
  for part in 1 2; do "$KAPPA" append aged -q <<< '{"sealed":true}'; done
  "$KAPPA" topic compact aged --roll -q > out
  "$KAPPA" backup ready/earlier -q
  "$KAPPA" append aged -q <<< '{"sealed":false}'
  cp -r ready/data ready/damaged
  flip_bits ready/damaged/topics/orders/0/00000000000000000000.seg 12400
  expect_code 1 "$KAPPA" verify -d ready/damaged
}

# limited_upkeep: view list, topic info, set and compact, backup, restore and repair, on a copy of what is ready. What
# is refused works afterwards without the limit.
limited_upkeep() {
  local -x KAPPA_DIR=now/data
  rm -rf now
  cp -r ready now
  now_or_later 0 view list
  now_or_later 0 topic info orders
  # Retention removes the sealed segment, or nothing.
  if ! limited 0 topic set aged --retention 30d --max-bytes 1; then
    expect_code 0 "$KAPPA" read aged
    [ "$(wc -l < out)" = 1 ] || [ "$(wc -l < out)" = 3 ]
    expect_code 0 "$KAPPA" topic set aged --retention 30d --max-bytes 1
  fi
  expect_code 0 "$KAPPA" read aged
  expect_same <(echo '{"sealed":false}') out
  if ! limited 0 topic compact orders --roll; then
    expect_kept now/data
    expect_code 0 "$KAPPA" topic compact orders --roll
  fi
  expect_kept now/data

  # The earlier backup is whole until there is another, and what is refused of a first one is none.
  now_or_later 0 restore now/earlier --check
  if ! limited 0 backup now/earlier; then
    expect_code 0 "$KAPPA" restore now/earlier --check
    expect_code 0 "$KAPPA" backup now/earlier
  fi
  expect_code 0 "$KAPPA" restore now/earlier --check
  if limited 0 backup now/new; then expect_code 0 "$KAPPA" restore now/new --check; else [ ! -e now/new/manifest ]; fi
  # A restore that is refused may have come to its end but for the first start of the directory: then it has everything.
  # What is half there is no directory.
  if ! limited 0 restore now/earlier -d now/restored && [ ! -e now/restored/kappa ]; then
    if "$KAPPA" topic list -d now/restored > out 2>&1; then return 1; fi
    rm -rf now/restored
    expect_code 0 "$KAPPA" restore now/earlier -d now/restored
  fi
  expect_kept now/restored

  # No damage is called whole, and what a refused repair leaves can be repaired.
  now_or_later 1 repair -d now/damaged
  now_or_later 1 repair -d now/damaged --from ready/earlier
  now_or_later 0 repair -d now/damaged --from ready/earlier --yes
  expect_kept now/damaged
}

# now_or_later CODE COMMAND…: under the limit, or refused there and then without it.
now_or_later() { limited "$@" || expect_code "$1" "$KAPPA" "${@:2}"; }

# expect_kept DIRECTORY: all of it is whole, and the topic orders is what it was.
expect_kept() {
  expect_code 0 "$KAPPA" read orders -d "$1"
  expect_same kept out
  expect_code 0 "$KAPPA" verify -d "$1"
}

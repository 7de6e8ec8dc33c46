# Repeated appends over several partitions: by key each event once, wherever the first one was killed; else refused.
source "$KAPPA_SOURCE/tests/cli/support.bash"
seq 1 200000 | sed 's/.*/{"id":&,"user":"u&"}/' > input.ndjson
"$KAPPA" topic create killed --partitions 3 -q
by_key=(append killed input.ndjson --key-field user --producer-id input)

# Killed and repeated until it comes to its end: what was there stays there, and at the end each event is there once.
: > stored
milliseconds=10 kills=0 code=137
while [ $code = 137 ]; do
  code=0 limit=$(printf '%d.%03d' $((milliseconds / 1000)) $((milliseconds % 1000)))
  timeout -s KILL "$limit" "$KAPPA" "${by_key[@]}" -q || code=$?
  milliseconds=$((milliseconds * 5 / 4)) kills=$((kills + (code == 137)))
  cp stored earlier
  "$KAPPA" read killed > stored
  expect_same earlier <(head -n "$(wc -l < earlier)" stored)
done
[ $code = 0 ] && [ $kills -gt 0 ]
for partition in 0 1 2; do
  "$KAPPA" read killed -p $partition > "stored.$partition"
  [ -s "stored.$partition" ]
  # The share of each is there in the order of the input.
  expect_same "stored.$partition" <(sort -t : -k 2,2n "stored.$partition")
done
sort -t : -k 2,2n stored.0 stored.1 stored.2 > out
expect_same out input.ndjson
"$KAPPA" read killed | sort -t : -k 2,2n > out
expect_same out input.ndjson
expect_code 0 "$KAPPA" "${by_key[@]}"
expect_text err 'appended 0 events to killed, 200000 there already'
(cat input.ndjson; echo '{"id":200001,"user":"new"}') > longer.ndjson
expect_code 0 "$KAPPA" append killed longer.ndjson --key-field user --producer-id input
expect_text err 'appended 1 event to killed, offsets ['
expect_text err ', 200000 there already'
expect_code 5 "$KAPPA" append killed --key-field user --producer-id input < <(tac input.ndjson)
expect_text err "not the events that the producer 'input' has appended"

# What somebody has seen before a kill is there after it, in the same order.
"$KAPPA" topic create seen --partitions 3 -q
mkfifo pipe
: > given
for round in 1 2 3; do
  "$KAPPA" append seen --key-field id < pipe 2> err &
  appender=$!
  exec 3> pipe
  seq 1 300 | sed "s/.*/{\"id\":&,\"round\":$round}/" | tee -a given >&3
  "$KAPPA" tail seen -o start -n "$(wc -l < given)" > shown
  printf '{"id":' >&3
  kill -KILL $appender
  wait $appender || [ $? = 137 ]
  exec 3>&-
  expect_code 0 "$KAPPA" read seen
  expect_same out shown
  expect_same <(sort out) <(sort given)
  expect_code 0 "$KAPPA" verify seen
done
seq 1 300 | sed 's/.*/{"id":&}/' > lines

# Events without a key have no partition of their own that could be found again.
"$KAPPA" topic create none --partitions 2 -q
for option in '--producer-id p' '--id-field id'; do
  # shellcheck disable=SC2086
  expect_code 2 "$KAPPA" append none $option < lines
  expect_text err 'none has 2 partitions, and a repeated append finds the partition of an event by its key'
  expect_text err '--partition 0'
done
expect_code 3 "$KAPPA" append none --producer-id p -J < <(printf '{"key":"a","value":1}\n{"value":2}\n')
expect_text err 'stdin:2: no key'
expect_code 0 "$KAPPA" append none --producer-id p -J --on-error skip < <(printf '{"key":"a","value":1}\n{"value":2}\n')
expect_text err 'appended 0 events to none, 1 there already, skipped 1'
expect_code 0 "$KAPPA" append none --producer-id q --partition 1 < lines
expect_code 0 "$KAPPA" append none --producer-id q --partition 1 < lines
expect_text err 'appended 0 events to none, 300 there already'
expect_code 0 "$KAPPA" append none --id-field id --key-field id --window all < lines
expect_code 0 "$KAPPA" append none --id-field id --key-field id --window all < lines
expect_text err 'appended 0 events to none, 300 there already'

expect_code 2 "$KAPPA" append none --expect-offset 0 < lines
expect_text err '--expect-offset is about one of them'
expect_code 5 "$KAPPA" append none --expect-offset 3 --partition 1 < lines
expect_text err 'kappa read none --partition 1 -o 3'
end=$("$KAPPA" read none -p 0 | wc -l)
expect_code 0 "$KAPPA" append none --expect-offset "$end" --partition 0 < lines

# Topics of several partitions: made, appended to by key and in turns, read and followed in the one order, kept and copied.
source "$KAPPA_SOURCE/tests/cli/support.bash"
expect_code 2 "$KAPPA" topic create clicks --partitions 0
expect_text err '0 partitions; 1 to 128 are possible'
expect_code 2 "$KAPPA" topic create clicks --partitions 129
expect_code 2 "$KAPPA" topic create clicks --partitions many
[ ! -e kappa-data ]
expect_code 0 "$KAPPA" topic create clicks --partitions 3
expect_text err 'created topic clicks of 3 partitions'

# The key chooses, as Kafka's clients do: ada 2, bo 1, 21 0. Reading gives the order of the appends.
printf '{"u":"ada","n":1}\n{"u":"bo","n":2}\n{"u":"ada","n":3}\n{"u":"21","n":4}\n' > keyed
while read -r line; do "$KAPPA" append clicks --key-field u -q <<< "$line"; done < keyed
expect_code 0 "$KAPPA" read clicks
expect_same out keyed
expect_code 0 "$KAPPA" read clicks --partition 2
[ "$(grep -o '"n":.' out | tr '\n' ' ')" = '"n":1 "n":3 ' ]
expect_code 0 "$KAPPA" read clicks -J
[ "$(grep -o '"partition":.,"offset":.' out | tr '\n' ' ')" = \
  '"partition":2,"offset":0 "partition":1,"offset":0 "partition":2,"offset":1 "partition":0,"offset":0 ' ]
expect_code 0 "$KAPPA" read clicks -n 3
expect_same out <(head -n 3 keyed)
expect_code 0 "$KAPPA" read clicks -o end
[ ! -s out ]

# Offsets are those of a partition.
for range in 1 -1 1: :1 start:-1 0:2; do
  expect_code 2 "$KAPPA" read clicks -o "$range"
  expect_text err 'clicks has 3 partitions, and an offset is one in a partition'
  expect_text err '--partition 0'
  expect_code 2 "$KAPPA" tail clicks -n 1 -o "$range"
done
expect_code 0 "$KAPPA" read clicks --partition 2 -o -1
expect_text out '"n":3'
for verb in read tail append; do
  expect_code 4 "$KAPPA" "$verb" clicks --partition 3 < /dev/null
  expect_text err 'clicks has 3 partitions, 0 to 2; there is no partition 3'
done
expect_code 2 "$KAPPA" read clicks --partition all
expect_code 4 "$KAPPA" append fresh --partition 2 < keyed
expect_text err 'kappa topic create fresh --partitions 3'
expect_code 4 "$KAPPA" read fresh

# Without a key: batches in turns, from the emptiest on. One batch stays together.
"$KAPPA" topic create turns --partitions 3 -q
for batch in 1 2 3 4; do printf '%s a\n%s b\n' $batch $batch | "$KAPPA" append turns -q; done
expect_code 0 "$KAPPA" read turns -J
[ "$(grep -o '"partition":.,"offset":.' out | tr '\n' ' ' | tr -dc '0-9 ')" = '00 01 10 11 20 21 02 03 ' ]
"$KAPPA" append turns -O json -q < <(yes "$(printf '%01000d' 1)" | head -n 6000) > out
[ "$(grep -o '"partition":[0-9]' out | wc -l)" = 3 ]
expect_text out '"events":6000,"duplicates":0,"skipped":0,"partitions":[{"partition":0,"events":'
expect_code 0 "$KAPPA" append turns -p 1 < keyed
expect_text err 'appended 4 events to turns, offsets [1] '
[ "$("$KAPPA" read turns | wc -l)" = 6012 ]

# Each key's events keep their order, in few appends and in many.
for round in 1 2 3; do
  seq 1 20000 | sed "s/.*/{\"k\":&,\"round\":$round}/" | "$KAPPA" append turns --key-field k -q
done
"$KAPPA" read turns | grep -o '"k":[0-9]*,"round":.' | sort -s -t, -k 1,1 > by_key
[ "$(wc -l < by_key)" = 60000 ]
expect_same by_key <(sort by_key)

# Followed in the one order, from the end and from the start.
mkfifo seen
"$KAPPA" tail clicks -n 6 > tailed &
follower=$!
"$KAPPA" tail clicks -o start -n 5 > seen &
exec 4< seen
for _ in 1 2 3 4; do read -r _ <&4; done   # It follows; the other one does when it has an event of its own.
sent=0
while kill -0 $follower 2> /dev/null; do
  sent=$((sent + 1))
  echo "$sent" | "$KAPPA" append clicks -k "key $sent" -q
done
wait $follower
[ "$(wc -l < tailed)" = 6 ]
expect_same tailed <(seq "$(head -n 1 tailed)" "$(tail -n 1 tailed)")
read -r fifth <&4
[ "$fifth" = 1 ]
exec 4<&-
"$KAPPA" tail clicks -o start -n 2 -p 2 | grep -o '"n":.' > out
expect_same out <(printf '"n":1\n"n":3\n')

# Views have them in the one order, live and in a replay: also a key that stands in several.
"$KAPPA" topic create account --partitions 3 -q
echo 'CREATE TABLE account (id bigint PRIMARY KEY, v text);
  CREATE MATERIALIZED VIEW now_is AS SELECT id, v FROM account ORDER BY id;' > account.sql
place() { echo "{\"id\":$1,\"v\":\"$2\"}" | "$KAPPA" append account -k "$1" -p "$3" -q; }
place 1 old 2
"$KAPPA" run account.sql --until-end -q
place 1 newer 0
place 2 first 1
place 1 newest 1
"$KAPPA" run account.sql --until-end -q
expect_code 0 "$KAPPA" read now_is --final
[ "$(tr -d '\n' < out)" = '{"id":1,"v":"newest"}{"id":2,"v":"first"}' ]
mv out final
fingerprint=$(grep -o 'fingerprint [^,]*' err)
expect_code 0 "$KAPPA" replay account.sql
expect_same out final
expect_text err "$fingerprint"

# Listed, described, verified, kept, copied, deleted.
expect_code 0 "$KAPPA" topic list -O ndjson
expect_text out '{"topic":"turns","kind":"user","partitions":3,"events":66012,'
expect_code 0 "$KAPPA" topic info clicks -O json
[ "$(grep -c '"topic":"clicks"' out)" = 3 ]
expect_text out '"partition":2,"start":0,'
expect_code 0 "$KAPPA" topic info clicks
expect_text out 'PARTITION  OFFSETS'
expect_code 0 "$KAPPA" verify clicks
[ "$(grep -c '^clicks \[[012]\]: whole' out)" = 3 ]
"$KAPPA" read turns -J > before
expect_code 0 "$KAPPA" backup copy
expect_code 0 "$KAPPA" restore copy -d restored
"$KAPPA" read turns -J -d restored > out
expect_same out before
segment=$(ls kappa-data/topics/turns/1/*.seg)
printf 'x' | dd of="$segment" bs=1 seek=20000 conv=notrunc 2> err
expect_code 1 "$KAPPA" verify turns
expect_text out 'turns [1]: DAMAGED'
expect_text out 'turns [2]: whole'
expect_code 7 "$KAPPA" read turns
expect_code 0 "$KAPPA" read turns --partition 2
expect_code 0 "$KAPPA" repair --from copy --yes
"$KAPPA" read turns -J > out
expect_same out before
until "$KAPPA" topic set turns --retention 1s --dry-run 2>&1 | grep -q 'would remove offsets .* of turns \[2\]'; do :; done
expect_code 0 "$KAPPA" topic set turns --retention 1s --max-bytes 1GiB
expect_text err 'turns is kept for 1 s, at most 1.0 GiB in each partition'
expect_text err 'removed offsets 0..'
expect_text err ' of turns [0]: '
expect_code 0 "$KAPPA" topic delete turns --yes
expect_code 4 "$KAPPA" read turns

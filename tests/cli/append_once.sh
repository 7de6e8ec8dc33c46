# Appends that may be repeated, and appends on condition.
source "$KAPPA_SOURCE/tests/cli/support.bash"
seq 1 200000 | sed 's/.*/{"id":&}/' > input.ndjson

# Killed anywhere and repeated until it comes to its end: each event is there once, in order.
milliseconds=10
until timeout -s KILL "$(printf '%d.%03d' $((milliseconds / 1000)) $((milliseconds % 1000)))" \
  "$KAPPA" append killed input.ndjson --producer-id input -q; do
  milliseconds=$((milliseconds * 5 / 4))
done
[ "$milliseconds" -gt 10 ]
"$KAPPA" read killed > stored
expect_same stored input.ndjson
expect_code 0 "$KAPPA" append killed input.ndjson --producer-id input
expect_text err 'appended 0 events to killed, 200000 there already'
expect_code 5 "$KAPPA" append killed --producer-id input < <(head -n 200000 input.ndjson | tac)
expect_text err "not the events that the producer 'input' has appended"
expect_text err 'another input needs another name'

expect_code 0 "$KAPPA" append ids --id-field id < <(printf '{"id":1}\n{"id":2}\n{"id":1}\n')
expect_text err 'appended 2 events to ids, offsets 0..1, 1 there already'
expect_code 0 "$KAPPA" append ids --id-field id --window all -J < <(printf '{"value":{"id":2}}\n{"value":{"id":3}}\n')
expect_text err 'appended 1 event to ids'
expect_code 3 "$KAPPA" append ids --id-field id < <(printf '{"id":4}\n{"no":5}\n')
expect_text err 'stdin:2: no field id'
expect_code 0 "$KAPPA" append ids --id-field id --on-error skip -O json < <(printf '{"id":4}\n{"no":5}\n')
expect_text out '"events":0,"duplicates":1,"skipped":1'

expect_code 0 "$KAPPA" append ids --expect-offset 4 < <(printf 'a\nb\n')
expect_code 5 "$KAPPA" append ids --expect-offset 4 < <(printf 'c\nd\n')
expect_text err 'the end is at offset 6, expected was 4'
expect_text err 'kappa read ids -o 4'
expect_code 5 "$KAPPA" append ids --expect-offset 9 < <(printf 'c\nd\n')
expect_text err 'hint: nothing was appended, and nothing came between: it ends at 6'
# All or nothing: what came before a bad line, or before more than fits, is not appended.
expect_code 3 "$KAPPA" append ids --expect-offset 6 --key-field id < <(printf '{"id":7}\nbad\n')
expect_code 3 "$KAPPA" append ids --expect-offset 6 < <(yes "$(printf '%01000d' 1)" | head -n 20000)
expect_text err 'more than one append can hold'
expect_code 0 "$KAPPA" append ids --expect-offset 6 < /dev/null
[ "$("$KAPPA" read ids | wc -l)" = 6 ]

expect_code 2 "$KAPPA" append ids --id-field id --producer-id p < /dev/null
expect_code 2 "$KAPPA" append ids --id-field id --expect-offset 6 < /dev/null
expect_code 2 "$KAPPA" append ids --window 7d < /dev/null
expect_code 2 "$KAPPA" append ids --id-field id --window tomorrow < /dev/null

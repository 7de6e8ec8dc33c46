# Lines are events, bytes as they are; the topic is made with a notice; the summary counts.
source "$KAPPA_SOURCE/tests/cli/support.bash"
printf 'plain\n\n{"a": 1}\r\n\377\0x\nlast without newline' > lines
expect_code 0 "$KAPPA" append orders lines
expect_text err 'created topic orders'
expect_text err 'appended 5 events to orders, offsets 0..4'
expect_code 0 "$KAPPA" read orders
{ cat lines; echo; } > expected
expect_same expected out

expect_code 0 "$KAPPA" append orders -O json -q < lines
expect_text out '"events":5,"duplicates":0,"skipped":0,"first_offset":5,"last_offset":9'
[ ! -s err ]
expect_code 0 "$KAPPA" append order lines
expect_text err 'there is also orders'

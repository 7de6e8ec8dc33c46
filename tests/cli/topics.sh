# Topics are made, listed, described and deleted.
source "$KAPPA_SOURCE/tests/cli/support.bash"
expect_code 0 "$KAPPA" topic create orders
expect_code 0 "$KAPPA" topic list -O ndjson
expect_text out '{"topic":"orders","kind":"user","partitions":1,"events":0,'
expect_code 0 "$KAPPA" topic info orders -O json
expect_text out '"start":0,"end":0,"events":0'
expect_code 0 "$KAPPA" verify
expect_text out 'orders [0]: whole, 0 events'
expect_code 2 "$KAPPA" topic delete orders < /dev/null
expect_text err '--yes'
expect_code 0 "$KAPPA" topic delete orders --yes
expect_code 4 "$KAPPA" topic info orders

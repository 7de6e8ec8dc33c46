# The demo's events are the same in a topic as printed, whoever makes which part.
source "$KAPPA_SOURCE/tests/cli/support.bash"
"$KAPPA" demo nexmark --events 5000 --block 1000 -q
"$KAPPA" demo nexmark --from 5000 --events 2000 -q
for topic in person auction bid; do
  "$KAPPA" demo nexmark --print --only $topic --events 7000 > expected
  "$KAPPA" read $topic > out
  expect_same expected out
done
expect_code 2 "$KAPPA" demo nexmark --block 0

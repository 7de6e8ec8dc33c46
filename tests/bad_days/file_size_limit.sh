# Files may not grow beyond a limit (ulimit -f): each command either does what it says or is refused in words (exit 6), and
# is not killed by a signal; what the summary counts is there, the rest is not, and without the limit appends go on.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
seq 100000 > much
orders 1 10 > expected
"$KAPPA" append orders expected -q

refused=0
for limit in 4 16 64 100 200 400 100000; do
  code=0
  (ulimit -f "$limit" && exec "$KAPPA" append "new$limit" much) > out 2> err || code=$?
  if [ "$code" != 0 ]; then
    [ "$code" = 6 ] || { echo "limit $limit KiB, exit code $code" >&2 && cat err >&2 && exit 1; }
    expect_text err 'File too large'
    expect_text err 'hint: raise the limit of the size of a file (ulimit -f), then try again'
    refused=$((refused + 1))
  fi
  acknowledged=$(sed -n 's/^appended \([0-9]*\) events to .*/\1/p' err)
  if [ -n "$acknowledged" ]; then
    expect_code 0 "$KAPPA" read "new$limit"
    expect_same <(head -n "$acknowledged" much) out
  fi
  orders "$limit" "$limit" | tee -a expected | "$KAPPA" append orders -q
  expect_code 0 "$KAPPA" read orders
  expect_same expected out
  expect_code 0 "$KAPPA" verify
done
[ "$refused" -ge 5 ]
[ "$code" = 0 ]
code=0
(ulimit -f 4 && exec "$KAPPA" read new100000) > out 2> err || code=$?
[ "$code" = 6 ]
expect_text err 'cannot write to standard output: File too large'

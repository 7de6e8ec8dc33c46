# Keys and timestamps from fields, headers from the command line.
source "$KAPPA_SOURCE/tests/cli/support.bash"
echo '{"user":{"id":"u7"},"at":"2025-01-01 00:00:00.5"}' |
  "$KAPPA" append orders -q --key-field user.id --timestamp-field at -H source=web -H trace:x=1
"$KAPPA" read orders -J > out
expect_text out '"ts":"2025-01-01T00:00:00.500000Z","key":"u7","headers":[["source","web"],["trace","x=1"]]'
echo '{"at":1735689600}' | "$KAPPA" append orders -q -k fixed --timestamp-field at --timestamp-format unix_s
"$KAPPA" read orders -o 1 -J > out
expect_text out '"ts":"2025-01-01T00:00:00.000000Z","key":"fixed"'

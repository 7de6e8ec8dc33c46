# Ranges of offsets; read is bounded by the end.
source "$KAPPA_SOURCE/tests/cli/support.bash"
seq 0 99 | "$KAPPA" append numbers -q
check() {
  expect_code 0 "$KAPPA" read numbers "${@:2}"
  [ "$(tr '\n' ' ' < out)" = "$1" ] || { echo "$*:"; cat out; return 1; } >&2
}
check '97 98 99 ' -o -3
check '97 98 99 ' -o 97:end
check '0 1 ' -o :2
check '5 6 ' -o 5:7
check '98 ' -o -2:-1
check '' -o end
check '' -o 200
check '0 1 2 ' -n 3
check '10 11 ' -o 10 -n 2
expect_code 2 "$KAPPA" read numbers -o bogus
expect_text err '"bogus" is no range'
expect_code 2 "$KAPPA" read numbers -o @yesterday
expect_text err '@yesterday is no time'

# Times are those of the appends.
until [ "$(date +%s%6N)" -gt "$("$KAPPA" read numbers -o -1 -J | grep -o '"ts":"[^"]*"' | cut -d '"' -f 4 | date -f - +%s%6N)" ]; do :; done
middle=$(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)
seq 100 104 | "$KAPPA" append numbers -q
check '100 101 102 103 104 ' -o "@$middle"
check '0 1 ' -o ":@$middle" -n 2
check '100 101 ' -o "@$middle:102"
check '99 ' -o "99:@$middle"
check '' -o @2100-01-01
[ "$("$KAPPA" read numbers -o @-1h | wc -l)" = 105 ]
expect_code 0 "$KAPPA" tail numbers -o "@$middle" -n 5
expect_same out <(seq 100 104)
expect_code 2 "$KAPPA" tail numbers -o "@-1h:@-1s"
expect_text err 'a range that ends at a time is for read'
expect_code 2 "$KAPPA" tail numbers -o @2100-01-01
expect_text err 'is still to come'

# The same of several partitions, which are one cut through their order.
"$KAPPA" topic create several --partitions 3 -q
for key in a b c d e f; do echo "$key" | "$KAPPA" append several -k "$key" -q; done
until [ "$(date +%s%6N)" -gt "$("$KAPPA" read several -J | tail -n 1 | grep -o '"ts":"[^"]*"' | cut -d '"' -f 4 | date -f - +%s%6N)" ]; do :; done
middle=$(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)
for key in g h i; do echo "$key" | "$KAPPA" append several -k "$key" -q; done
[ "$("$KAPPA" read several -o "@$middle" | tr -d '\n')" = ghi ]
[ "$("$KAPPA" read several -o ":@$middle" | tr -d '\n')" = abcdef ]
[ "$("$KAPPA" read several -o "@$middle:end" -n 2 | tr -d '\n')" = gh ]
[ "$("$KAPPA" tail several -o "@$middle" -n 3 | tr -d '\n')" = ghi ]
[ -z "$("$KAPPA" read several -o @2100-01-01)" ]

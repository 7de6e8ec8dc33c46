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
expect_text err '"bogus" is no range of offsets'
expect_code 2 "$KAPPA" read numbers -o @2025-01-01
expect_text err 'times are not supported in this version'

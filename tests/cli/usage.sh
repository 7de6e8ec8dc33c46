# Mistakes are named, the nearest name is suggested, exit codes are as documented.
source "$KAPPA_SOURCE/tests/cli/support.bash"
expect_code 2 "$KAPPA"
expect_code 2 "$KAPPA" raed orders
expect_text err 'did you mean: kappa read'
expect_code 2 "$KAPPA" topic lst
expect_text err 'did you mean: kappa topic list'
for verb in query prove deploy; do
  expect_code 2 "$KAPPA" "$verb" x
  expect_text err "$verb is not in this version"
  expect_text err 'hint: '
done
expect_code 2 "$KAPPA" help prove
expect_text err 'prove is not in this version'
expect_code 2 "$KAPPA" topic
expect_text err 'topic what?'
expect_code 2 "$KAPPA" read
expect_text err 'read: TOPIC is missing'
expect_code 2 "$KAPPA" tail -f orders
expect_text err 'tail already follows'
expect_code 2 "$KAPPA" tail orders --from-beginning
expect_text err 'kappa tail TOPIC -o start'
expect_code 2 "$KAPPA" topic set orders --partitions 5
expect_text err 'a topic keeps the number it was made with'
expect_code 4 "$KAPPA" read orders
[ ! -e kappa-data ]
echo 1 | "$KAPPA" append orders -q
expect_code 4 "$KAPPA" read ordres
expect_text err 'did you mean orders?'
expect_code 4 "$KAPPA" append orders no-such-file
expect_text err 'no-such-file'
for name in _own x.errors x.late 'a b' .. ''; do
  code=0
  echo 1 | "$KAPPA" append "$name" > out 2> err || code=$?
  [ "$code" != 0 ] || { echo "took the name \"$name\"" >&2; exit 1; }
done
expect_code 2 "$KAPPA" topic list -d ''
expect_text err '--dir takes a value, not an empty text'
expect_code 2 "$KAPPA" topic list --dir=
expect_code 2 "$KAPPA" -d '' topic list
expect_code 2 "$KAPPA" append orders -k '' orders
expect_code 5 "$KAPPA" topic create orders
expect_code 0 "$KAPPA" help append
expect_code 0 "$KAPPA" append --help
expect_code 0 "$KAPPA" --version
expect_text out 'kappa '
KAPPA_DIR=elsewhere expect_code 4 "$KAPPA" topic list
expect_code 0 "$KAPPA" -d kappa-data topic list
expect_text out 'orders'
expect_code 2 "$KAPPA" -d kappa-data
expect_text err 'a verb is missing beside -d'
expect_code 2 "$KAPPA" --verbose
expect_text err 'unknown option --verbose'
expect_code 2 "$KAPPA" read orders -o
expect_text err '--offset takes a value'
echo 'CREATE TABLE orders (id bigint);' > tables.sql
for verb in run replay; do
  expect_code 9 "$KAPPA" "$verb" tables.sql
  expect_text err 'no CREATE MATERIALIZED VIEW'
done
for verb in run replay 'append orders'; do
  # shellcheck disable=SC2086
  expect_code 6 "$KAPPA" $verb .
  expect_text err 'cannot read .: Is a directory'
  expect_text err 'hint: name'
done

# Copied as they stand, the commands of hints work on the directory that was named, however it was named.
expect_hint() {
  local hint=$1
  shift
  "$KAPPA" "$@" > out 2> err < tables.sql || true
  expect_text err "$hint"
}
cp -r kappa-data 'da ta'
for named in 1 2; do
  [ $named = 1 ] && at=(-d 'da ta') || at=()
  [ $named = 1 ] || export KAPPA_DIR='da ta'
  expect_hint "hint: kappa topic list -d 'da ta'" "${at[@]}" read none
  expect_hint "hint: kappa topic info -d 'da ta' orders" read orders -p 7 "${at[@]}"
  expect_hint "kappa read -d 'da ta' orders -o 0" append orders --expect-offset 0 "${at[@]}"
  expect_hint "hint: kappa view list -d 'da ta'" view drop orders "${at[@]}"
  expect_hint "if that was meant: kappa topic delete -d 'da ta' orders$named)" append orders$named "${at[@]}"
  expect_hint "kappa topic compact -d 'da ta' orders --roll begins" topic compact orders "${at[@]}"
done
unset KAPPA_DIR
# Not where it is found without, and not in a restore: there -d is a new one.
expect_hint 'hint: kappa topic list' read none
[ "$(grep -c -- ' -d ' err)" = 0 ]
mkdir empty
expect_hint 'hint: a backup is made by: kappa backup empty' restore empty -d new
[ "$(grep -c -- ' -d ' err)" = 0 ]

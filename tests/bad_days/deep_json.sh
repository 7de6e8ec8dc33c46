# JSON nested a hundred thousand levels deep is a bad line where a field of it is asked for, an error row in a view, and
# plain bytes elsewhere.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
repeat() { head -c "$2" /dev/zero | sed "s/\x00/$1/g"; }
{ printf '{"id":1,"x":'; repeat '[' 100000; repeat ']' 100000; echo '}'; } > deep
{ repeat '{"a":' 100000; printf 1; repeat '}' 100000; echo; } > objects
{ printf '{"id":2,"x":'; repeat '[' 100000; echo; } > open
cat > rows.sql <<'END'
CREATE TABLE deep (id bigint);
CREATE MATERIALIZED VIEW rows AS SELECT id FROM deep;
END
for file in deep objects open; do
  expect_code 3 "$KAPPA" append keyed "$file" --key-field id
  expect_text err "$file:1: "
  expect_text err 'hint: '
  expect_code 0 "$KAPPA" append keyed "$file" --timestamp-field a.a.a.a --on-error skip
  expect_code 0 "$KAPPA" append deep "$file"
done
"$KAPPA" read deep > out
expect_same <(cat deep objects open) out
echo '{"id":3}' | "$KAPPA" append deep -q
expect_code 0 "$KAPPA" run rows.sql --until-end
"$KAPPA" read rows --final -O ndjson -q > out
expect_same <(echo '{"id":3}') out
[ "$("$KAPPA" read rows.errors --final -O ndjson -q | wc -l)" = 3 ]
expect_live_is_replay rows rows.sql
"$KAPPA" read deep -J | "$KAPPA" append copy -J -q
"$KAPPA" read copy -n 3 > out
expect_same <(cat deep objects open) out

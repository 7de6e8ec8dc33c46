# Text that would overflow a parser's stack or explode in planning is refused with a place, never by a signal.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
echo '{"id":1}' | "$KAPPA" append orders -q
repeat() { head -c "$2" /dev/zero | sed "s/\x00/$1/g"; }
view() { printf 'CREATE TABLE orders (id bigint);\nCREATE MATERIALIZED VIEW v AS SELECT %s FROM orders;\n' "$(cat)" > v.sql; }
# refused WHAT: by run and replay, with exit code 9, a place and a hint.
refused() {
  for verb in run replay; do
    expect_code 9 "$KAPPA" "$verb" v.sql
    expect_text err 'v.sql:'
    expect_text err "$1"
    expect_text err 'hint: '
    [ "$(wc -c < err)" -lt 2000 ]
  done
}
{ repeat '1+' 100000; printf 1; } | view
refused 'the limit is 65536'
{ repeat '1+' 30000; printf 1; } | view
refused 'nested deeper than 1000 levels'
{ repeat '(' 10000; printf 1; repeat ')' 10000; } | view
refused 'nested too deep'
{ repeat '(' 30000; printf 1; repeat ')' 30000; } | view
refused 'nested too deep'
{ repeat '- ' 30000; printf 1; } | view
refused 'nested too deep'
{ repeat 'NOT ' 15000; printf true; } | view
refused 'nested too deep'
{ repeat 'CASE WHEN true THEN ' 2000; printf 1; repeat ' END' 2000; } | view
refused 'nested too deep'
{ printf 1; repeat '::bigint' 7000; } | view
refused 'nested deeper than 1000 levels'
{ repeat '(SELECT ' 5000; printf 1; repeat ')' 5000; } | view
refused 'v.sql:'
{
  echo 'CREATE TABLE orders (id bigint); CREATE VIEW v0 AS SELECT id FROM orders;'
  for i in {1..30}; do echo "CREATE VIEW v$i AS SELECT id FROM v$((i - 1)) UNION ALL SELECT id FROM v$((i - 1));"; done
  echo 'CREATE MATERIALIZED VIEW v AS SELECT id FROM v30;'
} > v.sql
refused 'more than 1000000 nodes'
head -c 20000000 /dev/zero > v.sql
expect_code 3 "$KAPPA" run v.sql
expect_text err 'v.sql is no file of SQL'
# At the limits it works.
{ repeat '(' 400; printf 1; repeat ')' 400; } | view
expect_code 0 "$KAPPA" replay v.sql
{ printf 'id IN (0'; repeat ',1' 20000; printf ')'; } | view
expect_code 0 "$KAPPA" replay v.sql -O ndjson -q
expect_code 0 "$KAPPA" view list

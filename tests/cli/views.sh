# A view runs, is read, tailed, replayed; live equals replay; what belongs to it is protected.
source "$KAPPA_SOURCE/tests/cli/support.bash"
cat > totals.sql <<'END'
CREATE TABLE orders (sku text, amount bigint);
CREATE MATERIALIZED VIEW totals AS SELECT sku, sum(amount) AS total FROM orders GROUP BY sku ORDER BY sku;
END
printf '{"sku":"a","amount":1}\n{"sku":"b","amount":2}\n' | "$KAPPA" append orders -q
expect_code 0 "$KAPPA" run totals.sql --until-end
expect_text err 'totals: 2 rows, fingerprint '
"$KAPPA" read totals > out
printf '+ {"sku":"a","total":1}\n+ {"sku":"b","total":2}\n' > expected
expect_same expected out
first=$("$KAPPA" view info totals -O json | sed 's/.*"through":\([0-9]*\).*/\1/')

echo '{"sku":"a","amount":4}' | "$KAPPA" append orders -q
expect_code 0 "$KAPPA" run totals.sql --until-end
"$KAPPA" read totals -o 2 > out
printf -- '- {"sku":"a","total":1}\n+ {"sku":"a","total":5}\n' > expected
expect_same expected out
"$KAPPA" read totals --final -O ndjson > live 2> live.position
"$KAPPA" replay totals.sql -O ndjson > replayed 2> replayed.position
printf '{"sku":"a","total":5}\n{"sku":"b","total":2}\n' > expected
expect_same expected live
expect_same expected replayed
[ "$(grep -o 'fingerprint [^,]*' live.position)" = "$(grep -o 'fingerprint [^,]*' replayed.position)" ]
"$KAPPA" read totals --final --as-of "$first" -O ndjson -q > out
printf '{"sku":"a","total":1}\n{"sku":"b","total":2}\n' > expected
expect_same expected out
"$KAPPA" replay totals.sql --as-of "$first" -O json -q > out
expect_text out '[{"sku":"a","total":1},'
expect_code 0 "$KAPPA" replay totals.sql --stats json -O table
expect_text err '"events":3,'

expect_code 5 "$KAPPA" append totals totals.sql
expect_text err 'belongs to a view'
expect_code 5 "$KAPPA" topic delete orders --yes
expect_text err 'read by: totals'
sed -i 's/amount) AS/amount) + 1 AS/' totals.sql
expect_code 5 "$KAPPA" run totals.sql --until-end
expect_text err 'kappa view drop'
expect_code 0 "$KAPPA" view drop totals --yes
expect_code 0 "$KAPPA" run totals.sql --until-end

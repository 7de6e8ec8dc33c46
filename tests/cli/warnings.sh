# Members that differ from a column only by case are warned of once a column, on stderr; the results are what they are.
source "$KAPPA_SOURCE/tests/cli/support.bash"
cat > users.sql <<'END'
CREATE TABLE users (userId bigint, n bigint);
CREATE MATERIALIZED VIEW v AS SELECT userId, n FROM users;
CREATE MATERIALIZED VIEW w AS SELECT sum(n) AS n FROM users;
END
seq 1 1000 | sed 's/.*/{"userId":&,"n":&}/' | "$KAPPA" append users -q
first=$("$KAPPA" replay users.sql --view v -O ndjson --stats json 2>&1 >/dev/null | sed -n 's/.*"position":\([0-9]*\).*/\1/p')
echo '{"userId":0,"n":0}' | "$KAPPA" append users -q
warning='warning: table users: events have a member "userId", which column "userid" does not take'
expect_code 0 "$KAPPA" run users.sql --until-end
expect_text err "$warning"
[ "$(grep -c warning: err)" = 1 ]
expect_code 0 "$KAPPA" replay users.sql --view w -O ndjson
expect_text out '{"n":500500}'
expect_text err "$warning"
[ "$(grep -c warning: err)" = 1 ]
expect_code 0 "$KAPPA" replay users.sql --view w -q
[ ! -s err ]
expect_code 0 "$KAPPA" read v --final -O ndjson
expect_text out '{"userid":null,"n":7}'
[ "$(grep -c warning: err)" = 0 ]  # What a run has written is read without its events;
expect_code 0 "$KAPPA" read v --final --as-of "$first" -O ndjson
expect_text err '(by a replay)'
expect_text err "$warning"  # inside one of its commits they are read again.

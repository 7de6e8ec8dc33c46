# A run ends with 0 on SIGTERM, and tail shows its changes while it is live.
source "$KAPPA_SOURCE/tests/cli/support.bash"
cat > small.sql <<'END'
CREATE TABLE numbers (n bigint);
CREATE MATERIALIZED VIEW small AS SELECT n FROM numbers WHERE n < 10;
END
"$KAPPA" topic create numbers -q
echo '{"n":1}' | "$KAPPA" append numbers -q
"$KAPPA" run small.sql --until-end -q
"$KAPPA" run small.sql 2> ran &
run=$!
echo '{"n":2}' | "$KAPPA" append numbers -q
[ "$("$KAPPA" tail small -o 1 -n 1)" = '+ {"n":2}' ]
kill -TERM "$run"
wait "$run"
expect_text ran 'small: 2 rows'

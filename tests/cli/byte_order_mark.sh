# A file of SQL may begin with UTF-8's byte order mark; places are counted behind it.
source "$KAPPA_SOURCE/tests/cli/support.bash"
echo '{"k":1}' | "$KAPPA" append t -q
printf '\xef\xbb\xbfCREATE TABLE t (k int);\nCREATE MATERIALIZED VIEW v AS SELECT k FROM t;\n' > marked.sql
expect_code 0 "$KAPPA" run marked.sql --until-end -q
expect_code 0 "$KAPPA" read v --final -O ndjson
expect_text out '{"k":1}'
printf '\xef\xbb\xbfCREATE TABL t (k int);\n' > wrong.sql
expect_code 9 "$KAPPA" replay wrong.sql
expect_text err 'wrong.sql:1:8: syntax error'

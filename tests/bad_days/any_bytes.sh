# Values, keys and headers are bytes: what is no UTF-8, NUL and control characters come back as they went in.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
printf 'caf\xe9\n\xff\xfe\x80\n\x00nul\x00\n\r\n\n\t\x1b[31m\xf0\x9f\x8d\n"\\\n' > bytes
expect_code 0 "$KAPPA" append bytes bytes -k $'k\xff\xc3(' -H $'h=\xfe' -H 'h=again'
"$KAPPA" read bytes > out
expect_same bytes out
"$KAPPA" read bytes -J > envelopes
iconv -f utf-8 -t utf-8 envelopes > /dev/null
expect_text envelopes '"key64":"a//DKA=="'
expect_text envelopes '["h",{"base64":"/g=="}],["h","again"]'
expect_text envelopes '"value64":"//6A"'
"$KAPPA" append copy -J -q < envelopes
"$KAPPA" read copy > out
expect_same bytes out
"$KAPPA" read copy -J | sed 's/"topic":"copy"/"topic":"bytes"/' > out
expect_same envelopes out

# As input of a view they are rows that cannot be used, and say so.
cat > rows.sql <<'END'
CREATE TABLE bytes (id bigint);
CREATE MATERIALIZED VIEW rows AS SELECT id FROM bytes;
END
printf '{"id":1}\n{"id":2,"text":"\xff"}\n{"id":\x00}\n{"id":"\\u0000"}\n' | "$KAPPA" append bytes -q
expect_code 0 "$KAPPA" run rows.sql --until-end
"$KAPPA" read rows.errors --final -O ndjson -q > errors
[ "$(wc -l < errors)" -ge 8 ]
iconv -f utf-8 -t utf-8 errors > /dev/null
expect_live_is_replay rows rows.sql

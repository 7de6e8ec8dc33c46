# read -J | append -J is byte-exact.
source "$KAPPA_SOURCE/tests/cli/support.bash"
cat > envelopes <<'END'
{"ts":"2025-01-01T00:00:00.000001Z","key64":"/wA=","headers":[["a","1"],["a","2"],["b",null],["c",{"base64":"/w=="}]],"value":{"n":9007199254740993.10, "n":1}}
{"ts":"1969-12-31T23:59:59.999999Z","key":"","headers":[],"value":null}
{"ts":"2025-01-01T00:00:00.000000Z","key":null,"headers":[],"value":""}
{"ts":"2025-01-01T00:00:00.000000Z","key":"null","headers":[],"value":"null"}
{"ts":"2025-01-01T00:00:00.000000Z","key":"k","headers":[],"value":"{\"a\":1} "}
{"ts":"2025-01-01T00:00:00.000000Z","key":"k","headers":[],"value":"{broken"}
{"ts":"2025-01-01T00:00:00.000000Z","key":"k","headers":[],"value":"two\nlines\u0000"}
{"ts":"2025-01-01T00:00:00.000000Z","key":"k","headers":[],"value64":"7aCA"}
{"ts":1735689600000,"headers":["source","kcat"],"key":"u1","payload":"{\"id\":1}"}
END
expect_code 0 "$KAPPA" append first -J envelopes
echo 'no timestamp of its own' | "$KAPPA" append first -q
"$KAPPA" read first -J > one
"$KAPPA" read first -J | "$KAPPA" append second -J -q
"$KAPPA" read second -J | sed 's/"topic":"second"/"topic":"first"/' > two
expect_same one two
[ "$(wc -l < one)" = 10 ]
"$KAPPA" read first -o 0:8 -J | sed 's/^{"topic":"first","partition":0,"offset":[0-9]*,/{/' > given
head -8 envelopes > expected
expect_same expected given

# Standard input, output or talk that are closed are no files of the log: reading and writing them fails, nothing else.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
orders 1 10 | "$KAPPA" append orders -q
code=0
"$KAPPA" append orders <&- > out 2> err || code=$?
[ "$code" = 6 ]
expect_text err 'cannot read stdin'
expect_text err 'hint: '
code=0
orders 11 20 | "$KAPPA" append orders -O json >&- 2> err || code=$?
[ "$code" = 6 ]
expect_text err 'cannot write to standard output'
code=0
"$KAPPA" read orders >&- 2> err || code=$?
[ "$code" = 6 ]
orders 21 30 | "$KAPPA" append orders 2>&-
code=0
orders 31 40 | "$KAPPA" append orders -O json >&- 2>&- || code=$?
[ "$code" = 6 ]
"$KAPPA" verify -q > /dev/null
[ "$("$KAPPA" read orders | wc -l)" = 40 ]

# Lines over the limit are refused with their number, in bounded memory, also where no newline ever comes.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
long() { head -c "$1" /dev/zero | tr '\0' x; }
{ echo first; long 8388608; echo; echo third; } > fits
expect_code 0 "$KAPPA" append lines fits
"$KAPPA" read lines > out
expect_same fits out
{ echo first; long 8388609; echo; echo third; } > too_long
expect_code 3 "$KAPPA" append lines too_long
expect_text err 'too_long:2: longer than 8388608 bytes'
expect_text err 'appended 1 event to lines'
expect_text err 'tail -n +2 too_long | kappa append lines … and the same options; --on-error skip passes over bad lines'
expect_code 0 "$KAPPA" append lines too_long --on-error skip
expect_text err 'skipped too_long:2'
expect_text err 'appended 2 events'
long 100000000 > endless
limit='ulimit -v 1000000;'
# A sanitizer's build reserves terabytes of addresses, so only the others can be held to a limit.
bash -c "$limit"' exec "$0" version' "$KAPPA" > out 2>&1 || limit=''
expect_code 3 bash -c "$limit"' exec "$0" append lines endless' "$KAPPA"
expect_text err 'endless:1: longer than 8388608 bytes'
expect_code 0 "$KAPPA" append lines endless --on-error skip
expect_text err 'appended 0 events to lines, skipped 1'
expect_code 3 "$KAPPA" append lines -J too_long
expect_code 3 "$KAPPA" append lines too_long --key-field a.b
expect_code 0 "$KAPPA" verify

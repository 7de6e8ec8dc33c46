# Retention on a full disk. The newest segment goes only once another is begun, which takes 64 KiB; then its room can be
# used again.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
on_small_disk 4m
orders 1 100 | "$KAPPA" append keep -q
head -c 6000000 /dev/urandom | base64 -w 400 > much
expect_code 6 "$KAPPA" append old much
fill_disk
expect_code 6 "$KAPPA" append old much
until "$KAPPA" topic set old --retention 1s --dry-run 2>&1 | grep -q 'would remove'; do :; done
expect_code 6 "$KAPPA" topic set old --retention 1s
expect_text err 'No space left on device'
"$KAPPA" read old > left
[ -s left ]
truncate -s -200000 disk/filling
expect_code 0 "$KAPPA" topic set old --retention 1s
expect_text err 'removed offsets 0..'
expect_code 0 "$KAPPA" read old
[ ! -s out ]
orders 101 200 | "$KAPPA" append keep -q
orders 1 200 > expected
"$KAPPA" read keep > found
expect_same expected found
expect_code 0 "$KAPPA" verify

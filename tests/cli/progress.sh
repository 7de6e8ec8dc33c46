# Long work tells how far it is, where it is asked to, and keeps to a rate.
source "$KAPPA_SOURCE/tests/cli/support.bash"
head -c 3000000 /dev/urandom | base64 -w 100 | "$KAPPA" append noise -q
expect_code 0 "$KAPPA" verify
[ ! -s err ]
expect_code 0 "$KAPPA" verify --progress plain
expect_text err 'verify: '
expect_text err '/s, '
expect_code 0 "$KAPPA" verify --progress json
expect_text err '{"verb":"verify","done":'
expect_code 0 "$KAPPA" verify --progress plain -q
[ ! -s err ]
# 3 MB at 2 MiB/s cannot be done within a second; there is no time by which it must be.
begun=$(date +%s%N)
expect_code 0 "$KAPPA" verify --rate 2MiB --progress plain
[ $(($(date +%s%N) - begun)) -gt 1000000000 ]
[ "$(wc -l < err)" -ge 2 ]
expect_text err 'MiB of '
expect_code 2 "$KAPPA" verify --rate 0
expect_text err 'no number of bytes'

# A file, a directory of something else, none at all, one of a newer format, one that has lost its identity.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
echo 1 > line
mkdir photos && touch photos/summer.jpg
expect_code 4 "$KAPPA" -d photos topic list
expect_text err 'photos is no kappa directory'
expect_text err 'hint: '
expect_code 4 "$KAPPA" -d nowhere/at/all topic list
[ ! -e nowhere ]
expect_code 4 "$KAPPA" -d line topic list
expect_code 4 "$KAPPA" -d line append orders line
expect_text err 'Not a directory'
expect_text err 'hint: a file stands where a directory is expected'
expect_code 5 "$KAPPA" -d photos append orders line
expect_text err 'photos is no kappa directory and not empty: it has summer.jpg'
expect_text err 'hint: name a new or an empty directory'
[ "$(ls photos)" = summer.jpg ]
mkdir empty
expect_code 0 "$KAPPA" -d empty append orders line

# A directory of version 2, as it was written by a program of the future.
mkdir newer
{ printf 'KAPPADIR\2'; head -c 31 /dev/zero; printf 'newer directory!\220\155\225\363\323\117\362\1'; } > newer/kappa
for command in 'topic list' 'read orders' 'append orders line' 'verify'; do
  # shellcheck disable=SC2086
  expect_code 5 "$KAPPA" -d newer $command
  expect_text err 'directory of format 2'
  expect_text err 'not supported by this version'
  expect_text err 'hint: a newer kappa wrote this'
done
[ "$(ls newer)" = kappa ]

flip_bits empty/kappa 40
expect_code 7 "$KAPPA" -d empty append orders line
expect_text err 'kappa repair -d empty makes it anew'
rm empty/kappa
expect_code 7 "$KAPPA" -d empty append orders line
expect_text err 'kappa is missing, but there are topics'
[ ! -e empty/kappa ]

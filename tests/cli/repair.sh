# Damage is shown, healed from a backup when it is said so, and told exactly where the backup has nothing.
source "$KAPPA_SOURCE/tests/cli/support.bash"
export KAPPA_DIR=data
for i in 1 2 3 4; do seq "$i" 4 2000 | "$KAPPA" append nums -q; done
"$KAPPA" append other -q < <(seq 1 10)
"$KAPPA" backup copy -q
"$KAPPA" read nums -J > nums
"$KAPPA" read other -J > others
expect_code 0 "$KAPPA" repair
expect_text err 'nothing is damaged'
expect_code 0 "$KAPPA" repair --from copy
expect_text err 'nothing is damaged'

rot() { printf 'rot' | dd of="data/topics/$1/0/00000000000000000000.seg" bs=1 seek="$2" conv=notrunc status=none; }
rot nums 12700
rot other 12300
cp data/topics/nums/0/00000000000000000000.seg rotten
expect_code 1 "$KAPPA" verify
expect_text err 'kappa repair --from BACKUP -d data heals'
expect_code 1 "$KAPPA" repair
expect_text out 'offsets 0..499: would become a gap'
expect_text err '2 ranges would become gaps for good'
expect_text err 'kappa repair --from BACKUP -d data'
cmp rotten data/topics/nums/0/00000000000000000000.seg
expect_code 1 "$KAPPA" repair --from copy
expect_text out 'nums [0]: data/topics/nums/0/00000000000000000000.seg, bytes 12288..'
expect_text out 'offsets 0..499: can be healed'
expect_text out 'other [0]'
expect_text err '2 ranges can be healed: repeat with --yes'
cmp rotten data/topics/nums/0/00000000000000000000.seg
expect_code 1 "$KAPPA" repair nums --from copy -O ndjson
[ "$(wc -l < out)" = 1 ]
expect_text out '"verdict":"can be healed","topic":"nums"'
expect_code 4 "$KAPPA" repair nmus --from copy
expect_code 0 "$KAPPA" repair --from copy --yes
expect_text out 'offsets 0..499: healed'
expect_text err 'kept as it was: data/damaged/nums-0-00000000000000000000.seg'
cmp rotten data/damaged/nums-0-00000000000000000000.seg
expect_code 0 "$KAPPA" verify
"$KAPPA" read nums -J | cmp - nums
"$KAPPA" read other -J | cmp - others
expect_code 0 "$KAPPA" append nums < <(echo more)

# What was appended since is not in the backup.
"$KAPPA" backup copy -q
"$KAPPA" append other -q < <(seq 11 20)
"$KAPPA" append other -q < <(seq 21 30)
end=$("$KAPPA" verify other -O ndjson | sed 's/.*"bytes":\([0-9]*\).*/\1/')
rot other $((end - 300))
expect_code 7 "$KAPPA" repair --from copy --yes
expect_text out 'lost'
expect_text out 'offsets '
expect_text err 'cannot be healed from copy'

# Whoever is at work keeps repair out.
mkfifo lines
"$KAPPA" append nums -q < lines &
exec 3> lines
echo 1 >&3
until [ "$("$KAPPA" read nums -o -1)" = 1 ]; do :; done
expect_code 5 "$KAPPA" repair --from copy --yes
expect_text err 'other processes have it open'
exec 3>&-
wait

# Only a part of a directory is there, and no hint says that it could be anything else.
mkdir 'sp ace'
expect_code 0 "$KAPPA" restore copy -d 'sp ace/whole'
mv 'sp ace/whole/kappa' kappa
for command in 'topic list' 'append nums nums' 'verify'; do
  # shellcheck disable=SC2086
  expect_code 7 "$KAPPA" $command -d 'sp ace/whole'
  expect_text err 'kappa is missing, but there are topics'
  expect_text err "hint: kappa repair -d 'sp ace/whole' puts it back"
done
expect_code 1 "$KAPPA" repair --from copy -d 'sp ace/whole'
expect_text err 'until DIR/kappa and the catalog are whole, the topics are not known'
expect_code 0 "$KAPPA" repair --from copy -d 'sp ace/whole' --yes
cmp kappa 'sp ace/whole/kappa'
rm 'sp ace/whole/kappa'
touch 'sp ace/whole/restoring'
for yes in '' --yes; do
  # shellcheck disable=SC2086
  expect_code 5 "$KAPPA" repair --from copy $yes -d 'sp ace/whole'
  expect_text err 'its restore was cut short'
  expect_text err "rm -r 'sp ace/whole'"
done
[ ! -e 'sp ace/whole/kappa' ]
expect_code 4 "$KAPPA" repair --from 'sp ace/nothing' -d data
expect_text err "kappa backup -d data 'sp ace/nothing'"
cp -r copy 'sp ace/copy'
expect_code 4 "$KAPPA" repair --from 'sp ace/copy' -d nothing
expect_text err "kappa restore 'sp ace/copy' --dir DIR"
expect_code 4 "$KAPPA" topic list -d 'sp ace/copy'
expect_text err "kappa restore 'sp ace/copy' --dir DIR"

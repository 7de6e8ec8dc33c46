# Files that are gone: the topic is damaged, not unknown; the others are listed and used; it can be deleted.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
echo 1 > line
"$KAPPA" append lost line -q
"$KAPPA" append kept line -q
rm "$(segment_of lost)"
expect_code 7 "$KAPPA" read lost
expect_text err 'the segments of partition lost/0 are missing'
expect_text err 'hint: restore them from a backup (kappa restore BACKUP -d NEW); without one: kappa topic delete lost'
expect_code 7 "$KAPPA" append lost line
expect_code 1 "$KAPPA" verify
expect_text out 'lost [0]: DAMAGED'
expect_text out 'kept [0]: whole'
rm -r kappa-data/topics/lost
expect_code 1 "$KAPPA" verify lost
expect_code 7 "$KAPPA" topic list
expect_text out 'damaged'
expect_text out 'kept'
expect_code 0 "$KAPPA" append kept line
expect_code 0 "$KAPPA" topic delete lost --yes
expect_code 0 "$KAPPA" verify
expect_code 0 "$KAPPA" append lost line

# Of several partitions the others are left, and the hint says how to save them; as it stands it works, on the directory
# that was named.
mkdir elsewhere && cd elsewhere
dir='da ta'
"$KAPPA" topic create parts --partitions 2 -d "$dir" -q
seq 4 | "$KAPPA" append parts -p 0 -d "$dir" -q
rm "$dir"/topics/parts/1/*.seg
expect_code 7 "$KAPPA" read parts -d "$dir"
expect_text err "copy each (kappa read -d 'da ta' parts -p 0 -J | kappa append -d 'da ta' COPY -J) before"
expect_text err "before kappa topic delete -d 'da ta' parts"
mkdir bin && ln -s "$KAPPA" bin/kappa
PATH=$PWD/bin:$PATH bash -eu -o pipefail -c "$(sed -n 's/.*copy each (\(.*\)) before.*/\1/p' err)"
expect_code 0 "$KAPPA" read COPY -d "$dir"
expect_same <(seq 4) out
[ ! -e kappa-data ]

# Files that are gone: the topic is damaged, not unknown; the others are listed and used; it can be deleted.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
echo 1 > line
"$KAPPA" append lost line -q
"$KAPPA" append kept line -q
rm "$(segment_of lost)"
expect_code 7 "$KAPPA" read lost
expect_text err 'the segments of partition lost/0 are missing'
expect_text err 'hint: restore them from a backup; without one: kappa topic delete lost'
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

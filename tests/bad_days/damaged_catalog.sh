# A damaged catalog: named with file and place by every command, also by verify without arguments.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
echo 1 > line
"$KAPPA" append orders line -q
expect_code 0 "$KAPPA" verify
expect_text out '_catalog [0]: whole'
expect_text out 'orders [0]: whole'
expect_code 0 "$KAPPA" verify _catalog
expect_code 0 "$KAPPA" read _catalog
expect_text out 'topic_created'
catalog=$(segment_of _catalog)
cp "$catalog" whole
flip_bits "$catalog" 12400
expect_code 1 "$KAPPA" verify
expect_text out '_catalog [0]: DAMAGED'
expect_text out "$catalog at byte 12288"
for command in 'topic list' 'read orders' 'append orders line' 'topic create other' 'view list'; do
  # shellcheck disable=SC2086
  expect_code 7 "$KAPPA" $command
  expect_text err "$catalog"
  expect_text err 'hint: '
done
cp whole "$catalog"
expect_code 0 "$KAPPA" read orders
rm "$catalog"
expect_code 7 "$KAPPA" topic list
expect_text err 'hint: kappa repair --from BACKUP'

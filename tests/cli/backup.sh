# A backup beside an appender, again, restored: the same events to the byte; what is refused, and with which code.
source "$KAPPA_SOURCE/tests/cli/support.bash"
export KAPPA_DIR=data
seq 1 5000 | "$KAPPA" append nums -q
printf '{"a":1}\n{"a":2}\n' | "$KAPPA" append events -k key -H h=v -q
echo 'CREATE TABLE nums (line bigint); CREATE MATERIALIZED VIEW v AS SELECT count(*) AS n FROM nums;' > v.sql
"$KAPPA" run v.sql --until-end -q
expect_code 0 "$KAPPA" backup copy --dry-run
expect_text err 'would back up 4 topics'
[ ! -e copy ]
expect_code 0 "$KAPPA" backup copy
expect_text err 'backed up 4 topics'
expect_code 0 "$KAPPA" backup copy -O json -q
expect_text out '"segments_copied":0'
[ ! -s err ]

# Somebody appends all the time: each line is in it or not, and those before the backup are.
for i in $(seq 1 400); do echo "$i"; done | "$KAPPA" append nums -q &
"$KAPPA" backup copy -q
wait
expect_code 0 "$KAPPA" restore copy -d restored
expect_text err 'every hash checked'
for topic in nums events v v.errors _catalog; do
  "$KAPPA" read "$topic" -J > original
  "$KAPPA" read "$topic" -J -d restored > again
  head -c "$(stat -c %s again)" original | cmp - again
done
[ "$("$KAPPA" read nums -d restored | wc -l)" -ge 5000 ]
expect_code 0 "$KAPPA" verify -d restored
expect_code 0 "$KAPPA" run v.sql --until-end -d restored
[ "$("$KAPPA" read v --final -d restored -q)" = "$("$KAPPA" replay v.sql -d restored -q -O ndjson)" ]

# Refused: places that are taken, what is no backup, a backup as a data directory, one within the other.
expect_code 5 "$KAPPA" restore copy -d restored
expect_text err 'restored is not empty'
expect_code 4 "$KAPPA" restore nowhere -d elsewhere
expect_text err 'is no backup'
[ ! -e elsewhere ]
expect_code 4 "$KAPPA" read nums -d copy
expect_text err 'copy is a backup, not a data directory'
expect_code 2 "$KAPPA" backup data/copy
expect_text err 'lie within each other'
expect_code 2 "$KAPPA" backup copy --rate fast
expect_code 2 "$KAPPA" backup copy --progress loud
"$KAPPA" topic create x -d other -q
expect_code 5 "$KAPPA" backup copy -d other
expect_text err 'is a backup of another directory'

# Damage in the backup: told, not restored, mended by the next backup.
"$KAPPA" backup copy -q
file=$(find copy/segments -size +20k -name '*.open' | head -n 1)
printf 'rot' | dd of="$file" bs=1 seek=12400 conv=notrunc status=none
expect_code 1 "$KAPPA" restore copy --check
expect_text out "DAMAGED"
expect_text out "$file"
expect_text err 'only if the original is whole (kappa verify), remove the named files'
expect_code 7 "$KAPPA" restore copy -d half
expect_text err "$file"
expect_text err 'keep what is there'
expect_text err 'kappa restore copy --check'
if grep -q 'remove' err; then exit 1; fi
expect_code 5 "$KAPPA" append nums -d half < /dev/null
expect_text err 'its restore was cut short'
rm "$file"
expect_code 0 "$KAPPA" backup copy
expect_text err 'copied 1 segment'
expect_code 0 "$KAPPA" restore copy --check
expect_text out 'whole'

# Damage in the directory: no backup is made of it, and the earlier one stays.
printf 'rot' | dd of=data/topics/events/0/00000000000000000000.seg bs=1 seek=12500 conv=notrunc status=none
expect_code 0 "$KAPPA" backup copy
expect_text err 'copied 0 segments' # What is there already is whole, and not read again.
echo '{"a":3}' | "$KAPPA" append events -q
expect_code 7 "$KAPPA" backup copy
expect_text err 'data/topics/events/0/00000000000000000000.seg'
expect_text err 'shows all damage; the earlier backup is as it was'
expect_code 7 "$KAPPA" backup first-of-all
expect_text err 'shows all damage'
[ "$(grep -c 'backup is as it was' err)" = 0 ]
expect_code 0 "$KAPPA" restore copy --check

# A folder takes the backups of one history: not of a directory that was restored from it and went another way.
for i in 1 2; do echo "$i" | "$KAPPA" append t -d one -q; done
"$KAPPA" backup ours -d one -q
"$KAPPA" restore ours -d two -q
for i in 3 4; do echo "$i" | "$KAPPA" append t -d one -q; done
"$KAPPA" backup ours -d one -q
echo other | "$KAPPA" append t -d two -q
expect_code 5 "$KAPPA" backup ours -d two
expect_text err 'ours is a backup with another history'
expect_text err 'name a new folder'
"$KAPPA" restore ours -d three -q
[ "$("$KAPPA" read t -d three | wc -l)" = 4 ]
expect_code 0 "$KAPPA" backup theirs -d two -q

# Nor one in which others have files.
mkdir -p media/segments
echo precious > media/segments/video1.ts
expect_code 5 "$KAPPA" backup media -d one
expect_text err 'segments/video1.ts'
[ "$(cat media/segments/video1.ts)" = precious ]

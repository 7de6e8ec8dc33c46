# Damage is read past when it is said so; what no copy has becomes a gap, which everybody sees who reads over it.
source "$KAPPA_SOURCE/tests/cli/support.bash"
export KAPPA_DIR='da ta'
seg=$KAPPA_DIR/topics/nums/0/00000000000000000000.seg
for from in 1 11 21; do seq "$from" $((from + 9)) | "$KAPPA" append nums -q; done
"$KAPPA" read nums > all
"$KAPPA" backup copy -q
# The position of the second of the three frames, from its header: "KFRM", and far behind it its own place.
second=$(grep -abo KFRM "$seg" | sed -n 2p | cut -d: -f1)
printf rot | dd of="$seg" bs=1 seek=$((second + 200)) conv=notrunc status=none
seq 1 10 > first
seq 21 30 > third
cat first third > left

# Reading stops at damage, and tells the command that shows more; the directory in it is one word.
expect_code 7 "$KAPPA" read nums
cmp out first
expect_text err "kappa repair --from BACKUP -d 'da ta'"
expect_code 7 "$KAPPA" read nums --on-corruption=stop
cmp out first
expect_code 2 "$KAPPA" read nums --on-corruption=guess
expect_code 2 "$KAPPA" read nums --final --on-corruption=skip
expect_text err 'is for events'
sum=$(sha256sum < "$seg")

# With skip everything whole is printed, and what is not is told.
expect_code 7 "$KAPPA" read nums --on-corruption=skip
cmp out left
expect_text err "nums [0]: left out offsets 10..19: da ta/topics/nums/0/00000000000000000000.seg, bytes $second.."
expect_text err '1 damaged range left out: 10 events missing'
expect_text err "kappa repair -d 'da ta' shows what can be repaired"
expect_code 0 "$KAPPA" read nums --on-corruption=skip -o 20
cmp out third
expect_code 7 "$KAPPA" read nums --on-corruption=skip -o 5:25
cmp out <(seq 6 10; seq 21 25)
[ "$sum" = "$(sha256sum < "$seg")" ]
timeout 20 "$KAPPA" tail nums -o 0 -n 30 > out 2> err && exit 1
cmp out first

# A gap is shown first.
expect_code 1 "$KAPPA" repair
expect_text out "bytes $second.."
expect_text out 'offsets 10..19: would become a gap'
[ "$sum" = "$(sha256sum < "$seg")" ]
[ ! -e "$KAPPA_DIR/damaged" ]
expect_code 1 "$KAPPA" repair -O ndjson
expect_text out '"verdict":"would become a gap","topic":"nums","partition":0'
expect_code 0 "$KAPPA" repair --yes
expect_text out 'offsets 10..19: a gap now'
expect_text err 'kept as it was: da ta/damaged/nums-0-00000000000000000000.seg'
[ "$sum" = "$(sha256sum < "$KAPPA_DIR/damaged/nums-0-00000000000000000000.seg")" ]
[ "$("$KAPPA" read _catalog | grep -c '"event":"gap_recorded","name":"nums"')" = 1 ]

# Every reader tells of it once, and goes on.
expect_code 0 "$KAPPA" read nums
cmp out left
expect_text err 'nums/0: a gap: offsets 10..19 are lost'
[ "$(grep -c 'a gap' err)" = 1 ]
expect_code 0 "$KAPPA" tail nums -o 0 -n 20
cmp out left
expect_text err 'nums/0: a gap: offsets 10..19 are lost'
expect_code 0 "$KAPPA" read nums -o 20
[ ! -s err ]
expect_code 0 "$KAPPA" verify
expect_text out 'nums [0]: whole but for gaps, 20 events'
expect_text out 'a gap on record, 10 events lost from offset 10 on'
expect_code 0 "$KAPPA" verify nums -O ndjson
expect_text out '"gaps":[{"file":"da ta/topics/nums/0/00000000000000000000.seg"'
expect_code 0 "$KAPPA" topic info nums
expect_text out 'lost in gaps'
expect_code 0 "$KAPPA" topic info nums -O json
expect_text out '"start":0,"end":30,"events":20,"lost":10'
expect_code 0 "$KAPPA" topic list
expect_text out '20 (10 lost)'
expect_code 0 "$KAPPA" append nums < <(echo 31)
expect_code 0 "$KAPPA" repair
expect_text err 'nothing is damaged'

# A backup taken before has what is lost: it is not replaced, and it heals.
expect_code 5 "$KAPPA" backup copy
expect_text err 'may have what is lost here'
expect_code 0 "$KAPPA" backup copy2 -q
expect_code 0 "$KAPPA" restore copy2 -d restored
expect_code 0 "$KAPPA" read nums -d restored
cmp out <(cat left; echo 31)
expect_text err 'a gap'
expect_code 0 "$KAPPA" repair --from copy --yes
expect_text out 'offsets 10..19: healed'
expect_code 0 "$KAPPA" read nums
cmp out <(cat all; echo 31)
[ ! -s err ]
expect_code 0 "$KAPPA" topic list
expect_code 0 "$KAPPA" backup copy2 -q
expect_code 0 "$KAPPA" restore copy2 -d restored2
expect_code 0 "$KAPPA" read nums -d restored2
cmp out <(cat all; echo 31)
expect_code 0 "$KAPPA" backup copy

# A view for which the lost events made no difference goes on. One that had read them is not computed to something else
# without a word.
export KAPPA_DIR=views
seg=$KAPPA_DIR/topics/bids/0/00000000000000000000.seg
for from in 1 11 21; do seq "$from" $((from + 9)) | sed 's/.*/{"n":&}/' | "$KAPPA" append bids -q; done
table='CREATE TABLE bids (n bigint);'
echo "$table CREATE MATERIALIZED VIEW late AS SELECT n FROM bids WHERE n > 20;" > late.sql
echo "$table CREATE MATERIALIZED VIEW total AS SELECT count(*) AS events FROM bids;" > total.sql
for view in late total; do "$KAPPA" run $view.sql --until-end -q; done
second=$(grep -abo KFRM "$seg" | sed -n 2p | cut -d: -f1)
printf rot | dd of="$seg" bs=1 seek=$((second + 200)) conv=notrunc status=none
expect_code 7 "$KAPPA" run late.sql --until-end
"$KAPPA" repair --yes -q > repaired
grep -qF 'offsets 10..19: a gap now' repaired
echo '{"n":31}' | "$KAPPA" append bids -q
expect_code 0 "$KAPPA" run late.sql --until-end
expect_text err 'bids/0: a gap: offsets 10..19 are lost'
expect_text err 'topic bids [0] has gaps in which 10 events are lost'
[ "$("$KAPPA" read late -q | wc -l)" = 11 ]
expect_code 7 "$KAPPA" run total.sql --until-end
expect_text err 'topic bids [0] has gaps in which 10 events are lost'
expect_text err 'if an input has a gap since'
expect_code 0 "$KAPPA" replay total.sql -O ndjson
expect_text out '{"events":21}'
expect_text err 'topic bids [0] has gaps in which 10 events are lost'

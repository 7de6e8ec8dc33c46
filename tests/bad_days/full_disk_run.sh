# A disk that fills up while a run commits: the run ends with 6, the view stands at a whole commit, and once there is
# room the next run goes on to what a replay gives.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
on_small_disk 8m
cat > copies.sql <<'END'
CREATE TABLE orders (id bigint, name text);
CREATE MATERIALIZED VIEW copies AS SELECT id, name FROM orders;
END
orders 1 10 | "$KAPPA" append orders -q
"$KAPPA" run copies.sql --until-end -q
head -c 1500000 /dev/urandom | base64 -w 400 | sed 's/.*/{"id":1,"name":"&"}/' | "$KAPPA" append orders -q
fill_disk
expect_code 6 "$KAPPA" run copies.sql --until-end
expect_text err 'No space left on device'
expect_text err 'hint: free space on this file system'
"$KAPPA" read copies --final -O ndjson -q > out
expect_same <(orders 1 10) out
expect_code 0 "$KAPPA" replay copies.sql
expect_code 0 "$KAPPA" verify
expect_code 0 "$KAPPA" topic list --all
expect_code 6 "$KAPPA" run copies.sql --until-end

make_room
expect_code 0 "$KAPPA" run copies.sql --until-end
expect_live_is_replay copies copies.sql

# What a newer version wrote is refused by every command, in words and with exit code 5, before a byte is changed: not
# even a shared page's, but where only the catalog is newer, which is read once the directory is open.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"

{
  for i in 1 2 3; do orders "$i" "$((i + 9))" | "$KAPPA" append orders -q; done
  "$KAPPA" append other -q <<< 1
  "$KAPPA" topic create empty -q
  orders_view
  "$KAPPA" run orders.sql --until-end -q
  "$KAPPA" backup copy -q
}
mv kappa-data whole
mv copy whole.copy
segment=topics/orders/0/00000000000000000000.seg

# anew: the directory and its backup, as they were; with the argument `restarted`, the machine was started since.
anew() {
  rm -rf kappa-data copy bak*
  cp -r whole kappa-data
  cp -r whole.copy copy
  [ "$1" = running ] || dd if=/dev/zero of=kappa-data/sequence bs=64 count=1 conv=notrunc status=none
}

# refused CODE COMMAND…: with that exit code and in words; directory and backup are as they were.
refused() {
  local code=$1
  shift
  expect_code "$code" "$KAPPA" "$@" < line
  diff -r kappa-data before && diff -r copy before.copy || { echo "changed by: kappa $*" >&2 && return 1; }
  [ "$code" = 5 ] || return 0
  grep -qE 'not supported by this version|this kappa knows' err || { cat err >&2 && return 1; }
  expect_text err 'hint: a newer kappa wrote this'
}

# forged CHANGE FILE
forged() {
  "$KAPPA_FORGE" "$@"
  rm -rf before before.copy
  cp -r kappa-data before
  cp -r copy before.copy
}

# Commands that write, and those that read what is newer.
writing() {
  refused 5 append orders
  refused 5 append unheard
  refused 5 append orders --producer-id p
  refused 5 topic create more
  refused 5 topic delete orders --yes
  refused 5 topic set orders --retention 1s
  refused 5 topic compact orders --roll
  refused 5 run orders.sql --until-end
  refused 5 view drop big --yes
  refused 5 repair --yes
  refused 5 repair --from copy --yes
}
reading() {
  refused 5 read orders
  refused 5 topic info orders
  refused 5 tail orders -n 1
  refused 5 replay orders.sql
  refused 5 verify
  refused 5 repair
  refused 5 backup bak
  refused 5 repair --from copy
  [ ! -e bak/manifest ]
}

echo 1 > line
for machine in running restarted; do
  for change in directory-version directory-incompatible; do
    anew "$machine" && forged "$change" kappa-data/kappa
    writing
    reading
    refused 5 read other
    refused 5 topic list
    refused 5 view list
  done
  for change in segment-version segment-incompatible frame-version frame-kind frame-flag; do
    anew "$machine" && forged "$change" "kappa-data/$segment"
    writing
    # A frame that was never published is not there for who only reads, as long as the shared pages are believed.
    [ "${change%-*}-$machine" = frame-running ] || reading
    # The view, which was before it, and the other topics can be read.
    refused 0 read other
    refused 0 read big
    refused 0 view list
    refused 0 topic info other
    refused 0 verify other
  done
  anew "$machine" && forged mark "kappa-data/$segment"
  writing
  refused 5 verify
  # A newer mark takes nothing from who reads.
  [ "$machine" = restarted ] || refused 0 read orders

  # What is newer only for who writes is read.
  anew "$machine" && forged directory-read-only kappa-data/kappa
  writing
  refused 0 read orders
  refused 0 topic info orders
  refused 0 view list
  refused 0 verify
  anew "$machine" && forged segment-read-only kappa-data/topics/empty/0/00000000000000000000.seg
  writing
  refused 0 read empty
  refused 0 topic info empty
  refused 0 verify

  # The catalog is an ordinary topic, read once the directory is open: shared pages say that it was opened.
  for change in catalog-needs catalog-kind; do
    anew "$machine" && forged "$change" kappa-data
    for command in 'append orders' 'topic create more' 'run orders.sql --until-end' 'read orders' 'verify' \
      'backup bak' 'repair --yes' 'repair --from copy --yes' 'topic list' 'topic info orders' 'view list' \
      'topic compact orders --roll'; do
      # shellcheck disable=SC2086
      expect_code 5 "$KAPPA" $command < line
      expect_text err 'not supported by this version'
      diff -r -x sequence -x head kappa-data before
    done
  done
done

# A newer backup: neither restored, nor read, nor replaced.
anew running && forged manifest copy/manifest
refused 5 restore copy -d elsewhere
[ ! -e elsewhere/kappa ]
refused 5 restore copy --check
refused 5 repair --from copy
refused 5 repair --from copy --yes
refused 5 backup copy

# A newer footer stands behind a segment that nobody writes to any more: who would read it refuses.
rm -rf kappa-data copy && mkdir copy
zstd -qdc "$KAPPA_SOURCE/tests/golden/v1.tar.zst" | tar -xf - data
"$KAPPA" -d data topic create starts-it -q
mv data kappa-data
forged footer kappa-data/topics/segmented/0/00000000000000000000.seg
refused 5 read segmented
refused 5 verify
refused 5 backup bak
refused 0 read clicks

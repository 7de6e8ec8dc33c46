# A directory of each version of the format, from before: read, verified, appended to, run on, compacted, its backup
# restored.
source "$KAPPA_SOURCE/tests/cli/support.bash"
source "$KAPPA_SOURCE/tests/golden/show.sh"
golden=$KAPPA_SOURCE/tests/golden

# written_anew TOPIC: in how many of its segments the frames were put together anew, which the field `rewriting` says.
written_anew() {
  local file count=0
  for file in data/topics/"$1"/*/*.seg; do
    [ "$(od -An -tu4 -j152 -N4 "$file" | tr -d ' ')" = 0 ] || count=$((count + 1))
  done
  echo "$count"
}

# keyed_view_is DIR ROW…: the view of the keyed table has these rows, live and replayed.
keyed_view_is() {
  "$KAPPA" read in_stock --final -O ndjson -d "$1" 2> live > rows
  "$KAPPA" replay keyed.sql -O ndjson -d "$1" 2> replayed > again
  expect_same again rows
  printf '%s\n' "${@:2}" > again
  expect_same again rows
  [ "$(grep -o 'fingerprint [^,]*' live)" = "$(grep -o 'fingerprint [^,]*' replayed)" ]
}

# stock_is OFFSET…: the topic stock has these offsets, each with the number of its partition before it.
stock_is() {
  "$KAPPA" read stock -J -q | sed -E 's/.*"partition":(.),"offset":([0-9]+),.*/\1:\2/' > offsets
  printf '%s\n' "$@" > expected
  expect_same expected offsets
}

# opens VERSION: in a folder of its own, so that nothing but its own files is there.
opens() {
  zstd -qdc "$golden/$1.tar.zst" | tar -xf -
  export KAPPA_DIR=data
  cp -r data untouched

  # Reading takes it as it is: torn, with tails that no mark covers, and with shared pages of another boot.
  show_directory "$KAPPA" data > shown
  expect_same "$golden/$1.txt" shown
  diff -r data untouched
  expect_code 0 "$KAPPA" verify
  expect_text out 'segmented [0]: whole, 12 events'
  expect_text out 'gapped [0]: whole but for'
  expect_text out 'stock [0]: whole, 2 events'
  expect_text out 'stock [1]: whole, 5 events'
  [ "$(written_anew gapped) $(written_anew stock) $(written_anew segmented)" = '2 3 0' ]
  stock_is 1:5 1:9 1:10 1:12 1:13 0:8 0:9

  # The first to write recovers it, and loses nothing.
  expect_code 0 "$KAPPA" append keyed -k new <<< '{"n":2}'
  expect_text err 'cut off a torn tail of 29 B'
  show_directory "$KAPPA" data > shown
  diff "$golden/$1.txt" shown > new || true
  [ "$(grep -c '^[<>]' new)" = 1 ]
  expect_text new '"key":"new","headers":[],"value":{"n":2}'
  expect_code 0 "$KAPPA" verify
  for topic in segmented trimmed killed torn; do "$KAPPA" append "$topic" -q <<< '{"appended":1}'; done
  [ "$("$KAPPA" read trimmed -q)" = '{"segmented":10}
{"segmented":11}
{"appended":1}' ]

  # What it remembers is known: how far a repeated append is, and a view, which goes on where it was.
  expect_code 0 "$KAPPA" append once --producer-id first < <(seq 9)
  expect_text err 'appended 1 event to once, offsets 8..8, 8 there already'
  expect_code 0 "$KAPPA" run views.sql --until-end -q
  "$KAPPA" read counts --final -O ndjson 2> live | sort > rows
  "$KAPPA" replay views.sql -O ndjson 2> replayed | sort > again
  expect_same again rows
  expect_text rows '{"page":"/after the backup","n":1}'
  [ "$(grep -o 'fingerprint [^,]*' live)" = "$(grep -o 'fingerprint [^,]*' replayed)" ]

  # A table by key goes on where it was, from what compactions have left; so does a repeated append that has lost events.
  expect_code 0 "$KAPPA" append stock --producer-id feed --key-field item < <(stock_lines; echo '{"item":"nut","n":7}')
  expect_text err 'appended 1 event to stock, '
  expect_text err ', 12 there already'
  expect_code 0 "$KAPPA" run keyed.sql --until-end -q
  keyed_view_is data '{"item":"bolt","n":6}' '{"item":"cog","n":70}' '{"item":"nut","n":7}' '{"item":"washer","n":1}'
  stock_is 1:5 1:9 1:10 1:12 1:13 0:8 0:9 0:10

  # It is compacted on: what was replaced, then the deletion that stood above it.
  expect_code 0 "$KAPPA" topic compact stock --roll
  expect_text out '2 events removed that no table needs'
  stock_is 1:10 1:12 1:13 0:8 0:9 0:10
  expect_code 0 "$KAPPA" topic compact stock --roll
  expect_text out '1 event removed that no table needs'
  stock_is 1:10 1:12 1:13 0:9 0:10
  expect_code 0 "$KAPPA" verify stock
  keyed_view_is data '{"item":"bolt","n":6}' '{"item":"cog","n":70}' '{"item":"nut","n":7}' '{"item":"washer","n":1}'

  # What was repacked around a gap is read around it, and repacked on.
  [ "$("$KAPPA" read gapped -q | wc -l)" = 11 ]
  "$KAPPA" append gapped -q < <(seq 3)
  expect_code 0 "$KAPPA" topic compact gapped --roll
  [ "$("$KAPPA" read gapped -q | wc -l)" = 14 ]
  expect_code 0 "$KAPPA" verify gapped
  expect_text out 'whole but for'

  # Its backup is restored, goes on, and takes another.
  expect_code 0 "$KAPPA" restore data.backup --check
  expect_code 0 "$KAPPA" restore data.backup -d restored
  show_directory "$KAPPA" restored > shown
  expect_same "$golden/$1.backup.txt" shown
  keyed_view_is restored '{"item":"bolt","n":6}' '{"item":"cog","n":70}'
  KAPPA_DIR=restored
  expect_code 0 "$KAPPA" topic compact stock --roll
  expect_code 0 "$KAPPA" topic compact stock --roll
  stock_is 1:10 1:12 1:13
  KAPPA_DIR=data
  keyed_view_is restored '{"item":"bolt","n":6}' '{"item":"cog","n":70}'
  printf 'rot' | dd of=data/topics/segmented/0/00000000000000000000.seg bs=1 seek=12300 conv=notrunc status=none
  expect_code 0 "$KAPPA" repair --from data.backup --yes
  expect_code 0 "$KAPPA" verify
  expect_code 0 "$KAPPA" backup data.backup
  expect_code 0 "$KAPPA" restore data.backup --check
}

found=0
for archive in "$golden"/v*.tar.zst; do
  version=$(basename "$archive" .tar.zst)
  mkdir "$version"
  (cd "$version" && opens "$version")
  found=$((found + 1))
done
[ "$found" -gt 0 ]

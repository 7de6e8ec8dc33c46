# A directory of each version of the format, from before: read, verified, appended to, run on, its backup restored.
source "$KAPPA_SOURCE/tests/cli/support.bash"
source "$KAPPA_SOURCE/tests/golden/show.sh"
golden=$KAPPA_SOURCE/tests/golden

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

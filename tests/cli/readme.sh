# The five lines of the README's first screen, run as they stand in one shell; only the path of the command differs.
mkdir bin
ln -s "$KAPPA" bin/kappa
sed -n '/^```console$/,/^```$/s/^\$ //p' "$KAPPA_SOURCE/README.md" > lines
[ "$(wc -l < lines)" = 5 ]
{
  echo 'set -e'
  sed "s|\$PWD/build/release/cli|$PWD/bin|; s|\$(mktemp -d)|$PWD/data|" lines
} > script
bash script > output 2> talk

cat > expected <<'TEXT'
{"user":"ada","cents":9}
{"user":"bo","cents":3}
{"user":"ada","cents":9}
{"user":"bo","cents":3}
TEXT
diff expected output
[ "$(grep -o 'fingerprint 2:[0-9a-f]*' talk | sort -u | wc -l)" = 1 ]

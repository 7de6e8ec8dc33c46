# Reading past segments whose header is damaged, or that are gone: the first, one in the middle, the newest. All of the
# others is printed, and what is left out is told, with the file that is damaged or missing.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
for first in 0 500 1000; do
  for part in 0 100 200 300 400; do seq $((first + part)) $((first + part + 99)) | "$KAPPA" append a -q; done
  [ "$first" = 1000 ] || "$KAPPA" topic compact a --roll -q > rolled
done
mapfile -t segments < <(ls kappa-data/topics/a/0/*.seg)
[ "${#segments[@]}" = 3 ]

# left_out SEGMENT: it alone, and all of it, is left out; by a part of the range too.
left_out() {
  local first=$((500 * $1)) file=${segments[$1]}
  expect_code 7 "$KAPPA" read a --on-corruption=skip
  seq 0 1499 | sed "$((first + 1)),$((first + 500))d" > expected
  expect_same expected out
  [ "$(grep -c 'left out offsets' err)" = 1 ]
  expect_text err "a [0]: left out offsets $first..$((first + 499)): ./$file, $2"
  expect_text err '1 damaged range left out: 500 events missing'
  expect_code 7 "$KAPPA" read a --on-corruption=skip -o "$((first + 100)):"
  awk -v from=$((first + 100)) '$1 >= from' expected > rest
  expect_same rest out
  expect_text err "left out offsets $first..$((first + 499)): ./$file"
}
for i in 0 1 2; do
  file=${segments[$i]}
  flip_bits "$file" 20
  left_out "$i" "bytes 0..$(($(stat -c %s "$file") - 1)): "
  flip_bits "$file" 20
  mv "$file" aside
  left_out "$i" "from byte 0 on: "
  expect_code 1 "$KAPPA" verify a
  if [ "$i" != 2 ]; then
    expect_text out "$file at byte 0, 0 bytes: missing: the next one that is there begins at offset $((500 * i + 500))"
    [ "$(grep -c ' at byte ' out)" = 1 ]
  fi
  mv aside "$file"
done
expect_code 0 "$KAPPA" read a
seq 0 1499 > expected
expect_same expected out

# The newest, and somebody has started since: then nothing in memory tells any more how far it went.
flip_bits "${segments[2]}" 20
echo x | "$KAPPA" append other -q
seq 0 999 > expected
for range in '' '-o 100:' '-o 1200:'; do
  # shellcheck disable=SC2086  # No range is no argument.
  expect_code 7 "$KAPPA" read a --on-corruption=skip $range
  awk -v from="$(tr -dc 0-9 <<< "$range")" '$1 >= from + 0' expected | cmp - out
  expect_text err "a [0]: left out offsets from 1000 on: ./${segments[2]}"
done
mv "${segments[2]}" aside
expect_code 7 "$KAPPA" read a --on-corruption=skip
expect_same expected out
flip_bits "${segments[1]}" 20
expect_code 7 "$KAPPA" read a --on-corruption=skip
expect_same <(seq 0 499) out
flip_bits "${segments[1]}" 20
mv aside "${segments[2]}"
flip_bits "${segments[2]}" 20
expect_code 0 "$KAPPA" read a
expect_same <(seq 0 1499) out

# show_directory KAPPA DIR: every event of every topic as a line, with its offset, time, key, headers and value.
show_directory() {
  local topic
  for topic in _catalog clicks accounts gapped keyed killed once segmented torn trimmed counts counts.errors \
    stock in_stock in_stock.errors; do
    echo "== $topic"
    "$1" read "$topic" -J -q -d "$2"
  done
}

# What the producer `feed` has appended to the topic stock, which is read by a table with a PRIMARY KEY.
stock_lines() {
  local n
  for n in 1 2 3 4 5 6; do printf '{"item":"cog","n":%d}\n{"item":"nut","n":%d}\n' "$n" "$n"; done
}

# show_directory KAPPA DIR: every event of every topic as a line, with its offset, time, key, headers and value.
show_directory() {
  local topic
  for topic in _catalog clicks accounts gapped keyed killed once segmented torn trimmed counts counts.errors; do
    echo "== $topic"
    "$1" read "$topic" -J -q -d "$2"
  done
}

#!/usr/bin/env bash
# How long the first commands after a kill take, by the size of the log: open_at_size.sh, with $KAPPA the command. Sizes
# in GiB: KAPPA_BENCH_OPEN_GIB (default "1 20"); so much disk has to be free below KAPPA_BENCH_DIR (default: beside the
# build). The log is of random bytes, which do not get smaller. Each run kills an appender in the middle of its work and
# times, one behind the other: topic list, read -o -1, append of an event (which recovers); then once more with the page
# cache emptied of the directory's files.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
kappa=$(realpath "${KAPPA:?KAPPA is to name the command; ./dev bench does}")
read -r -a sizes <<<"${KAPPA_BENCH_OPEN_GIB:-1 20}"
readonly here kappa sizes runs=7 limit_ms=100

parent=${KAPPA_BENCH_DIR:-$here/../build}
mkdir -p "$parent"
work=$(mktemp -d "$parent/bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
mkfifo lines
echo 1 >line
head -c $((256 << 20)) /dev/urandom >random
head -c $((8 << 20)) random >fed

# milliseconds COMMAND…
milliseconds() {
  local begin=${EPOCHREALTIME/./}
  "$@" >out 2>err </dev/null
  awk -v us=$((${EPOCHREALTIME/./} - begin)) 'BEGIN { printf "%.1f\n", us / 1000 }'
}

# The appender has written and is in the middle of its input: its pipe is open.
kill_an_appender() {
  "$kappa" append bid -q -d data <lines 2>err &
  local appending=$!
  exec 3>lines
  cat fed >&3
  kill -9 "$appending"
  wait "$appending" 2>/dev/null || true
  exec 3>&-
}

# Without the right to empty all of the page cache: what it has of these files.
forget() {
  sync -f data
  local file
  while read -r file; do dd if="$file" iflag=nocache count=0 status=none; done < <(find data -type f)
}

# measure NAME warm|forgotten: lines "NAME list read append" of one run each, the first one left out.
measure() {
  local run
  for run in $(seq 0 "$runs"); do
    kill_an_appender
    [ "$2" = warm ] || forget
    echo "$1 $2" "$(milliseconds "$kappa" topic list -d data)" "$(milliseconds "$kappa" read bid -o -1 -d data)" \
      "$(milliseconds "$kappa" append bid line -q -d data)" | { [ "$run" = 0 ] && cat >/dev/null || cat; }
  done
}

echo "machine:  $(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo), $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg)"
echo "system:   Linux $(uname -r), $(df --output=fstype . | tail -n 1)"
for size in "${sizes[@]}"; do
  while [ "$(du -sb data 2>/dev/null | cut -f1)0" -lt $((size << 30))0 ]; do
    nice "$kappa" append bid random -q -d data
  done
  segments=$(find data/topics/bid -name '*.seg' | wc -l)
  echo "log:      $size GiB, $segments segments"
  for cache in warm forgotten; do measure "$size" "$cache"; done >>figures
done
awk -v limit=$limit_ms '
  function median(key, column,   n, i, j, t, v) {
    n = count[key]
    for (i = 1; i <= n; ++i) v[i] = value[key, column, i]
    for (i = 2; i <= n; ++i) for (j = i; j > 1 && v[j] < v[j - 1]; --j) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
    return v[int((n + 1) / 2)]
  }
  { key = $1 " GiB, " $2; if (!count[key]++) order[++keys] = key
    for (i = 3; i <= 5; ++i) value[key, i, count[key]] = $i + 0 }
  END {
    printf "%-22s %12s %12s %12s\n", "first after kill -9", "topic list", "read -o -1", "append"
    for (k = 1; k <= keys; ++k) {
      printf "%-22s", order[k]
      for (i = 3; i <= 5; ++i) { m = median(order[k], i); printf " %9.1f ms", m; if (m > worst) worst = m; least[i, k] = m }
      print ""
    }
    half = keys - 2
    for (k = 1; k <= 2 && keys > 2; ++k) {
      printf "%-22s", "largest / least, " (k == 1 ? "warm" : "cold")
      for (i = 3; i <= 5; ++i) printf " %12.2f", least[i, half + k] / least[i, k]
      print ""
    }
    printf "%s: at most %d ms wanted, %.1f ms the longest median\n", worst <= limit ? "reached" : "NOT reached", limit, worst
    exit worst > limit
  }' figures

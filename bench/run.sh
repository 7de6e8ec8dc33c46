#!/usr/bin/env bash
# All figures of docs/benchmarks.md in one run: run.sh [--quick] [FIGURE...], with $KAPPA the command. Sizes:
# KAPPA_BENCH_BYTES of JSON (default 1 GiB, with --quick 64 MiB), KAPPA_BENCH_SEED (default 1). Everything is written to a
# temporary folder beside the build, or below KAPPA_BENCH_DIR, and removed at the end.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
# By the size of the log: needs 20 GiB of disk, so only where it is asked for.
[ "${1:-}" != open_at_size ] || exec "$here/open_at_size.sh"
kappa=$(realpath "${KAPPA:?KAPPA is to name the command; ./dev bench does}")
bench=$(dirname "$kappa")/../bench/kappa_bench
extent=full bytes=$((1 << 30))
if [ "${1:-}" = --quick ]; then
  extent=quick bytes=$((64 << 20))
  shift
fi
bytes=${KAPPA_BENCH_BYTES:-$bytes}
seed=${KAPPA_BENCH_SEED:-1}

parent=${KAPPA_BENCH_DIR:-$here/../build}
mkdir -p "$parent"
work=$(mktemp -d "$parent/bench.XXXXXX")
trap 'rm -rf "$work"' EXIT

# Of 50 events of Nexmark 46 are bids, of about 307 bytes each; a little more than asked for.
"$kappa" demo nexmark --print --only bid --seed "$seed" --events $((bytes / 275 + 1)) >"$work/bid.json"

echo "machine:  $(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo), $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg)"
echo "system:   Linux $(uname -r), $(df --output=fstype "$work" | tail -n 1), zstd $(zstd --version | grep -o 'v[0-9.]*')"
echo "data:     $(stat -c %s "$work/bid.json") bytes, $(wc -l <"$work/bid.json") Nexmark bids, seed $seed, $extent"
"$bench" "$kappa" "$work" "$work/bid.json" "$extent" "$@"

# Words for the scripts beside this file, on top of those of tests/cli.
source "$KAPPA_SOURCE/tests/cli/support.bash"

kSkipped=77

# flip_bits FILE POSITION: one byte of the file is no longer what was written.
flip_bits() {
  local byte
  byte=$(od -An -tu1 -j "$2" -N 1 "$1")
  # shellcheck disable=SC2059
  printf "\\x$(printf %02x $((byte ^ 0x5a)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# segment_of TOPIC: the file of its events.
segment_of() { echo "kappa-data/topics/$1/0/00000000000000000000.seg"; }

# orders_view: orders.sql, a view over the topic orders.
orders_view() {
  cat > orders.sql <<'END'
CREATE TABLE orders (id bigint, name text);
CREATE MATERIALIZED VIEW big AS SELECT id, length(name) AS n FROM orders WHERE id > 0;
END
}

# orders FIRST LAST: lines for the topic orders.
orders() { seq "$1" "$2" | sed 's/.*/{"id":&,"name":"order &"}/'; }

# expect_live_is_replay VIEW FILE.sql: contents and fingerprint of the run are those of a replay; input and view whole.
expect_live_is_replay() {
  "$KAPPA" read "$1" --final -O ndjson 2> live.position | sort > live
  "$KAPPA" replay "$2" -O ndjson 2> replayed.position | sort > replayed
  expect_same replayed live
  [ "$(grep -o 'fingerprint [^,]*' live.position)" = "$(grep -o 'fingerprint [^,]*' replayed.position)" ]
  "$KAPPA" verify -q > /dev/null
}

# on_small_disk BYTES [ext4]: goes on in a mount namespace of its own with a file system of that size at ./disk (tmpfs, or
# ext4 on a loop device), and with the data directory on it. The name space takes the file system with it when the script
# ends.
on_small_disk() {
  export KAPPA_DIR=$PWD/disk/data
  mkdir -p disk
  [ -z "${KAPPA_ON_SMALL_DISK:-}" ] || { mount_small_disk "$@" && return; }
  local mapped=()
  [ "$(id -u)" = 0 ] || mapped=(--user --map-root-user)
  if ! unshare "${mapped[@]}" --mount mount -t tmpfs -o size=1m tmpfs disk; then
    echo "skipped: no file system can be mounted here; run as root, or allow user namespaces" >&2
    exit "$kSkipped"
  fi
  KAPPA_ON_SMALL_DISK=1 exec unshare "${mapped[@]}" --mount bash -eu -o pipefail "$0"
}

# mount_small_disk BYTES [ext4]: the same, in the mount namespace.
mount_small_disk() {
  [ "${2:-tmpfs}" = ext4 ] || { mount -t tmpfs -o "size=$1" tmpfs disk && return; }
  truncate -s "$1" disk.image
  if ! PATH=$PATH:/usr/sbin:/sbin mkfs.ext4 -q -m 0 disk.image || ! mount -o loop disk.image disk; then
    echo "skipped: no ext4 can be made and mounted here; run as root, with e2fsprogs and loop devices" >&2
    exit "$kSkipped"
  fi
}

# fill_disk: no byte is left.
fill_disk() {
  ! dd if=/dev/zero of=disk/filling bs=4k status=none 2> /dev/null
  ! dd if=/dev/zero of=disk/filling.rest bs=1 status=none 2> /dev/null
}

make_room() { rm disk/filling disk/filling.rest; }

# Every system call of the shipped command that touches a data directory or a backup is made by the seam (log/seam), so
# that the simulated disks of the tests see all that a real one would: strace tells who has made each.
source "$KAPPA_SOURCE/tests/cli/support.bash"
skip_with_sanitizers 'the wrappers of the address sanitizer hide who makes a system call'
if ! strace -k -qq -o /dev/null true 2> /dev/null; then
  echo "skipped: there is no strace that shows stacks, or it may not trace here" >&2
  exit 77
fi

# traced COMMAND…: adds to `calls` a line for each system call that names a file in a folder `data`: the function of
# kappa that made it, and the call. The exit code must be 0, or that of the variable `code`.
traced() {
  rm -f trace.*
  expect_code "${code:-0}" strace -k -ff -y -qq -o trace -e trace=%file,%desc "$KAPPA" "$@"
  # A call stands on a line, who made it on those below, each beginning with " > ".
  cat trace.* | awk '
    function tell() { if (call ~ /\/data[\/>"]/ && call !~ /^(execve\(|write\([12]<)/) print by "\t" call; by = "?" }
    !/^ > / { tell(); call = $0 }
    by == "?" && match($0, /\(kappa::.*\+0x/) { by = substr($0, RSTART + 1, RLENGTH - 4) }
    END { tell() }' >> calls
}

export KAPPA_DIR=$PWD/data
cat > v.sql <<'END'
CREATE TABLE orders (id bigint);
CREATE MATERIALIZED VIEW big AS SELECT id FROM orders WHERE id > 1;
END
seq 3 | sed 's/.*/{"id":&}/' > lines
traced append orders lines
traced append orders lines
traced topic create other
traced run v.sql --until-end
traced replay v.sql
traced read big --final
traced read orders
traced tail orders -o 0 -n 2
traced topic compact orders --roll
traced topic set other --retention 1s
traced topic list
traced topic delete other --yes
traced verify
traced backup backup/data
traced append orders lines
traced backup backup/data
traced restore backup/data --check
traced restore backup/data -d restored/data
for damaged in lost/data healed/data; do
  mkdir -p "${damaged%/*}"
  cp -r restored/data "$damaged"
  segment=$damaged/topics/orders/0/00000000000000000000.seg
  printf rot | dd of="$segment" bs=1 seek=12400 conv=notrunc status=none
done
code=1 traced repair -d lost/data
traced repair -d lost/data --yes
code=1 traced repair -d healed/data --from backup/data
traced repair -d healed/data --from backup/data --yes
traced view drop big --yes

# The seam's functions in log/seam/real_seam.cpp. Only whether two folders lie within each other is asked past it, of
# their names, before anything is opened (cli/commands/apart.cpp).
seams='^kappa::log::\(anonymous namespace\)::(RealSeam::|open_quietly\(|try_lock\()'
names=$'^kappa::cli::\\(anonymous namespace\\)::resolved\\(.*\t(newfstatat|readlink)\\([^\t]*/data"'
grep -vE -e "$seams" -e "$names" calls > others || true
[ ! -s others ] || { echo "not through the seam:" >&2 && cut -c1-300 others >&2 && exit 1; }
# And all that a directory lives by was seen.
for call in openat pread64 pwritev fdatasync fsync fallocate ftruncate rename unlink rmdir mkdir flock fchmod fchown; do
  grep -q $'\t'"$call(" calls || { echo "no $call was seen" >&2 && exit 1; }
done
echo "$(wc -l < calls) system calls, all through the seam"

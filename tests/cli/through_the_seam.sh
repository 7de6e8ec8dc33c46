# Every system call of the shipped command that touches a data directory is made by the seam (log/seam), so that the
# simulated disks of the tests see all that a real one would: strace tells who has made each.
source "$KAPPA_SOURCE/tests/cli/support.bash"
skip_with_sanitizers 'the wrappers of the address sanitizer hide who makes a system call'
if ! strace -k -qq -o /dev/null true 2> /dev/null; then
  echo "skipped: there is no strace that shows stacks, or it may not trace here" >&2
  exit 77
fi

# traced COMMAND…: adds to `calls` a line for each system call that names a file of the data directories: the function of
# kappa that made it, and the call.
traced() {
  rm -f trace.*
  strace -k -ff -y -qq -o trace -e trace=%file,%desc "$KAPPA" "$@" > out 2> err
  # A call stands on a line, who made it on those below, each beginning with " > ".
  cat trace.* | awk '
    function tell() { if (call ~ /\/data[\/>"]/ && call !~ /^execve\(/) print by "\t" call; by = "?" }
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
traced view drop big --yes

# The seam's functions in log/seam/real_seam.cpp.
seams='^kappa::log::\(anonymous namespace\)::(RealSeam::|open_quietly\(|try_lock\()'
grep -vE "$seams" calls > others || true
[ ! -s others ] || { echo "not through the seam:" >&2 && cut -c1-300 others >&2 && exit 1; }
# And all that a directory lives by was seen.
for call in openat pread64 pwritev fdatasync fsync fallocate ftruncate rename unlink rmdir mkdir flock; do
  grep -q $'\t'"$call(" calls || { echo "no $call was seen" >&2 && exit 1; }
done
echo "$(wc -l < calls) system calls, all through the seam"

# calls.awk -v folder=FOLDER: lines of strace in the words of telling_seam.hpp, for what lies below the folder. Whatever
# touches that and is not known here comes as it is. A file has the name by which it was opened.
function quoted(number,   parts) { split($0, parts, "\""); return parts[2 * number] }
function below(path) { return index(path, folder "/") == 1 }
function placed(path) { return substr(path, length(folder) + 1) }
function field(number,   parts) {
  split($0, parts, /, /)
  sub(/\).*/, "", parts[number])
  return parts[number]
}
function outcome() { return result !~ /^-1/ ? "" : result ~ / ENOENT / ? " not_found" : " failed" }
function tell(line) { print line outcome(); last = "" }

{
  call = $0; sub(/\(.*/, "", call)
  result = $0; sub(/.*\) += /, "", result)
  fd = $0; sub(/^[a-z0-9_]+\(/, "", fd); sub(/[,)].*/, "", fd)
  known = fd in names
}
call == "openat" {
  path = quoted(1)
  direct = /O_DIRECT[|,)]/ && match(path, /^\/proc\/self\/fd\//) ? substr(path, RLENGTH + 1) : ""
  opened = result + 0
  if (direct != "" && direct in names) {
    print "read_device " names[direct]
    # Where the file system has no way past the cache, the file itself is read.
    if (result ~ /^-1/) { passed[direct] = 1; next }
    delete names[opened]
    next
  }
  if (result !~ /^-1/) delete names[opened]
  if (path ~ /^\/proc\/self\/fd\// || (path !~ /^\// && fd in names)) { print; next }
  if (!below(path)) next
  if (result !~ /^-1/) names[opened] = placed(path)
  if (/O_NONBLOCK/) { tell("list " placed(path)); next }
  mode = /O_EXCL/ ? "create_new" : /O_CREAT/ ? "create" : /O_RDWR/ ? "write" : /O_DIRECTORY/ ? "directory" : "read"
  tell("open " placed(path) " " mode)
  next
}
call == "close" { delete names[fd]; next }
call == "mmap" {
  fd = field(5)
  if (fd in names) tell("map " names[fd] " " (/PROT_WRITE/ ? "write" : "read"))
  next
}
call == "statfs" && below(quoted(1)) { tell("file_system " placed(quoted(1))); next }
call == "mkdir" && below(quoted(1)) {
  if (result ~ / EEXIST /) result = 0
  tell("make_directory " placed(quoted(1)))
  next
}
call == "rename" && below(quoted(1)) { tell("rename " placed(quoted(1)) " " placed(quoted(2))); next }
# The C library's remove() asks for a directory only once it knows that it is one.
call == "unlink" && below(quoted(1)) && result ~ / EISDIR / { next }
(call == "unlink" || call == "rmdir") && below(quoted(1)) { tell("remove " placed(quoted(1))); next }
!known { if (index($0, "\"" folder "/")) print; next }
call == "pread64" && fd in passed { delete passed[fd]; next }
call == "pread64" { if (result + 0 > 0 || result ~ /^-1/) tell("read " names[fd] " " field(4) " " result + 0); next }
call == "pwritev" { sub(/\) += .*/, ""); sub(/.*, /, ""); tell("write " names[fd] " " $0 " " result + 0); next }
call == "fdatasync" { tell("sync_data " names[fd]); next }
call == "fsync" { tell("sync " names[fd]); next }
call == "fallocate" { tell("allocate " names[fd] " " field(4)); next }
call == "ftruncate" { tell("truncate " names[fd] " " field(2)); next }
call == "fchown" { tell("copy_access " names[fd]); next }
call == "fchmod" { next }
call == "flock" || call == "fcntl" && /F_OFD_SETLK/ {
  held = result ~ / EAGAIN | EWOULDBLOCK /
  line = /LOCK_UN|F_UNLCK/ ? "unlock " names[fd] : "lock " names[fd] " " (/LOCK_SH|F_RDLCK/ ? "shared" : "exclusive")
  if (held) { result = 0; line = line " held" }
  # Who waits tries again.
  if (!held || line != last) tell(line)
  if (held) last = line
  next
}
call == "newfstatat" || call == "fstat" || call == "getdents64" || call == "fcntl" && /F_GETFL/ { next }
{ print }

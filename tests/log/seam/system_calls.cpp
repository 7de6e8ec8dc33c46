// The calls below take the place of the C library's in this executable.
#include "system_calls.hpp"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>

namespace kappa::test {
namespace {

SystemCalls calls;
std::mutex counting;  // The housekeeper of a directory makes calls of its own.
bool told = false;
constexpr std::size_t kMost = 7;           // Bytes of a transfer.
constexpr std::size_t kMostDirect = 4096;  // Past the page cache, devices give whole blocks.

/// True if the call is to fail now.
bool fails(const char* call) {
  const auto found = calls.failing.find(call);
  if (!told || found == calls.failing.end()) return false;
  errno = found->second;
  return true;
}

/// As fails(), of a call that signals interrupt.
bool stops(const char* call) {
  if (fails(call)) return true;
  if (!told || !calls.short_transfers) return false;
  const std::lock_guard lock(counting);
  ++calls.interrupted;
  if (++calls.made[call] % 2 == 0) return false;
  errno = EINTR;
  return true;
}

std::size_t most_of(int file) {
  return (syscall(SYS_fcntl, file, F_GETFL) & O_DIRECT) != 0 ? kMostDirect : kMost;
}

}  // namespace

ToldSystemCalls::ToldSystemCalls() {
  calls = {};
  told = true;
}
ToldSystemCalls::~ToldSystemCalls() {
  told = false;
}
SystemCalls* ToldSystemCalls::operator->() {
  return &calls;
}

}  // namespace kappa::test

using kappa::test::calls;
using kappa::test::fails;
using kappa::test::kMost;
using kappa::test::most_of;
using kappa::test::stops;

extern "C" ssize_t pwritev(int file, const iovec* parts, int count, off_t position) {
  if (stops("pwritev")) return -1;
  if (!calls.short_transfers) return syscall(SYS_pwritev, file, parts, count, position, 0);
  return syscall(SYS_pwrite64, file, parts[0].iov_base, std::min(parts[0].iov_len, kMost), position);
}
extern "C" ssize_t pread(int file, void* to, size_t bytes, off_t position) {
  if (stops("pread")) return -1;
  return syscall(SYS_pread64, file, to, calls.short_transfers ? std::min(bytes, most_of(file)) : bytes, position);
}
extern "C" int fdatasync(int file) {
  return stops("fdatasync") ? -1 : static_cast<int>(syscall(SYS_fdatasync, file));
}
extern "C" int fsync(int file) {
  return stops("fsync") ? -1 : static_cast<int>(syscall(SYS_fsync, file));
}
extern "C" int posix_fallocate(int file, off_t from, off_t bytes) {
  if (stops("posix_fallocate")) return errno;  // It returns its error.
  return syscall(SYS_fallocate, file, 0, from, bytes) == 0 ? 0 : errno;
}
extern "C" int flock(int file, int operation) noexcept {
  // To give a lock up, nothing is waited for.
  return operation != LOCK_UN && stops("flock") ? -1 : static_cast<int>(syscall(SYS_flock, file, operation));
}
// The locks of files. What it is asked for takes a pointer, or an int that passes as one.
extern "C" int fcntl(int file, int operation, ...) {
  va_list rest;
  va_start(rest, operation);
  void* const argument = va_arg(rest, void*);
  va_end(rest);
  if (operation == F_OFD_SETLK && static_cast<struct flock*>(argument)->l_type != F_UNLCK && stops("fcntl")) return -1;
  return static_cast<int>(syscall(SYS_fcntl, file, operation, argument));
}
extern "C" ssize_t getrandom(void* to, size_t bytes, unsigned flags) {
  return stops("getrandom") ? -1 : syscall(SYS_getrandom, to, bytes, flags);
}
extern "C" int fchown(int file, uid_t owner, gid_t group) noexcept {
  // Who may not give a file away may still give it to a group of his.
  const bool own = owner == static_cast<uid_t>(-1);
  return fails(own ? "fchown to a group" : "fchown") ? -1 : static_cast<int>(syscall(SYS_fchown, file, owner, group));
}
extern "C" int mkdir(const char* path, mode_t mode) noexcept {
  return fails("mkdir") ? -1 : static_cast<int>(syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}
extern "C" int statfs(const char* path, struct statfs* to) noexcept {
  const int done = static_cast<int>(syscall(SYS_statfs, path, to));
  if (done == 0 && calls.file_system != 0) to->f_type = calls.file_system;
  return done;
}

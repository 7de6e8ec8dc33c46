// The calls below take the place of the C library's in this executable.
#include "system_calls.hpp"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace kappa::test {
namespace {

SystemCalls calls;
bool told = false;
constexpr std::size_t kMost = 7;  // Bytes of a transfer.

/// True if the call is to fail now.
bool fails(const char* call) {
  if (!told) return false;
  if (const auto found = calls.failing.find(call); found != calls.failing.end()) {
    errno = found->second;
    return true;
  }
  if (!calls.short_transfers || ++calls.interrupted % 2 == 0) return false;
  errno = EINTR;
  return true;
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

extern "C" ssize_t pwritev(int file, const iovec* parts, int count, off_t position) {
  if (fails("pwritev")) return -1;
  if (!calls.short_transfers) return syscall(SYS_pwritev, file, parts, count, position, 0);
  return syscall(SYS_pwrite64, file, parts[0].iov_base, std::min(parts[0].iov_len, kMost), position);
}
extern "C" ssize_t pread(int file, void* to, size_t bytes, off_t position) {
  if (fails("pread")) return -1;
  return syscall(SYS_pread64, file, to, calls.short_transfers ? std::min(bytes, kMost) : bytes, position);
}
extern "C" int fdatasync(int file) {
  return fails("fdatasync") ? -1 : static_cast<int>(syscall(SYS_fdatasync, file));
}
extern "C" int fsync(int file) {
  return fails("fsync") ? -1 : static_cast<int>(syscall(SYS_fsync, file));
}
extern "C" int posix_fallocate(int file, off_t from, off_t bytes) {
  if (fails("posix_fallocate")) return errno;  // It returns its error.
  return syscall(SYS_fallocate, file, 0, from, bytes) == 0 ? 0 : errno;
}
extern "C" int flock(int file, int operation) noexcept {
  return fails("flock") ? -1 : static_cast<int>(syscall(SYS_flock, file, operation));
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

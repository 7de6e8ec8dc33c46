// The operating system may transfer fewer bytes than it was asked to and may be interrupted at any call. It seldom
// does, so here it always does: the calls below take the place of the C library's in this executable.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "seam/seam.hpp"
#include "temporary_directory.hpp"

namespace {

bool short_transfers = false;
int interrupted = 0;
constexpr std::size_t kMost = 7;  // Bytes of a transfer.

/// Every second call is interrupted.
bool interrupt() {
  if (!short_transfers || ++interrupted % 2 == 0) return false;
  errno = EINTR;
  return true;
}

}  // namespace

extern "C" ssize_t pwritev(int file, const iovec* parts, int count, off_t position) {
  if (interrupt()) return -1;
  if (!short_transfers) return syscall(SYS_pwritev, file, parts, count, position, 0);
  return syscall(SYS_pwrite64, file, parts[0].iov_base, std::min(parts[0].iov_len, kMost), position);
}
extern "C" ssize_t pread(int file, void* to, size_t bytes, off_t position) {
  if (interrupt()) return -1;
  return syscall(SYS_pread64, file, to, short_transfers ? std::min(bytes, kMost) : bytes, position);
}
extern "C" int fdatasync(int file) {
  return interrupt() ? -1 : static_cast<int>(syscall(SYS_fdatasync, file));
}

namespace kappa::test {
namespace {

class ShortTransfers : public testing::Test {
 protected:
  ShortTransfers() { short_transfers = true; }
  ~ShortTransfers() override { short_transfers = false; }

  TemporaryDirectory directory_;
  log::Seam& seam_ = log::real_seam();
  log::File file_ = seam_.open((directory_.path() / "file").string(), log::OpenMode::create).value();
};

TEST_F(ShortTransfers, AreGoneOnWithUntilAllIsDone) {
  const std::string first = "thirteen bytes";
  const std::string second(1000, 'x');
  const Bytes parts[] = {as_bytes(first), Bytes{}, as_bytes(second)};
  ASSERT_TRUE(seam_.write(file_, 3, parts));
  ASSERT_TRUE(seam_.sync_data(file_));
  std::string read(2000, '\0');
  const auto got = seam_.read(file_, 3, std::as_writable_bytes(std::span(read)));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(read.substr(0, *got), first + second);
  EXPECT_GT(interrupted, 100);
}

}  // namespace
}  // namespace kappa::test

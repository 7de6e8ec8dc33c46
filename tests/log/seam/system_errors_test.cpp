// What the operating system refuses is told with the file, the reason and what to do about it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/magic.h>
#include <sys/stat.h>

#include <cerrno>

#include "seam/seam.hpp"
#include "system_calls.hpp"
#include "temporary_directory.hpp"

namespace kappa::test {
namespace {

using log::FileSystem;
using testing::HasSubstr;
using testing::StartsWith;

class SystemErrors : public testing::Test {
 protected:
  [[nodiscard]] std::string path(const char* name) const { return (directory_.path() / name).string(); }
  template <typename T>
  static Error error_of(const Result<T>& result) {
    EXPECT_FALSE(result);
    return result ? Error{} : result.error();
  }
  [[nodiscard]] mode_t mode_of(const char* name) const {
    struct stat status{};
    EXPECT_EQ(stat(path(name).c_str(), &status), 0);
    return status.st_mode & 07777u;
  }

  ToldSystemCalls calls_;
  TemporaryDirectory directory_;
  log::Seam& seam_ = log::real_seam();
  log::File file_ = seam_.open(path("file"), log::OpenMode::create).value();
};

TEST_F(SystemErrors, OfSyncsAreFinal) {
  calls_->failing = {{"fsync", EIO}, {"fdatasync", ENOSPC}};
  const Error whole = error_of(seam_.sync(file_));
  EXPECT_EQ(whole.code, Errc::io);
  EXPECT_EQ(whole.message, "cannot sync " + path("file") + ": Input/output error");
  const Error data = error_of(seam_.sync_data(file_));
  EXPECT_EQ(data.message, "cannot sync " + path("file") + ": No space left on device");
  EXPECT_THAT(data.hint, StartsWith("free space"));
}

TEST_F(SystemErrors, OfTransfersNameTheByte) {
  calls_->failing = {{"pread", EIO}, {"pwritev", EDQUOT}};
  std::byte buffer[8] = {};
  const Error read = error_of(seam_.read(file_, 4096, buffer));
  EXPECT_EQ(read.code, Errc::io);
  EXPECT_EQ(read.message, "cannot read " + path("file") + " at byte 4096: Input/output error");
  const Bytes parts[] = {buffer};
  const Error write = error_of(seam_.write(file_, 17, parts));
  EXPECT_EQ(write.message, "cannot write " + path("file") + " at byte 17: Disk quota exceeded");
  EXPECT_THAT(write.hint, StartsWith("free space"));
}

TEST_F(SystemErrors, SayWhatToDo) {
  const std::pair<int, const char*> expected[] = {
      {EROFS, "the file system is mounted read-only; only reading commands work on it"},
      {EACCES, "check the permissions of this path, or run as the user who owns it"},
      {ENOTDIR, "a file stands where a directory is expected; name another path"},
      {EFBIG, "raise the limit of the size of a file (ulimit -f), then try again"},
      {EMFILE, "raise the limit of open files (ulimit -n)"},
      {EIO, ""}};
  for (const auto& [number, hint] : expected) {
    calls_->failing = {{"mkdir", number}};
    EXPECT_EQ(error_of(seam_.make_directory(path("new"))).hint, hint);
  }
}

TEST_F(SystemErrors, AreNotMadeOfADirectoryThatIsThere) {
  ASSERT_TRUE(seam_.make_directory(path("new")));
  EXPECT_TRUE(seam_.make_directory(path("new")));
}

/// Another's file that nobody but he and the group may read: who cannot give the copy to them keeps it to himself.
TEST_F(SystemErrors, OfGivingAFileAwayLeaveNobodyMoreThanHeHad) {
  const log::File copy = seam_.open(path("copy"), log::OpenMode::create).value();
  ASSERT_EQ(chmod(path("file").c_str(), 0640), 0);
  calls_->failing = {{"fchown", EPERM}};
  ASSERT_TRUE(seam_.copy_access(file_, copy));
  EXPECT_EQ(mode_of("copy"), 0640u);
  calls_->failing = {{"fchown", EPERM}, {"fchown to a group", EPERM}};
  ASSERT_TRUE(seam_.copy_access(file_, copy));
  EXPECT_EQ(mode_of("copy"), 0600u);
  calls_->failing = {{"fchown", EIO}};
  const Error refused = error_of(seam_.copy_access(file_, copy));
  EXPECT_EQ(refused.message, "cannot set the owner of " + path("copy") + ": Input/output error");
  EXPECT_EQ(mode_of("copy"), 0600u);
}

TEST_F(SystemErrors, AreForeseenOfFileSystemsThatOthersShare) {
  EXPECT_EQ(seam_.file_system(directory_.path()).value(), FileSystem::ordinary);
  for (const long shared : {long{NFS_SUPER_MAGIC}, long{SMB_SUPER_MAGIC}, long{V9FS_MAGIC}, 0xff534d42L, 0x65735546L}) {
    calls_->file_system = shared;
    EXPECT_EQ(seam_.file_system(directory_.path()).value(), FileSystem::refused) << shared;
  }
  for (const long moving : {long{BTRFS_SUPER_MAGIC}, 0x2fc12fc1L}) {
    calls_->file_system = moving;
    EXPECT_EQ(seam_.file_system(directory_.path()).value(), FileSystem::no_overwrite) << moving;
  }
}

}  // namespace
}  // namespace kappa::test

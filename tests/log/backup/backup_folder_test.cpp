// Whose the files are in the folder of a backup: others' are never touched, its own never pile up.
#include "backup_fixture.hpp"

namespace kappa::test {
namespace {

namespace fs = std::filesystem;
using log::Directory;
using testing::HasSubstr;
using testing::SizeIs;

/// Fails to remove what a test names, and to write what it names.
class StubbornSeam final : public ForwardingSeam {
 public:
  Result<void> remove(const std::string& path) override {
    if (!keeps.empty() && path.ends_with(keeps)) return fail(Errc::io, path + ": may not be removed");
    return ForwardingSeam::remove(path);
  }
  Result<void> write(const log::File& file, std::uint64_t position, std::span<const Bytes> parts) override {
    if (!full.empty() && file.path().ends_with(full)) return fail(Errc::io, file.path() + ": disk full");
    return ForwardingSeam::write(file, position, parts);
  }
  std::string keeps;
  std::string full;
};

class BackupFolder : public Backup {
 protected:
  void expect_refused(Directory& directory, const std::string& what) {
    const auto refused = back_up(directory);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict) << refused.error().message;
    EXPECT_THAT(refused.error().message, HasSubstr(what));
    EXPECT_FALSE(fs::exists(backup() / "manifest"));
    EXPECT_FALSE(fs::exists(backup() / "lock"));
  }
};

TEST_F(BackupFolder, OfFilesOfOthersIsRefused) {
  const auto directory = open_small();
  fill(*directory, "a", 3);
  for (const char* name :
       {"video1.ts", "video1.ts.new", "0123456789abcdef0123456789abcdef-0-00000000000000000000-.seg", "sub/deeper"}) {
    fs::remove_all(backup());
    const fs::path precious = backup() / "segments" / name;
    fs::create_directories(precious.parent_path());
    std::ofstream(precious) << "precious";
    expect_refused(*directory, "segments/");
    EXPECT_TRUE(fs::exists(precious));
  }
}

TEST_F(BackupFolder, OfAnotherDirectoryIsRefusedWithoutItsManifest) {
  const auto directory = open_small();
  fill(*directory, "a", 3);
  must_back_up(*directory);
  fs::remove(backup() / "manifest");
  fs::remove(backup() / "lock");
  const auto files = stored();
  const auto other = Directory::open(restored(), {.create = true}).value();
  append(*other, "a", {"another"});
  expect_refused(*other, "segments/");
  EXPECT_EQ(stored(), files);
  EXPECT_EQ(must_back_up(*directory).segments_copied, 0u) << "its own first backup, cut short";
}

TEST_F(BackupFolder, KeepsWhatIsNoSegmentOfABackup) {
  const auto directory = open_small();
  fill(*directory, "a", 3);
  must_back_up(*directory);
  std::ofstream(backup() / "segments" / "note") << "precious";
  fs::create_directories(backup() / "segments" / "sub");
  fill(*directory, "a", 3);
  must_back_up(*directory);
  EXPECT_TRUE(fs::exists(backup() / "segments" / "note"));
  EXPECT_TRUE(fs::exists(backup() / "segments" / "sub"));
}

TEST_F(BackupFolder, IsWholeAlsoWhereAFileThatItDoesNotNeedStays) {
  StubbornSeam seam;
  const auto directory = open_small(&seam);
  append(*directory, "a", {"one"});
  must_back_up(*directory);
  const auto before = stored();
  append(*directory, "a", {"two"});
  seam.keeps = ".open";
  const log::BackupReport report = must_back_up(*directory);
  EXPECT_EQ(report.files_removed, 0u);
  EXPECT_THAT(report.not_removed, HasSubstr("may not be removed"));
  EXPECT_THAT(stored(), SizeIs(before.size() + 1));
  seam.keeps.clear();
  EXPECT_EQ(must_back_up(*directory).files_removed, 1u);
  EXPECT_EQ(read(*must_restore(), "a"), read(*directory, "a"));
}

TEST_F(BackupFolder, DoesNotFillWithWhatTriesThatFailedLeft) {
  StubbornSeam seam;
  const auto directory = open_small(&seam);
  append(*directory, "a", {"one"});
  must_back_up(*directory);
  const auto before = stored();
  for (int i = 0; i < 3; ++i) {
    append(*directory, "a", {"more"});
    seam.full = ".open.new";
    seam.keeps = i == 0 ? ".new" : "";  // As if it had been killed.
    EXPECT_EQ(back_up(*directory).error().code, Errc::io);
    EXPECT_THAT(stored(), SizeIs(before.size() + (i == 0 ? 1 : 0)));
  }
}

}  // namespace
}  // namespace kappa::test

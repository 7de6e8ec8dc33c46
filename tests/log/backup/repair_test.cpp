// What a backup can heal and what it cannot: files damaged in every place, missing, cut off; and that nothing is put in
// that is not proven to have stood there.
#include "repair_fixture.hpp"

namespace kappa::test {
namespace {

namespace fs = std::filesystem;
using log::Directory;
using log::RepairMode;
using log::RepairReport;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Strings = std::vector<std::string>;

TEST_F(Repair, HealsAByteWhereverItIsWrong) {
  fill(0, 9);
  back_up();
  keep_whole();
  int healed = 0;
  for (const std::ptrdiff_t which : {3, 2, 1}) {
    // Behind the frames of the newest there are but zeros.
    const std::uint64_t bytes = std::min<std::uint64_t>(fs::file_size(segment(which)), 15'000);
    for (std::uint64_t at = static_cast<std::uint64_t>(which); at < bytes; at += at < 12'000 ? 1'009 : 97) {
      put_back();
      flip(segment(which), at);
      const bool damaged = damages() != 0;
      const RepairReport shown = repair(RepairMode::show);
      ASSERT_THAT(shown.lost, IsEmpty()) << segment(which) << " at byte " << at << ": " << shown.lost[0].what;
      ASSERT_EQ(!shown.healed.empty(), damaged) << segment(which) << " at byte " << at;
      if (!damaged) continue;
      ASSERT_THAT(repair(RepairMode::apply).lost, IsEmpty()) << segment(which) << " at byte " << at;
      ASSERT_TRUE(is_whole()) << segment(which) << " at byte " << at;
      ++healed;
    }
  }
  EXPECT_GT(healed, 50);
}

TEST_F(Repair, ShowsFirstAndKeepsWhatItReplaces) {
  fill(0, 9);
  back_up();
  flip(segment(2), 12'700, 40);
  const fs::path file = segment(2);
  const auto content = [](const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  };
  const std::string damaged = content(file);
  EXPECT_THAT(repair(RepairMode::show).healed, SizeIs(1));
  EXPECT_EQ(content(file), damaged);
  EXPECT_FALSE(fs::exists(data() / "damaged"));
  const RepairReport report = repair(RepairMode::apply);
  ASSERT_THAT(report.kept_aside, SizeIs(1));
  EXPECT_EQ(content(report.kept_aside[0]), damaged);
  EXPECT_TRUE(is_whole());
  EXPECT_THAT(repair(RepairMode::show).healed, IsEmpty());
}

TEST_F(Repair, BringsMissingAndShortFilesBack) {
  fill(0, 12);
  back_up();
  keep_whole();
  const auto oldest = std::ssize(files("a", ".seg"));
  for (const std::ptrdiff_t which : {std::ptrdiff_t{2}, std::ptrdiff_t{3}, oldest}) {
    for (const bool missing : {true, false}) {
      put_back();
      missing ? void(fs::remove(segment(which))) : fs::resize_file(segment(which), 12'900);
      ASSERT_GT(damages(), 0u);
      ASSERT_THAT(repair(RepairMode::apply).lost, IsEmpty()) << which;
      ASSERT_TRUE(is_whole()) << which;
    }
  }
}

TEST_F(Repair, KeepsWhatWasAppendedAfterTheBackup) {
  fill(0, 8);
  back_up();
  const fs::path newest = segment(1);
  fill(8, 14);
  flip(newest, 12'300, 600);
  const RepairReport report = repair(RepairMode::apply);
  EXPECT_THAT(report.lost, IsEmpty());
  EXPECT_TRUE(is_whole());
}

TEST_F(Repair, TellsExactlyWhatTheBackupDoesNotHave) {
  fill(0, 8);
  back_up();
  fill(8, 16);
  const fs::path since = segment(2);
  const std::uint64_t base = std::stoull(since.stem().string());
  flip(segment(5), 12'400);
  flip(since, 12'400);
  const RepairReport report = repair(RepairMode::apply);
  EXPECT_THAT(report.healed, SizeIs(1));
  ASSERT_THAT(report.lost, SizeIs(1));
  EXPECT_EQ(report.lost[0].topic, "a");
  EXPECT_EQ(report.lost[0].file, since.string());
  EXPECT_EQ(report.lost[0].position, 12'288u);
  EXPECT_EQ(report.lost[0].begin.value, base);
  EXPECT_EQ(report.lost[0].end->value, base + 2) << "one frame of two events";
  EXPECT_EQ(damages(), 1u) << "the one that stays is told of as before";
}

/// A directory that was restored and appended to has the same beginning, and then something else: its second frame
/// follows the first here, too.
TEST_F(Repair, TakesNothingFromAnotherHistory) {
  append(*open(), "a", {"common"});
  back_up();
  const fs::path other = data().parent_path() / "other";
  const fs::path own = data().parent_path() / "own";
  ASSERT_TRUE(log::restore(backup(), other));
  fs::rename(data(), own);
  fs::rename(other, data());
  append(*open(), "a", {"of the other"});
  back_up();  // Of the other history, into the same folder.
  fs::rename(data(), other);
  fs::rename(own, data());
  append(*open(), "a", {"own"});
  const std::uint64_t second = 12'288 + frame_bytes(segment(1), 12'288);
  flip(segment(1), second, 150);
  const RepairReport report = repair(RepairMode::apply);
  EXPECT_THAT(report.healed, IsEmpty());
  ASSERT_THAT(report.lost, SizeIs(1));
  EXPECT_EQ(report.lost[0].position, second);
  EXPECT_EQ(report.lost[0].begin.value, 1u);
  EXPECT_THAT(report.lost[0].what, HasSubstr("no hash behind it proves"));
  EXPECT_THAT(read(*open_read_only(), "a"), ElementsAre("common", "error 7"));
}

TEST_F(Repair, DoesNotGuessAtAMissingNewestSegment) {
  fill(0, 9);
  back_up();
  fs::remove(segment(1));
  const RepairReport report = repair(RepairMode::apply);
  EXPECT_THAT(report.healed, IsEmpty());
  ASSERT_FALSE(report.lost.empty());
  EXPECT_THAT(report.lost[0].what, HasSubstr("was the newest"));
  EXPECT_GT(damages(), 0u);
}

TEST_F(Repair, HealsTheCatalogAndTheDirectorysFile) {
  fill(0, 9);
  back_up();
  flip(data() / "kappa", 45);
  flip(files("_catalog", ".seg")[0], 12'400);
  EXPECT_FALSE(Directory::open(data(), {}));
  const RepairReport shown = repair(RepairMode::show);
  EXPECT_TRUE(shown.topics_unknown);
  EXPECT_THAT(shown.healed, SizeIs(2));
  EXPECT_THAT(repair(RepairMode::apply).lost, IsEmpty());
  EXPECT_TRUE(is_whole());
}

TEST_F(Repair, NeedsTheDirectoryForItself) {
  fill(0, 9);
  back_up();
  const auto directory = open_small();
  const auto refused = log::repair(data(), backup(), {.mode = RepairMode::apply});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_TRUE(log::repair(data(), backup(), {.mode = RepairMode::show}));
}

TEST_F(Repair, RefusesTheBackupOfAnotherDirectory) {
  fill(0, 3);
  back_up();
  fs::rename(data(), whole());
  fill(0, 3);
  const auto refused = log::repair(data(), backup(), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
}

}  // namespace
}  // namespace kappa::test

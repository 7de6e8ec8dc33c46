// What a backup can heal and what it cannot: files damaged in every place, missing, cut off; and that nothing is put in
// that is not proven to have stood there.
#include "forwarding_seam.hpp"
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
TEST_F(Repair, TellsWhatTheNewestSegmentHadBehindTheBackup) {
  fill(0, 1);
  back_up();
  fill(1, 3);
  fs::resize_file(files("a", ".seg").back(), log::kFirstFramePosition);
  const log::RepairReport done = repair(log::RepairMode::apply);
  ASSERT_FALSE(done.lost.empty()) << "events that were acknowledged are gone without a word";
  EXPECT_EQ(done.lost.back().end, Offset{all_.size()});
  const auto directory = open_small();
  const auto found = directory->reader(topic(*directory, "a")).value();
  auto batch = found->next();
  while (batch && *batch) batch = found->next();
  ASSERT_FALSE(batch) << "the end passes for whole";
  EXPECT_EQ(batch.error().code, Errc::corruption);
  EXPECT_FALSE(directory->appender(topic(*directory, "a"))) << "their offsets would be given again";
}

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

/// Of the newest segment nothing is known; those before it are healed all the same.
TEST_F(Repair, GoesOnBehindASegmentOfWhichNothingIsKnown) {
  fill(0, 8);
  back_up();
  fill(8, 14);
  const fs::path newest = segment(1);
  flip(newest, 100);
  flip(newest, log::kFirstFramePosition + 20);
  flip(segment(5), log::kFirstFramePosition + 112);
  const RepairReport report = repair(RepairMode::apply);
  EXPECT_THAT(report.healed, SizeIs(1));
  ASSERT_FALSE(report.lost.empty());
  EXPECT_EQ(report.lost[0].file, newest.string());
  EXPECT_THAT(report.lost[0].what, HasSubstr("the backup has nothing of it"));
  EXPECT_EQ(damages(), 1u) << "of the newest alone";
}

TEST_F(Repair, OfAFileThatCannotBeOpenedIsRefused) {
  fill(0, 9);
  back_up();
  flip(segment(2), 12'700);
  class Closed final : public ForwardingSeam {
   public:
    Result<log::File> open(const std::string& path, log::OpenMode mode) override {
      if (path == closed) return fail(Errc::io, "cannot open " + path + ": Input/output error");
      return real().open(path, mode);
    }
    std::string closed;
  } seam;
  seam.closed = segment(3).string();
  const auto refused = log::repair(data(), backup(), {.mode = RepairMode::apply, .seam = &seam});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::io);
  EXPECT_THAT(refused.error().message, HasSubstr(seam.closed));
  ASSERT_THAT(repair(RepairMode::apply).lost, IsEmpty());
  EXPECT_TRUE(is_whole());
}

/// Without a backup, nothing tells whose directory it is, nor what topics there were: nothing is made up.
TEST_F(Repair, DoesNotGuessWhoseDirectoryItIs) {
  fill(0, 4);
  flip(data() / "kappa", 45);
  flip(files("_catalog", ".seg")[0], 100);
  flip(files("_catalog", ".seg")[0], log::kFirstFramePosition + 20);
  const auto content = [this] {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(data())) {
      if (!entry.is_regular_file() || entry.path().filename() == "lock") continue;
      std::ifstream stream(entry.path(), std::ios::binary);
      all[entry.path().string()] = {std::istreambuf_iterator<char>(stream), {}};
    }
    return all;
  };
  const auto before = content();
  for (const RepairMode mode : {RepairMode::show, RepairMode::apply}) {
    const RepairReport report = repair_without(mode);
    EXPECT_TRUE(report.topics_unknown);
    EXPECT_THAT(report.healed, IsEmpty());
    ASSERT_THAT(report.lost, SizeIs(2));
    EXPECT_EQ(report.lost[0].file, (data() / "kappa").string());
    EXPECT_THAT(report.lost[0].what, HasSubstr("no segment of the catalog tells whose directory this is"));
    EXPECT_THAT(report.lost[1].what, HasSubstr("only a backup helps"));
    EXPECT_TRUE(content() == before);
  }
}

TEST_F(Repair, TellsWhatItCanDoNothingAbout) {
  fill(0, 4);
  for (const fs::path& file : files("a", ".seg")) fs::remove(file);
  const RepairReport report = repair_without(RepairMode::apply);
  ASSERT_THAT(report.lost, SizeIs(1));
  EXPECT_EQ(report.lost[0].topic, "a");
  EXPECT_THAT(report.lost[0].what, HasSubstr("there is no segment: not even the first"));
  EXPECT_THAT(report.healed, IsEmpty());
}

}  // namespace
}  // namespace kappa::test

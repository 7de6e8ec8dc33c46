// What a backup holds, what it copies again, what it refuses; and that what is restored is what was there.
#include "kappa/log/backup.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "backup/backup_place.hpp"
#include "backup_fixture.hpp"
#include "kappa/log/repair.hpp"
#include "kappa/log/verify.hpp"

namespace kappa::test {
namespace {

namespace fs = std::filesystem;
using log::Access;
using log::BackupReport;
using log::Directory;
using log::RestoreReport;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(Backup, RestoresTheSameEventsAndOffsetsAndTopics) {
  const auto directory = open_small();
  fill(*directory, "a", 30);
  fill(*directory, "b", 5);
  const BackupReport report = must_back_up(*directory);
  EXPECT_EQ(report.topics, 2u);
  EXPECT_GT(report.segments_copied, 10u);
  const auto copy = must_restore();
  for (const char* name : {"a", "b"}) {
    EXPECT_EQ(read(*copy, name), read(*directory, name));
    EXPECT_EQ(topic(*copy, name).id, topic(*directory, name).id);
  }
  EXPECT_EQ(merge(*copy, {"a", "b"}), merge(*directory, {"a", "b"}));
  EXPECT_GT(append(*copy, "a", {"more"}).sequence, report.sequence);
}

TEST_F(Backup, RestoresSegmentsLargerThanWhatIsWrittenAtOnce) {
  const auto directory = open();
  for (int i = 0; i < 4; ++i) append(*directory, "a", {random_text(700'000)});
  must_back_up(*directory);
  EXPECT_EQ(read(*must_restore(), "a"), read(*directory, "a"));
}

TEST_F(Backup, CopiesOnlyWhatChanged) {
  const auto directory = open_small();
  fill(*directory, "a", 30);
  append(*directory, "b", {"one"});
  const BackupReport first = must_back_up(*directory);
  EXPECT_EQ(must_back_up(*directory).segments_copied, 0u);
  append(*directory, "b", {"one more"});
  const BackupReport second = must_back_up(*directory);
  EXPECT_EQ(second.segments_copied, 1u);
  EXPECT_EQ(second.segments_kept, first.segments_copied - 1);
  EXPECT_EQ(second.files_removed, 1u) << "the newest segment as it was before";
  const auto copy = must_restore();
  EXPECT_EQ(read(*copy, "a"), read(*directory, "a"));
  EXPECT_EQ(read(*copy, "b"), read(*directory, "b"));
}

TEST_F(Backup, OfADirectoryThatNobodyHasOpen) {
  fill(*open_small(), "a", 30);
  must_back_up(*open_read_only());
  EXPECT_EQ(read(*must_restore(), "a"), read(*open_small(), "a"));
}

TEST_F(Backup, DryRunWritesNothing) {
  const auto directory = open_small();
  fill(*directory, "a", 10);
  const auto report = log::back_up(*directory, backup(), {.dry_run = true});
  ASSERT_TRUE(report);
  EXPECT_GT(report->segments_copied, 3u);
  EXPECT_FALSE(fs::exists(backup()));
}

TEST_F(Backup, HoldsNothingThatWasAppendedWhileItWasMade) {
  WatchedSeam seam;
  const auto directory = open_small(&seam);
  fill(*directory, "a", 10);
  fill(*directory, "b", 10);
  const auto a = read(*directory, "a");
  const auto b = read(*directory, "b");
  int appended = 0;
  seam.before_open = [&](const std::string& path) {  // When the plan is made, so behind the cut.
    if (!path.ends_with(".open") || std::exchange(appended, 1) != 0) return;
    fill(*directory, "b", 10);
    append(*directory, "c", {"a topic that is new"});
    append(*directory, "a", {"later"});
  };
  must_back_up(*directory);
  ASSERT_EQ(appended, 1);
  const auto copy = must_restore();
  EXPECT_EQ(read(*copy, "a"), a);
  EXPECT_EQ(read(*copy, "b"), b);
  EXPECT_EQ(copy->catalog().topics()->size(), 2u);
}

TEST_F(Backup, PlansAgainWhenRetentionTakesASegmentAway) {
  WatchedSeam seam;
  const auto directory = open_small(&seam);
  fill(*directory, "a", 30);
  ASSERT_TRUE(directory->set_retention(topic(*directory, "a"), {.age = {}, .bytes = 30'000}));
  bool trimmed = false;
  seam.before_open = [&](const std::string& path) {
    if (!path.ends_with(".seg.new") || !path.starts_with(backup().string()) || std::exchange(trimmed, true)) return;
    const auto kept = topic(*directory, "a");
    const auto trims = directory->plan_retention(kept).value();
    ASSERT_FALSE(trims.empty());
    ASSERT_TRUE(directory->trim(kept, trims, directory->catalog().read().value().end));
  };
  must_back_up(*directory);
  ASSERT_TRUE(trimmed);
  const auto copy = must_restore();
  EXPECT_LT(read(*copy, "a").size(), 30u);
  EXPECT_EQ(read(*copy, "a"), read(*directory, "a"));
}

TEST_F(Backup, PlansAgainWhenATopicIsDeleted) {
  WatchedSeam seam;
  const auto directory = open_small(&seam);
  fill(*directory, "a", 10);
  fill(*directory, "b", 10);
  bool deleted = false;
  seam.before_open = [&](const std::string& path) {
    if (!path.ends_with(".seg.new") || !path.starts_with(backup().string()) || std::exchange(deleted, true)) return;
    ASSERT_TRUE(directory->delete_topic(topic(*directory, "b")));
  };
  must_back_up(*directory);
  ASSERT_TRUE(deleted);
  const auto copy = must_restore();
  EXPECT_EQ(read(*copy, "a"), read(*directory, "a"));
  EXPECT_EQ(copy->catalog().topics()->size(), 1u);
}

TEST_F(Backup, OfDamagedDataIsRefusedAndTheEarlierOneStays) {
  auto directory = open_small();
  fill(*directory, "a", 10);
  must_back_up(*directory);
  const auto before = read(*must_restore(), "a");
  fill(*directory, "a", 10);
  directory = nullptr;
  flip(files("a", ".seg").end()[-3], 13'000);
  const auto refused = back_up(*open_read_only());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::corruption);
  EXPECT_THAT(refused.error().message, HasSubstr(files("a", ".seg").end()[-3].string()));
  EXPECT_EQ(read(*must_restore(), "a"), before);
}

TEST_F(Backup, GoesNowhereButIntoItsOwnFolder) {
  const auto directory = open_small();
  fill(*directory, "a", 3);
  fs::create_directory(backup());
  std::ofstream(backup() / "letter") << "dear";
  EXPECT_EQ(back_up(*directory).error().code, Errc::conflict);
  fs::remove(backup() / "letter");
  must_back_up(*directory);
  auto other = Directory::open(restored(), {.create = true});
  ASSERT_TRUE(other);
  const auto refused = back_up(**other);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("another directory"));
}

TEST_F(Backup, IsRestoredIntoAnEmptyPlaceOnly) {
  const auto directory = open_small();
  fill(*directory, "a", 3);
  must_back_up(*directory);
  EXPECT_EQ(log::restore(backup(), data()).error().code, Errc::conflict);
  EXPECT_EQ(log::restore(restored(), data() / "x").error().code, Errc::not_found);
  const auto opened = Directory::open(backup(), {.access = Access::read_only});
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("is a backup"));
}

TEST_F(Backup, HalfRestoredIsNoDirectory) {
  const auto directory = open_small();
  fill(*directory, "a", 10);
  must_back_up(*directory);
  for (const fs::path& file : stored(".open")) flip(file, 13'000);
  ASSERT_EQ(log::restore(backup(), restored()).error().code, Errc::corruption);
  for (const bool create : {false, true}) {
    const auto opened = Directory::open(restored(), {.create = create});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::conflict);
    EXPECT_THAT(opened.error().message, HasSubstr("its restore was cut short"));
  }
  EXPECT_EQ(log::restore(backup(), restored()).error().code, Errc::conflict);
}

TEST_F(Backup, HalfRestoredIsNotRepairedIntoADirectory) {
  const auto directory = open_small();
  fill(*directory, "a", 10);
  must_back_up(*directory);
  WatchedSeam seam;
  int tried = 0;
  seam.before_open = [&](const std::string& path) {  // While the restore is at work.
    if (fs::exists(restored() / "kappa") || !path.starts_with((restored() / "topics/a").string())) return;
    for (const log::RepairMode mode : {log::RepairMode::show, log::RepairMode::apply}) {
      const auto refused = log::repair(restored(), backup(), {.mode = mode});
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, Errc::conflict);
      EXPECT_THAT(refused.error().message, HasSubstr("its restore was cut short, or is under way"));
    }
    const log::File lock = log::real_seam().open((restored() / "lock").string(), log::OpenMode::write).value();
    EXPECT_FALSE(log::real_seam().lock(lock, log::LockMode::shared, {}).value());
    ++tried;
  };
  ASSERT_TRUE(log::restore(backup(), restored(), {.seam = &seam}));
  EXPECT_GT(tried, 0);
  EXPECT_EQ(read(*Directory::open(restored(), {}).value(), "a"), read(*directory, "a"));
}

/// A restore may begin between the look at an empty place and the lock by which it is made a directory.
TEST_F(Backup, HalfRestoredIsNotMadeADirectoryByWhoWaitedForIt) {
  WatchedSeam seam;
  seam.before_open = [&](const std::string& path) {
    if (path.ends_with("/lock")) std::ofstream(restored() / "restoring") << "";
  };
  const auto opened = Directory::open(restored(), {.create = true, .seam = &seam});
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("its restore was cut short"));
  EXPECT_FALSE(fs::exists(restored() / "kappa"));
}

TEST_F(Backup, RestoresBesideALockThatNobodyHolds) {
  const auto directory = open_small();
  fill(*directory, "a", 3);
  must_back_up(*directory);
  fs::create_directory(restored());
  log::Seam& seam = log::real_seam();
  {
    const log::File lock = seam.open((restored() / "lock").string(), log::OpenMode::create).value();
    ASSERT_TRUE(seam.lock(lock, log::LockMode::shared, {}).value());
    EXPECT_EQ(log::restore(backup(), restored()).error().code, Errc::conflict);
    EXPECT_FALSE(fs::exists(restored() / "restoring"));
  }
  ASSERT_TRUE(log::restore(backup(), restored()));
  EXPECT_EQ(read(*Directory::open(restored(), {}).value(), "a"), read(*directory, "a"));
}

TEST_F(Backup, ADirectoryIsNeverTakenForAHalfRestoredOne) {
  const auto directory = open_small();
  fill(*directory, "a", 3);
  must_back_up(*directory);
  must_restore();
  std::ofstream(restored() / "restoring") << "";
  const auto refused = log::restore(backup(), restored());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("is not empty"));
  EXPECT_THAT(refused.error().hint, Not(HasSubstr("rm ")));
}

TEST_F(Backup, AnyInvertedByteIsFoundByACheck) {
  {
    const auto directory = open_small();
    fill(*directory, "a", 4);
    must_back_up(*directory);
  }
  int unseen = 0;
  for (const fs::path& file : stored()) {
    const auto bytes = static_cast<std::int64_t>(fs::file_size(file));
    // The zeros between are all alike.
    for (std::int64_t at = 0; at < bytes; at += at > 300 && at < 12'000 ? 97 : 11) {
      flip(file, at);
      const auto report = log::check_backup(backup());
      ASSERT_TRUE(report) << report.error().message;
      if (report->damages.size() != 1 && ++unseen < 5) ADD_FAILURE() << file << " at byte " << at;
      flip(file, at);
    }
  }
  const auto bytes = static_cast<std::int64_t>(fs::file_size(backup() / "manifest"));
  for (std::int64_t at = 0; at < bytes; ++at) {
    flip(backup() / "manifest", at);
    const auto report = log::check_backup(backup());
    EXPECT_TRUE(!report && report.error().code == Errc::corruption) << "manifest at byte " << at;
    flip(backup() / "manifest", at);
  }
  EXPECT_THAT(log::check_backup(backup())->damages, IsEmpty());
}

TEST_F(Backup, CopiesAgainWhatIsMissingFromIt) {
  const auto directory = open_small();
  fill(*directory, "a", 10);
  must_back_up(*directory);
  const auto sealed = stored(".seg");
  fs::remove(sealed[0]);
  fs::resize_file(sealed[1], fs::file_size(sealed[1]) - 1);
  fs::resize_file(stored(".open")[0], 70'000);
  EXPECT_EQ(log::check_backup(backup())->damages.size(), 3u);
  EXPECT_EQ(must_back_up(*directory).segments_copied, 3u);
  EXPECT_THAT(log::check_backup(backup())->damages, IsEmpty());
}

TEST_F(Backup, WhoseSegmentsDoNotFollowEachOtherIsDamaged) {
  const auto directory = open_small();
  fill(*directory, "a", 10);
  must_back_up(*directory);
  const log::BackupPlace place{backup().string()};
  auto manifest = log::read_manifest(log::real_seam(), place).value();
  manifest.segments.erase(manifest.segments.end() - 3);
  std::ofstream(place.manifest_file()) << log::encode_manifest(manifest);
  const auto report = log::check_backup(backup());
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_EQ(report->damages.size(), 1u);
  EXPECT_THAT(report->damages[0].what, HasSubstr("does not follow"));
}

}  // namespace
}  // namespace kappa::test

// Backups and restores that are cut off anywhere, or of which any call fails: there is always a whole backup, the
// earlier one or the new one, and a directory that was not restored wholly is none.
#include <gtest/gtest.h>

#include <algorithm>

#include "crash_history.hpp"
#include "cut_off.hpp"
#include "directory/layout.hpp"
#include "fmt/format.h"
#include "kappa/log/backup.hpp"
#include "kappa/log/repair.hpp"
#include "protocol/segment_file.hpp"

namespace kappa::test {
namespace {

constexpr char kBackup[] = "/backup";
constexpr char kRestored[] = "/restored";
constexpr int kCallsMax = 3000;
const Operations kBefore = {Operation::append, Operation::roll, Operation::seal, Operation::append, Operation::commit};
const Operations kAfter = {Operation::append, Operation::roll, Operation::append, Operation::commit, Operation::trim};

class BackupCrash : public CutOff {
 protected:
  BackupCrash() : CutOff({.prefixes = 16, .random = 6}, 7) {
    DiskSeam seam(disk_);
    Ledger ledger;
    setup_ = make_crash_setup(seam, ledger, 1500);
    CrashProcess process(seam, setup_, ledger);
    first_ = work(process, kBefore);
    EXPECT_TRUE(back_up(seam));
    second_ = work(process, kAfter);
    disk_.settle_store();
  }

  static FoundTopics work(CrashProcess& process, const Operations& operations) {
    EXPECT_TRUE(process.open());
    for (const Operation operation : operations) EXPECT_TRUE(process.perform(operation));
    auto frames = process.read();
    process.close();
    return frames.value_or(FoundTopics{});
  }
  [[nodiscard]] Result<log::BackupReport> back_up(log::Seam& seam) const {
    auto directory = log::open_directory(setup_.root, {.access = log::Access::read_only, .seam = &seam}, {});
    if (!directory) return propagate(directory);
    return log::back_up(**directory, kBackup);
  }
  [[nodiscard]] Result<FoundTopics> frames_at(log::Seam& seam, const char* root) const {
    auto directory = log::open_directory(root, {.create = true, .seam = &seam}, setup_.protocol);
    if (!directory) return propagate(directory);
    if (!(*directory)->take_recovery_notes().empty()) return fail(Errc::corruption, "recovery had something to say");
    return read_topics(**directory);
  }
  [[nodiscard]] Result<FoundTopics> restored(log::Seam& seam) const {
    if (auto done = log::restore(kBackup, kRestored, {.seam = &seam}); !done) return propagate(done);
    return frames_at(seam, kRestored);
  }

  /// What is wrong with the backup that a crash left, and with the next one into its folder.
  [[nodiscard]] std::string judge_backup(CrashDisk& disk) {
    DiskSeam seam(disk);
    auto found = restored(seam);
    if (!found) return found.error().message;
    if (*found != first_ && *found != second_) return "neither the earlier backup nor the new one";
    ++(*found == first_ ? earlier_ : newer_);
    if (states_ % 8 != 0) return {};
    auto again = back_up(seam);
    // Bytes that the cache has and the device lost are seen to by recovery, which who only reads cannot do.
    if (!again && again.error().code == Errc::conflict) {
      if (auto recovered = frames_at(seam, setup_.root.c_str()); !recovered) return recovered.error().message;
      again = back_up(seam);
    }
    if (!again) return "the next backup: " + again.error().message;
    auto checked = log::check_backup(kBackup, {.seam = &seam});
    if (!checked) return checked.error().message;
    return checked->damages.empty() ? "" : checked->damages[0].what;
  }
  /// What is wrong with the directory that an unfinished restore left.
  [[nodiscard]] std::string judge_restore(CrashDisk& disk) {
    DiskSeam seam(disk);
    auto found = disk.find(kRestored) ? frames_at(seam, kRestored) : fail(Errc::not_found, "");
    // Before anything of it is there, an empty place is made a new directory.
    if (found && found->at(0).frames.empty() && found->at(1).frames.empty()) return {};
    ++(found ? newer_ : earlier_);
    if (disk.find(fmt::format("{}/kappa", kRestored)) && disk.find(fmt::format("{}/restoring", kRestored)))
      return "marked as half of a directory, and whole";
    if (found) return *found == first_ ? "" : "a part of the backup";
    const Errc code = found.error().code;
    return code == Errc::conflict || code == Errc::not_found || code == Errc::corruption ? "" : found.error().message;
  }

  CrashSetup setup_;
  FoundTopics first_;   ///< What the first backup holds.
  FoundTopics second_;  ///< What is there now.
  int earlier_ = 0;
  int newer_ = 0;
};

TEST_F(BackupCrash, LeavesTheEarlierBackupOrTheNewOne) {
  CrashDisk disk = disk_.after_kill();
  const auto judge = [this](CrashDisk& image) { return judge_backup(image); };
  DiskSeam seam(disk, at_each_call(disk, judge));
  const auto done = back_up(seam);
  ASSERT_TRUE(done) << done.error().message;
  disk.settle_store();
  examine(disk, judge);
  for (const std::string& wrong : wrong_) ADD_FAILURE() << wrong;
  EXPECT_GT(earlier_, 100);
  EXPECT_GT(newer_, 20);
}

TEST_F(BackupCrash, LeavesNoHalfOfARestoredDirectory) {
  CrashDisk disk = disk_.after_kill();
  const auto judge = [this](CrashDisk& image) { return judge_restore(image); };
  DiskSeam seam(disk, at_each_call(disk, judge));
  const auto done = log::restore(kBackup, kRestored, {.seam = &seam});
  ASSERT_TRUE(done) << done.error().message;
  disk.settle_store();
  newer_ = 0;
  const int earlier = std::exchange(earlier_, 0);
  examine(disk, judge);
  for (const std::string& wrong : wrong_) ADD_FAILURE() << wrong;
  EXPECT_GT(earlier, 100);
  EXPECT_EQ(earlier_, 0) << "restored, and not durable";
  EXPECT_GT(newer_, 0);
}

class BackupFailure : public BackupCrash, public testing::WithParamInterface<CutOff::Failure> {};

TEST_P(BackupFailure, OfAnyCallLeavesAWholeBackup) {
  int number = 1;
  for (FailingCall call = GetParam().of_call(number); number < kCallsMax; call = GetParam().of_call(++number)) {
    CrashDisk disk = disk_.after_kill();
    DiskSeam seam(disk);
    FailingDisk failing(seam, call);
    const auto done = back_up(failing);
    if (!call.fired) break;
    disk.settle_store();
    const CrashImages images(disk);
    CrashDisk lost = images.image(images.first(done ? 0 : images.units() / 2, PageImage::older), random_);
    for (CrashDisk* left : {&disk, &lost}) {
      const std::string wrong = judge_backup(*left);
      ASSERT_EQ(wrong, "") << "where call " << number << " fails";
    }
    EXPECT_TRUE(!done || earlier_ == 0) << "where call " << number << " fails, and nobody is told";
    earlier_ = 0;
  }
  EXPECT_GT(number, 5);
  // Room is needed up to what makes it whole, and no more from there on.
  EXPECT_EQ(newer_ > 0, GetParam().kind != FailingCall::Kind::no_space);
}

/// Where the parent of a directory cannot be opened (perhaps it may not be read) its names are not synced, and that is
/// no failure; see sync_parents().
TEST_P(BackupFailure, OfAnyCallLeavesNoHalfOfARestoredDirectory) {
  int number = 1;
  int untold = 0;
  for (FailingCall call = GetParam().of_call(number); number < kCallsMax; call = GetParam().of_call(++number)) {
    CrashDisk disk = disk_.after_kill();
    DiskSeam seam(disk);
    FailingDisk failing(seam, call);
    const auto done = log::restore(kBackup, kRestored, {.seam = &failing});
    if (!call.fired) break;
    disk.settle_store();
    const CrashImages images(disk);
    CrashDisk lost = images.image(images.first(0, PageImage::older), random_);
    for (CrashDisk* left : {&disk, &lost}) {
      const int whole = newer_;
      ASSERT_EQ(judge_restore(*left), "") << "where call " << number << " fails";
      if (done && newer_ == whole) ++untold;
    }
  }
  EXPECT_GT(number, 5);
  EXPECT_LE(untold, 1);
}

/// A directory of which bytes have rotted, with a backup that has them.
class RepairCrash : public BackupCrash {
 protected:
  RepairCrash() {
    DiskSeam seam(disk_);
    EXPECT_TRUE(back_up(seam));
    for (const char* topic : kCrashTopicNames) {
      const std::string directory = fmt::format("{}/topics/{}/0", setup_.root, topic);
      const auto bases = log::list_segments(seam, directory).value();
      rot(seam, log::segment_path(directory, bases.back()), log::kFirstFramePosition + 200);
      rot(seam, log::segment_path(directory, bases.front()), log::kFirstFramePosition + 30);
    }
    disk_.settle_store();
  }
  void rot(log::Seam& seam, const std::string& path, std::uint64_t position) {
    rotten_.push_back(path);
    const log::File file = seam.open(path, log::OpenMode::write).value();
    std::array<std::byte, 1> byte{};
    EXPECT_TRUE(seam.read(file, position, byte));
    byte[0] ^= std::byte{4};
    const Bytes parts[] = {byte};
    EXPECT_TRUE(seam.write(file, position, parts));
    EXPECT_TRUE(seam.sync(file));
  }
  [[nodiscard]] Result<log::RepairReport> repair(log::Seam& seam) const {
    return log::repair(setup_.root, kBackup, {.mode = log::RepairMode::apply, .seam = &seam});
  }
  /// What is wrong with a directory whose repair was cut off, once it is repaired again.
  [[nodiscard]] std::string judge_repair(CrashDisk& disk) {
    DiskSeam seam(disk);
    auto again = repair(seam);
    if (!again) return again.error().message;
    if (!again->lost.empty()) return again->lost[0].what;
    auto found = frames_at(seam, setup_.root.c_str());
    if (!found) return found.error().message;
    return *found == second_ ? "" : "other events than before";
  }
  /// True if a file is what one of the damaged ones was before the repair.
  [[nodiscard]] bool is_as_it_was(log::Seam& seam, const std::string& path) {
    DiskSeam before(disk_);
    const auto now = log::read_file(seam, path);
    return now && std::ranges::any_of(
                      rotten_, [&](const std::string& one) { return log::read_file(before, one).value() == *now; });
  }

  std::vector<std::string> rotten_;
};

TEST_F(RepairCrash, LeavesEachFileAsItWasOrHealed) {
  CrashDisk disk = disk_.after_kill();
  const auto judge = [this](CrashDisk& image) { return judge_repair(image); };
  DiskSeam seam(disk, at_each_call(disk, judge));
  const auto done = repair(seam);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_GT(done->healed.size(), 1u);
  EXPECT_EQ(done->kept_aside.size(), done->healed.size());
  disk.settle_store();
  const CrashImages images(disk);
  CrashDisk lost = images.image(images.first(0, PageImage::older), random_);
  DiskSeam after(lost);
  const auto found = frames_at(after, setup_.root.c_str());
  EXPECT_TRUE(found && *found == second_) << "healed, and not durable";
  for (const std::string& kept : done->kept_aside) EXPECT_TRUE(is_as_it_was(after, kept)) << kept;
  for (const std::string& wrong : wrong_) ADD_FAILURE() << wrong;
  EXPECT_GT(states_, 100u);
}

class RepairFailure : public RepairCrash, public testing::WithParamInterface<CutOff::Failure> {};

TEST_P(RepairFailure, OfAnyCallLeavesEachFileAsItWasOrHealed) {
  fail_each_call(
      GetParam(), [this](log::Seam& seam) { static_cast<void>(repair(seam)); },
      [this](CrashDisk& left) { return judge_repair(left); });
}

/// The same without a backup: what is lost becomes gaps, each of them on record once and before it is made.
class GapCrash : public RepairCrash {
 protected:
  GapCrash() {
    CrashDisk disk = disk_.after_kill();
    DiskSeam seam(disk);
    const auto done = make_gaps(seam);
    EXPECT_TRUE(done && done->lost.empty() && done->gaps.size() >= 2);
    gaps_ = done ? done->gaps.size() : 0;
    gapped_ = frames_at(seam, setup_.root.c_str()).value_or(FoundTopics{});
    EXPECT_NE(gapped_, second_);
  }
  [[nodiscard]] Result<log::RepairReport> make_gaps(log::Seam& seam) const {
    return log::repair(setup_.root, std::nullopt, {.mode = log::RepairMode::apply, .seam = &seam});
  }
  [[nodiscard]] std::size_t recorded(log::Seam& seam) const {
    auto directory = log::open_directory(setup_.root, {.access = log::Access::read_only, .seam = &seam}, {});
    if (!directory) return 0;
    const auto contents = (*directory)->catalog().read();
    return contents ? static_cast<std::size_t>(
                          std::ranges::count(contents->events, "gap_recorded", &log::CatalogEvent::kind))
                    : 0;
  }
  [[nodiscard]] std::string judge_gaps(CrashDisk& disk) {
    DiskSeam seam(disk);
    auto again = make_gaps(seam);
    if (!again) return again.error().message;
    if (!again->lost.empty()) return again->lost[0].what;
    auto found = frames_at(seam, setup_.root.c_str());
    if (!found) return found.error().message;
    if (*found != gapped_) return "other events than those that are left";
    const std::size_t records = recorded(seam);
    return records == gaps_ ? "" : fmt::format("{} gaps on record, expected {}", records, gaps_);
  }

  FoundTopics gapped_;
  std::size_t gaps_ = 0;
};

TEST_F(GapCrash, LeavesEachFileAsItWasOrWithItsGap) {
  CrashDisk disk = disk_.after_kill();
  const auto judge = [this](CrashDisk& image) { return judge_gaps(image); };
  DiskSeam seam(disk, at_each_call(disk, judge));
  ASSERT_TRUE(make_gaps(seam));
  disk.settle_store();
  const CrashImages images(disk);
  CrashDisk lost = images.image(images.first(0, PageImage::older), random_);
  DiskSeam after(lost);
  const auto found = frames_at(after, setup_.root.c_str());
  EXPECT_TRUE(found && *found == gapped_) << "made, and not durable";
  for (const std::string& wrong : wrong_) ADD_FAILURE() << wrong;
  EXPECT_GT(states_, 100u);
}

class GapFailure : public GapCrash, public testing::WithParamInterface<CutOff::Failure> {};

TEST_P(GapFailure, OfAnyCallLeavesEachFileAsItWasOrWithItsGap) {
  fail_each_call(
      GetParam(), [this](log::Seam& seam) { static_cast<void>(make_gaps(seam)); },
      [this](CrashDisk& left) { return judge_gaps(left); });
}

INSTANTIATE_TEST_SUITE_P(All, BackupFailure, cut_off_failures(), failure_name);
INSTANTIATE_TEST_SUITE_P(All, GapFailure, cut_off_failures(), failure_name);
INSTANTIATE_TEST_SUITE_P(All, RepairFailure, cut_off_failures(), failure_name);

}  // namespace
}  // namespace kappa::test

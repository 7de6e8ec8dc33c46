// Repacking that is cut off anywhere, or of which any call fails: each segment is the old or the new one, and every
// event is there as it was. And the repair of what was repacked, likewise.
#include <gtest/gtest.h>

#include "crash_history.hpp"
#include "cut_off.hpp"
#include "directory/layout.hpp"
#include "fmt/format.h"
#include "kappa/log/backup.hpp"
#include "kappa/log/repack.hpp"
#include "kappa/log/repair.hpp"
#include "kappa/log/verify.hpp"
#include "protocol/segment_file.hpp"

namespace kappa::test {
namespace {

const Operations kBefore = {Operation::append, Operation::append, Operation::append, Operation::roll,
                            Operation::append, Operation::append, Operation::commit, Operation::roll,
                            Operation::seal,   Operation::append, Operation::roll};

class RepackCrash : public CutOff {
 protected:
  RepackCrash() : CutOff({.prefixes = 8, .random = 3}, 11) {
    DiskSeam seam(disk_);
    Ledger ledger;
    setup_ = make_crash_setup(seam, ledger, 1500);
    CrashProcess process(seam, setup_, ledger);
    EXPECT_TRUE(process.open());
    for (const Operation operation : kBefore) EXPECT_TRUE(process.perform(operation));
    auto found = process.read();
    EXPECT_TRUE(found);
    before_ = found.value_or(FoundTopics{});
    process.close();
    disk_.settle_store();
  }

  [[nodiscard]] Result<std::unique_ptr<log::Directory>> open(log::Seam& seam) const {
    return log::open_directory(setup_.root, {.create = true, .seam = &seam}, setup_.protocol);
  }
  [[nodiscard]] Result<log::RepackReport> repack(log::Seam& seam) const {
    auto directory = open(seam);
    if (!directory) return propagate(directory);
    return repack(**directory);
  }
  [[nodiscard]] static Result<log::RepackReport> repack(log::Directory& directory) {
    auto topic = directory.catalog().find_topic(kCrashTopicNames[0]);
    if (!topic) return propagate(topic);
    return log::repack_partition(directory, **topic, 0, {});
  }

  /// What is wrong with what is left, and with repacking it again.
  [[nodiscard]] std::string judge_repacked(CrashDisk& disk) {
    DiskSeam seam(disk);
    auto directory = open(seam);
    if (!directory) return directory.error().message;
    if (auto wrong = look(**directory); !wrong.empty()) return wrong;
    auto again = repack(**directory);
    if (!again) return "again: " + again.error().message;
    ++(again->repacked == 0 ? done_ : to_do_);
    return look(**directory);
  }
  [[nodiscard]] std::string look(log::Directory& directory) const {
    auto found = read_topics(directory);
    if (!found) return found.error().message;
    if (*found != before_) return "other events than before";
    for (const char* name : kCrashTopicNames) {
      auto topic = directory.catalog().find_topic(name);
      if (!topic) return topic.error().message;
      auto verified = log::verify_partition(directory, **topic, 0);
      if (!verified) return verified.error().message;
      if (!verified->damages.empty()) return verified->damages[0].file + ": " + verified->damages[0].what;
    }
    return {};
  }

  CrashSetup setup_;
  FoundTopics before_;
  int done_ = 0;   ///< States in which all was repacked,
  int to_do_ = 0;  ///< and those in which something was left to do.
};

TEST_F(RepackCrash, LeavesEverySegmentOldOrNewAndEveryEvent) {
  CrashDisk disk = disk_.after_kill();
  const auto judge = [this](CrashDisk& left) { return judge_repacked(left); };
  DiskSeam seam(disk, at_each_call(disk, judge));
  const auto done = repack(seam);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_GT(done->repacked, 1u);
  disk.settle_store();
  to_do_ = 0;
  const int done_before = std::exchange(done_, 0);
  examine(disk, judge);
  for (const std::string& wrong : wrong_) ADD_FAILURE() << wrong;
  EXPECT_EQ(to_do_, 0) << "repacked, and not durable";
  EXPECT_GT(done_ + done_before, 10);
}

class RepackFailure : public RepackCrash, public testing::WithParamInterface<CutOff::Failure> {};

TEST_P(RepackFailure, OfAnyCallLeavesEverySegmentOldOrNewAndEveryEvent) {
  fail_each_call(
      GetParam(), [this](log::Seam& seam) { static_cast<void>(repack(seam)); },
      [this](CrashDisk& left) { return judge_repacked(left); });
}

/// Repacked, then damaged, with a backup from before that.
class RepackedRepairCrash : public RepackCrash {
 protected:
  RepackedRepairCrash() {
    DiskSeam seam(disk_);
    EXPECT_TRUE(log::back_up(*open(seam).value(), kBackup));
    EXPECT_TRUE(repack(seam));
    const std::string partition = log::Layout{setup_.root}.partition(kCrashTopicNames[0], 0);
    const auto bases = log::list_segments(seam, partition).value();
    for (std::size_t i = 0; i + 1 < bases.size(); ++i) {
      const log::File file = seam.open(log::segment_path(partition, bases[i]), log::OpenMode::write).value();
      const Bytes parts[] = {as_bytes("damaged")};
      EXPECT_TRUE(seam.write(file, log::kFirstFramePosition + 200, parts));
      EXPECT_TRUE(seam.sync(file));
    }
    disk_.settle_store();
  }
  [[nodiscard]] Result<log::RepairReport> repair(log::Seam& seam) const {
    return log::repair(setup_.root, kBackup, {.mode = log::RepairMode::apply, .seam = &seam});
  }
  /// What is wrong with a directory whose repair was cut off, once it is repaired, and repacked, again.
  [[nodiscard]] std::string judge_healed(CrashDisk& disk) {
    DiskSeam seam(disk);
    auto again = repair(seam);
    if (!again) return again.error().message;
    if (!again->lost.empty()) return again->lost[0].what;
    return judge_repacked(disk);
  }
  static constexpr const char* kBackup = "/backup";
};

TEST_F(RepackedRepairCrash, LeavesEachFileAsItWasOrHealed) {
  CrashDisk disk = disk_.after_kill();
  const auto judge = [this](CrashDisk& left) { return judge_healed(left); };
  DiskSeam seam(disk, at_each_call(disk, judge));
  const auto done = repair(seam);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_GT(done->healed.size(), 1u);
  EXPECT_EQ(done->kept_aside.size(), done->healed.size());
  disk.settle_store();
  examine(disk, judge);
  for (const std::string& wrong : wrong_) ADD_FAILURE() << wrong;
  EXPECT_GT(to_do_, 10);
}

class RepackedRepairFailure : public RepackedRepairCrash, public testing::WithParamInterface<CutOff::Failure> {};

TEST_P(RepackedRepairFailure, OfAnyCallLeavesEachFileAsItWasOrHealed) {
  fail_each_call(
      GetParam(), [this](log::Seam& seam) { static_cast<void>(repair(seam)); },
      [this](CrashDisk& left) { return judge_healed(left); });
}

INSTANTIATE_TEST_SUITE_P(All, RepackedRepairFailure, cut_off_failures(), failure_name);
INSTANTIATE_TEST_SUITE_P(All, RepackFailure, cut_off_failures(), failure_name);

}  // namespace
}  // namespace kappa::test

// Copies of what is compacted: they hold one state or the other, and bring nothing back that was deleted.
#include <fstream>

#include "compact_fixture.hpp"
#include "forwarding_seam.hpp"
#include "kappa/log/backup.hpp"
#include "kappa/log/repair.hpp"

namespace kappa::test {
namespace {

namespace fs = std::filesystem;
using log::Directory;
using testing::HasSubstr;

class CompactedBackup : public Compacting {};

TEST_F(CompactedBackup, IsTakenAndRestored) {
  const auto directory = open_small();
  fill_keyed(*directory, "a", 5, 200);
  EXPECT_GT(compact(*directory, "a", {.roll = true}).removed, 0u);
  static_cast<void>(back_up(*directory));
  expect_restored(told(*directory, "a"));
  EXPECT_EQ(back_up(*directory).segments_copied, 0u);
}

TEST_F(CompactedBackup, GoesOnFromOneThatWasTakenBefore) {
  const auto directory = open_small();
  fill_keyed(*directory, "a", 5, 200);
  static_cast<void>(back_up(*directory));
  EXPECT_GT(compact(*directory, "a").removed, 0u);
  static_cast<void>(back_up(*directory));
  expect_restored(told(*directory, "a"));
}

TEST_F(CompactedBackup, GoesOnFromOneWhoseLastAppendIsGone) {
  for (int events = 1; events < 70; events += 9) {
    fs::remove_all(data());
    fs::remove_all(backup());
    const auto directory = open_small();
    fill_keyed(*directory, "a", 5, events);
    static_cast<void>(back_up(*directory));
    fill_keyed(*directory, "a", 5, 100);
    EXPECT_GT(compact(*directory, "a", {.roll = true}).removed, 0u);
    static_cast<void>(back_up(*directory));
    expect_restored(told(*directory, "a"));
  }
}

TEST_F(CompactedBackup, OfADirectoryThatWentAnotherWayIsRefused) {
  const auto directory = open_small();
  fill_keyed(*directory, "a", 5, 10);
  static_cast<void>(back_up(*directory));
  const fs::path restored = data().parent_path() / "other";
  ASSERT_TRUE(log::restore(backup(), restored));
  fill_keyed(*directory, "a", 5, 5);
  static_cast<void>(back_up(*directory));
  const auto other = Directory::open(restored, {}).value();
  append_keyed(*other, "a", {{"k0", "one"}, {"k0", "two"}, {"k0", "three"}});
  fill_keyed(*other, "a", 5, 20);
  EXPECT_GT(compact(*other, "a", {.roll = true}, Sequence{18}).removed, 0u);
  const auto refused = log::back_up(*other, backup());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("another history"));
}

TEST_F(CompactedBackup, HealsASegmentThatItHasCompacted) {
  auto directory = open_small();
  fill_keyed(*directory, "a", 5, 200);
  EXPECT_GT(compact(*directory, "a", {.roll = true}).removed, 0u);
  static_cast<void>(back_up(*directory));
  const auto lines = told(*directory, "a");
  directory.reset();
  fs::remove(files("a", ".seg").front());
  const auto repaired = log::repair(data(), backup(), {.mode = log::RepairMode::apply});
  ASSERT_TRUE(repaired) << repaired.error().message;
  EXPECT_TRUE(repaired->lost.empty());
  directory = open_small();
  EXPECT_EQ(told(*directory, "a"), lines);
  expect_whole(*directory, "a");
}

TEST_F(CompactedBackup, BringsNothingBackThatWasDeletedSince) {
  auto directory = open_small();
  fill_keyed(*directory, "a", 5, 100);
  append_keyed(*directory, "a", {deletion("k0"), deletion("k1")});
  fill_keyed(*directory, "a", 1, 1);
  static_cast<void>(back_up(*directory));
  append_keyed(*directory, "a", {deletion("k0")});
  EXPECT_GT(compact(*directory, "a", {.roll = true}).removed, 90u);
  EXPECT_EQ(state_of(*directory, "a").rows.size(), 3u);
  directory.reset();
  fs::remove(files("a", ".seg").front());
  const auto repaired = log::repair(data(), backup(), {.mode = log::RepairMode::apply});
  ASSERT_TRUE(repaired) << repaired.error().message;
  ASSERT_EQ(repaired->lost.size(), 1u);
  EXPECT_THAT(repaired->lost[0].what, HasSubstr("as it was before a compaction"));
  EXPECT_TRUE(files("a", "00000000000000000000.seg").empty());
}

/// From before a compaction: where that has changed a segment, nothing of it is taken; where it has not, all is.
TEST_F(CompactedBackup, HealsOfASegmentThatIsHereOnlyWhatIsTheSame) {
  auto directory = open_small();
  fill_keyed(*directory, "a", 5, 100);
  std::minstd_rand random;
  for (int i = 0; i < 6; ++i) {  // Each fills a segment, in one frame.
    std::string noise;
    while (noise.size() < 20'000) noise.push_back(static_cast<char>(random() >> 8U));
    append_keyed(*directory, "a", {{fmt::format("once {}", i), noise}});
  }
  fill_keyed(*directory, "a", 5, 100);
  static_cast<void>(back_up(*directory));
  EXPECT_GT(compact(*directory, "a").removed, 0u);
  const auto lines = told(*directory, "a");
  directory.reset();
  const auto segments = files("a", ".seg");
  const auto repair = [&] {
    const auto repaired = log::repair(data(), backup(), {.mode = log::RepairMode::apply});
    EXPECT_TRUE(repaired) << repaired.error().message;
    return repaired.value_or(log::RepairReport{});
  };
  const auto write = [](const fs::path& file, std::uint64_t at, std::size_t bytes) {
    std::fstream to(file, std::ios::binary | std::ios::in | std::ios::out);
    to.seekp(static_cast<std::streamoff>(at)) << std::string(bytes, 'x');
    EXPECT_TRUE(to.flush());
  };
  // One in the middle keeps all its events, and so its file, footer or not.
  const fs::path same = segments[segments.size() / 2];
  for (const bool with_footer : {true, false}) {
    write(same, log::kFirstFramePosition + 300, 20);
    if (!with_footer) write(same, fs::file_size(same) - 8, 8);
    const log::RepairReport repaired = repair();
    EXPECT_TRUE(repaired.lost.empty());
    EXPECT_FALSE(repaired.healed.empty());
    directory = open_small();
    EXPECT_EQ(told(*directory, "a"), lines);
    directory.reset();
  }
  write(segments.front(), log::kFirstFramePosition + 100, 20);
  const log::RepairReport repaired = repair();
  EXPECT_EQ(repaired.lost.size(), 1u);
  EXPECT_TRUE(repaired.healed.empty());
}

TEST_F(CompactedBackup, TakenAmidACompactionBringsNothingBackEither) {
  auto directory = open_small();
  fill_keyed(*directory, "a", 5, 100);
  const log::TopicInfo info = topic(*directory, "a");
  // Recorded, and dead before it has done anything; another one does it later.
  const std::string body = fmt::format(R"({{"id":"{:016x}{:016x}","partition":0,"through":1,"begin":0,"end":100}})",
                                       info.id.words[0], info.id.words[1]);
  ASSERT_TRUE(directory->catalog().append({{"topic_compacted", "a", body, {}}}, {}));
  static_cast<void>(back_up(*directory));
  append_keyed(*directory, "a", {deletion("k0"), deletion("k1"), deletion("k2"), deletion("k3"), deletion("k4")});
  for (int i = 0; i < 2; ++i) EXPECT_GT(compact(*directory, "a", {.roll = true}).removed, 0u);
  EXPECT_TRUE(read(*directory, "a").empty());
  directory.reset();
  fs::remove(files("a", ".seg").front());
  const auto repaired = log::repair(data(), backup(), {.mode = log::RepairMode::apply});
  ASSERT_TRUE(repaired) << repaired.error().message;
  EXPECT_EQ(repaired->lost.size(), 1u);
}

TEST_F(CompactedBackup, MayStillFillAGapSoDeletionsBehindItStay) {
  auto directory = open_small();
  append_keyed(*directory, "a", {{"k", "old"}});
  fill_keyed(*directory, "a", 5, 100);
  static_cast<void>(back_up(*directory));
  append_keyed(*directory, "a", {deletion("k")});
  fill_keyed(*directory, "a", 5, 100);
  directory.reset();
  std::fstream bytes(files("a", ".seg").front(), std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(static_cast<std::streamoff>(log::kFirstFramePosition) + 212);
  bytes.put('!');
  bytes.close();
  ASSERT_EQ(log::repair(data(), {}, {.mode = log::RepairMode::apply})->gaps.size(), 1u);
  directory = open_small();
  EXPECT_GT(compact(*directory, "a", {.roll = true}).removed, 180u);
  EXPECT_THAT(told(*directory, "a"), testing::Contains(HasSubstr(" k (none) ")));
  EXPECT_EQ(directory->status(topic(*directory, "a"), 0)->lost_events, 1u);
  EXPECT_EQ(read(*directory, "a").size() + directory->status(topic(*directory, "a"), 0)->removed_events, 201u);
}

/// Something happens just before a file is opened for the first time.
class Meanwhile final : public ForwardingSeam {
 public:
  Result<log::File> open(const std::string& path, log::OpenMode mode) override {
    if (then_ && path == at_) std::exchange(then_, {})();
    return ForwardingSeam::open(path, mode);
  }
  void once(std::string at, std::function<void()> then) {
    at_ = std::move(at);
    then_ = std::move(then);
  }
  [[nodiscard]] bool is_over() const { return !then_; }

 private:
  std::string at_;
  std::function<void()> then_;
};

TEST_F(CompactedBackup, HasTheRecordOfACompactionThatCameBetween) {
  const auto directory = open_small();
  fill_keyed(*directory, "a", 5, 200);
  Meanwhile seam;
  const auto beside = open_small(&seam);
  static_cast<void>(told(*beside, "a"));
  seam.once(files("a", ".seg").back().string(), [&] { EXPECT_GT(compact(*directory, "a").removed, 100u); });
  static_cast<void>(back_up(*beside));
  ASSERT_TRUE(seam.is_over());
  const fs::path restored = data().parent_path() / "restored";
  ASSERT_TRUE(log::restore(backup(), restored));
  const auto there = Directory::open(restored, {}).value();
  EXPECT_LT(read(*there, "a").size(), 100u);
  EXPECT_EQ(topic(*there, "a").compacted_through, topic(*directory, "a").compacted_through);
}

TEST_F(CompactedBackup, IsRestoredWithTheRecordOfItsHorizon) {
  const auto directory = open_small();
  fill_keyed(*directory, "a", 5, 200);
  EXPECT_GT(compact(*directory, "a", {.roll = true}).removed, 0u);
  static_cast<void>(back_up(*directory));
  const fs::path restored = data().parent_path() / "restored";
  ASSERT_TRUE(log::restore(backup(), restored));
  const auto there = Directory::open(restored, {}).value();
  EXPECT_EQ(topic(*there, "a").compacted_through, topic(*directory, "a").compacted_through);
  EXPECT_NE(topic(*there, "a").compacted_through, kNoSequence);
}

}  // namespace
}  // namespace kappa::test

// What retention takes, and that nothing else ever goes: not by a death in the middle, not for readers at work.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "forwarding_seam.hpp"
#include "kappa/log/verify.hpp"
#include "log_fixture.hpp"

namespace kappa::test {
namespace {

using log::LogTest;
using log::Retention;
using log::TopicInfo;
using log::Trim;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Micros kDay = 86'400'000'000;
constexpr Micros kBegin = 1'000'000 * kDay / 1'000;

/// A clock that the test moves, and files that cannot be removed when it says so.
class RetentionSeam final : public ForwardingSeam {
 public:
  Micros now() override { return time; }
  Result<void> remove(const std::string& path) override {
    if (path.ends_with(".seg") && removals_left-- <= 0) return fail(Errc::io, "cannot remove " + path);
    return ForwardingSeam::remove(path);
  }
  Result<void> allocate(const log::File& file, std::uint64_t size) override {
    return disk_is_full ? fail(Errc::io, "no space") : ForwardingSeam::allocate(file, size);
  }
  Micros time = kBegin;
  bool disk_is_full = false;
  int removals_left = 1'000;
};

class RetentionTest : public LogTest {
 protected:
  void start(std::uint64_t segment_bytes = 13'000) {  // A few hundred bytes of frames.
    directory_.reset();
    log::ProtocolOptions protocol;
    protocol.segment_bytes = segment_bytes;
    directory_ = open(protocol, &seam_);
  }
  /// An event a day, each in a segment of its own but for the last two.
  void append_days(int days) {
    for (int day = 0; day < days; ++day, seam_.time += kDay)
      append(*directory_, "t", {"day" + std::to_string(day), std::string(500, 'x')});
  }
  TopicInfo set(const Retention& retention) {
    EXPECT_TRUE(directory_->set_retention(topic(*directory_, "t"), retention));
    return topic(*directory_, "t");
  }
  std::vector<Trim> plan() { return directory_->plan_retention(topic(*directory_, "t")).value(); }
  Result<bool> apply(const std::vector<Trim>& trims) {
    const Offset end = directory_->catalog().read().value().end;
    return directory_->trim(topic(*directory_, "t"), trims, end);
  }
  /// The days that are still there.
  std::vector<std::string> days() {
    auto values = read(*directory_, "t");
    std::erase_if(values, [](const std::string& value) { return value.starts_with("x"); });
    return values;
  }
  void expect_whole() {
    const auto report = log::verify_partition(*directory_, topic(*directory_, "t"), 0);
    ASSERT_TRUE(report) << report.error().message;
    for (const log::Damage& damage : report->damages) ADD_FAILURE() << damage.file << ": " << damage.what;
  }

  RetentionSeam seam_;
  std::unique_ptr<log::Directory> directory_;
};

TEST_F(RetentionTest, KeepsForEverUnlessItIsSet) {
  start();
  append_days(5);
  seam_.time += 10'000 * kDay;
  EXPECT_THAT(plan(), IsEmpty());
}

TEST_F(RetentionTest, ByAgeTakesWhatIsOlder) {
  start();
  append_days(6);
  set({.age = 3 * kDay, .bytes = {}});
  ASSERT_TRUE(apply(plan()));
  EXPECT_THAT(days(), ElementsAre("day3", "day4", "day5"));
  const auto status = directory_->status(topic(*directory_, "t"), 0).value();
  EXPECT_EQ(status.extent.start, Offset{6});
  EXPECT_EQ(status.extent.end, Offset{12});
  expect_whole();
}

TEST_F(RetentionTest, ByBytesTakesTheOldestButNeverTheActiveSegment) {
  start();
  append_days(6);
  set({.age = {}, .bytes = 1});
  ASSERT_TRUE(apply(plan()));
  EXPECT_THAT(days(), ElementsAre("day5"));
  expect_whole();
}

TEST_F(RetentionTest, ByAgeTakesTheActiveSegmentToo) {
  start();
  append_days(3);
  set({.age = kDay, .bytes = {}});
  seam_.time += 30 * kDay;
  ASSERT_TRUE(apply(plan()));
  EXPECT_THAT(days(), IsEmpty());
  EXPECT_EQ(append(*directory_, "t", {"day33"}).first, Offset{6});
  EXPECT_THAT(days(), ElementsAre("day33"));
  expect_whole();
}

TEST_F(RetentionTest, OnAFullDiskTakesAllButTheActiveSegment) {
  constexpr std::uint64_t kRoomForAControlFrame = 600;
  start(13'000 + kRoomForAControlFrame);
  append_days(4);
  set({.age = kDay, .bytes = {}});
  seam_.time += 30 * kDay;
  seam_.disk_is_full = true;
  EXPECT_EQ(apply(plan()).error().code, Errc::io);
  EXPECT_THAT(days(), ElementsAre("day3"));
  seam_.disk_is_full = false;
  ASSERT_TRUE(apply(plan()));
  EXPECT_THAT(days(), IsEmpty());
  expect_whole();
}

TEST_F(RetentionTest, KeepsWhatWasAppendedSinceThePlan) {
  start();
  append_days(2);
  set({.age = kDay, .bytes = {}});
  seam_.time += 30 * kDay;
  const auto trims = plan();
  append(*directory_, "t", {"day32"});
  ASSERT_TRUE(apply(trims));
  EXPECT_EQ(days().back(), "day32");
  expect_whole();
}

TEST_F(RetentionTest, IsRefusedWhenTheCatalogHasChangedSinceThePlan) {
  start();
  append_days(4);
  set({.age = kDay, .bytes = {}});
  const auto trims = plan();
  const Offset end = directory_->catalog().read().value().end;
  topic(*directory_, "another");
  EXPECT_FALSE(directory_->trim(topic(*directory_, "t"), trims, end).value());
  EXPECT_EQ(days().size(), 4u);
}

TEST_F(RetentionTest, IsThereAfterARestartOfTheMachine) {
  start();
  append_days(6);
  set({.age = 3 * kDay, .bytes = {}});
  ASSERT_TRUE(apply(plan()));
  directory_.reset();
  std::filesystem::remove(data() / "sequence");
  std::filesystem::remove(data() / "topics" / "t" / "0" / "head");
  start();
  EXPECT_THAT(days(), ElementsAre("day3", "day4", "day5"));
  EXPECT_EQ(topic(*directory_, "t").retention, (Retention{.age = 3 * kDay, .bytes = {}}));
  append(*directory_, "t", {"more"});
  EXPECT_THAT(days(), ElementsAre("day3", "day4", "day5", "more"));
  expect_whole();
}

TEST_F(RetentionTest, LeavesSegmentsThatNobodyReadsWhenItDiesInTheMiddle) {
  start();
  append_days(6);
  set({.age = 2 * kDay, .bytes = {}});
  for (int removals = 0; removals < 3; ++removals) {
    seam_.removals_left = removals;
    const auto trimmed = apply(plan());
    EXPECT_EQ(trimmed.has_value(), removals > 0) << removals;
    EXPECT_THAT(days(), ElementsAre("day4", "day5"));
    expect_whole();
    seam_.removals_left = removals;
    start();
    EXPECT_THAT(days(), ElementsAre("day4", "day5"));
    expect_whole();
  }
  seam_.removals_left = 1'000;
  start();
  EXPECT_EQ(Offset{std::stoull(files("t", ".seg").front().stem())}, Offset{8});
}

TEST_F(RetentionTest, IsFinishedFromTheCatalogAlone) {
  start();
  append_days(4);
  const auto info = topic(*directory_, "t");
  const std::string body =
      fmt::format(R"({{"id":"{:016x}{:016x}","partition":0,"log_start":4}})", info.id.words[0], info.id.words[1]);
  ASSERT_TRUE(directory_->catalog().append({{"topic_trimmed", "t", body, {}}}, {}));
  EXPECT_EQ(days().size(), 4u);
  ASSERT_TRUE(directory_->finish_trims(info));
  EXPECT_THAT(days(), ElementsAre("day2", "day3"));
  EXPECT_TRUE(directory_->finish_trims(info));
  expect_whole();
}

TEST_F(RetentionTest, TellsAReaderThatStandsInWhatGoes) {
  start();
  append_days(6);
  auto reader = directory_->reader(topic(*directory_, "t")).value();
  ASSERT_TRUE(reader->next());
  set({.age = 2 * kDay, .bytes = {}});
  ASSERT_TRUE(apply(plan()));
  // The segment that was next may be open already; what comes behind it is gone.
  auto next = reader->next();
  if (next) next = reader->next();
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().code, Errc::conflict);
  EXPECT_THAT(next.error().message, testing::HasSubstr("before offset 8 were removed by retention"));
  ASSERT_TRUE(reader->seek({0}));
  EXPECT_EQ(reader->next().value()->first_offset, Offset{8});
}

TEST_F(RetentionTest, OfOtherTopicsThanAUsersIsRefused) {
  start();
  const auto changes = directory_->create_topic("v", log::TopicKind::changelog, 1).value();
  EXPECT_EQ(directory_->set_retention(changes, {.age = kDay, .bytes = {}}).error().code, Errc::usage);
  EXPECT_EQ(directory_->set_retention(topic(*directory_, "t"), {.age = 0, .bytes = {}}).error().code, Errc::usage);
}

TEST_F(RetentionTest, ALostFirstSegmentIsStillDamage) {
  start();
  append_days(6);
  set({.age = 3 * kDay, .bytes = {}});
  ASSERT_TRUE(apply(plan()));
  std::filesystem::remove(files("t", ".seg").front());
  const auto report = log::verify_partition(*directory_, topic(*directory_, "t"), 0);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->damages.empty());
  auto reader = directory_->reader(topic(*directory_, "t")).value();
  EXPECT_EQ(reader->next().error().code, Errc::corruption);
}

}  // namespace
}  // namespace kappa::test

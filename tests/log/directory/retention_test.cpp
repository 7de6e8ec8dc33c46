// What retention takes, and that nothing else ever goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kappa/base/event_builder.hpp"
#include "retention_fixture.hpp"

namespace kappa::test {
namespace {

using log::Retention;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

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

/// An event is as old as its append, whatever time it has of its own.
TEST_F(RetentionTest, IsOfTheTimeOfTheAppendNotOfTheEvent) {
  start();
  for (const Micros own : {-3650 * kDay, 3650 * kDay}) {
    EventBatchBuilder event;
    const std::string value(600, 'x');
    event.add({.timestamp = seam_.time + own, .value = as_bytes(value)});
    ASSERT_TRUE(directory_->appender(topic(*directory_, "t")).value()->append(event.columns()));
  }
  set({.age = kDay, .bytes = {}});
  EXPECT_THAT(plan(), IsEmpty());
  seam_.time += 2 * kDay;
  ASSERT_TRUE(apply(plan()));
  EXPECT_THAT(read(*directory_, "t"), IsEmpty());
}

/// Append times never go back: after a clock that was ahead they stand still, and what has them is kept longer.
TEST_F(RetentionTest, ByAgeKeepsTooMuchRatherThanTooLittleAfterAClockThatWasWrong) {
  start();
  append_days(3);
  const Micros right = seam_.time;
  seam_.time += 3650 * kDay;
  append(*directory_, "t", {"ahead", std::string(500, 'x')});
  seam_.time = right;
  append_days(2);
  set({.age = kDay, .bytes = {}});
  seam_.time = right - 3650 * kDay;
  EXPECT_THAT(plan(), IsEmpty());
  seam_.time = right + 30 * kDay;
  ASSERT_TRUE(apply(plan()));
  EXPECT_THAT(days(), ElementsAre("ahead", "day0", "day1"));
  set({.age = kDay, .bytes = 1});
  ASSERT_TRUE(apply(plan()));
  EXPECT_THAT(days(), Not(Contains("ahead")));
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
  EXPECT_THAT(files("t", ".new"), IsEmpty()) << "a segment that could not be begun takes room";
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

TEST_F(RetentionTest, IsKnownThoughTheBytesBeforeItsFrameAreDamaged) {
  start(20'000);
  append_days(45);
  ASSERT_TRUE(apply({{.begin = {0}, .end = {60}}}));
  const TemporaryDirectory killed;  // What a process leaves that is killed here: no mark was written on closing.
  std::filesystem::copy(data(), killed.path(), std::filesystem::copy_options::recursive);
  const Offset begin = directory_->status(topic(*directory_, "t"), 0).value().extent.start;
  ASSERT_GT(begin, Offset{});
  directory_.reset();
  std::filesystem::remove_all(data());
  std::filesystem::copy(killed.path(), data(), std::filesystem::copy_options::recursive);
  const auto active = files("t", ".seg").back();
  std::fstream(active, std::ios::in | std::ios::out | std::ios::binary).seekp(log::kFirstFramePosition + 200).put('#');
  std::filesystem::remove(data() / "sequence");
  start();
  auto reader = directory_->reader(topic(*directory_, "t")).value();
  const auto first = reader->next();
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ((*first)->first_offset, begin);
  const auto report = log::verify_partition(*directory_, topic(*directory_, "t"), 0);
  ASSERT_TRUE(report);
  for (const log::Damage& damage : report->damages)
    EXPECT_THAT(damage.file, testing::EndsWith(active.filename().string()));
  EXPECT_FALSE(report->damages.empty());
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

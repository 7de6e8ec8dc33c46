// What retention takes, and that nothing else ever goes: not by a death in the middle, not for readers at work.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <utility>

#include "bound_fork.hpp"
#include "dying_seam.hpp"
#include "forwarding_seam.hpp"
#include "kappa/base/event_builder.hpp"
#include "kappa/log/verify.hpp"
#include "log_fixture.hpp"

namespace kappa::test {
namespace {

using log::LogTest;
using log::Retention;
using log::TopicInfo;
using log::Trim;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

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
  Result<log::File> open(const std::string& path, log::OpenMode mode) override {
    if (before_opening && path.ends_with(opening)) std::exchange(before_opening, {})();
    return ForwardingSeam::open(path, mode);
  }
  Result<void> allocate(const log::File& file, std::uint64_t size) override {
    return disk_is_full ? fail(Errc::io, "no space") : ForwardingSeam::allocate(file, size);
  }
  Micros time = kBegin;
  bool disk_is_full = false;
  int removals_left = 1'000;
  std::string opening;  ///< How the path of a file ends.
  std::function<void()> before_opening;
};

/// Has the test's time until it dies.
class DyingLater final : public DyingSeam {
 public:
  explicit DyingLater(Micros time) : time_(time) {}
  Micros now() override { return time_; }

 private:
  Micros time_;
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
  /// Says in the catalog that the log of t starts there, and does nothing about it, as a process that died then.
  TopicInfo record_trim(std::uint64_t log_start) {
    const TopicInfo info = topic(*directory_, "t");
    const std::string body = fmt::format(R"({{"id":"{:016x}{:016x}","partition":0,"log_start":{}}})", info.id.words[0],
                                         info.id.words[1], log_start);
    EXPECT_TRUE(directory_->catalog().append({{"topic_trimmed", "t", body, {}}}, {}));
    return info;
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
  const auto info = record_trim(4);
  EXPECT_EQ(days().size(), 4u);
  ASSERT_TRUE(directory_->finish_trims(info));
  EXPECT_THAT(days(), ElementsAre("day2", "day3"));
  EXPECT_TRUE(directory_->finish_trims(info));
  expect_whole();
}

TEST_F(RetentionTest, IsFinishedForOneThatDiedBeforeItsSync) {
  constexpr int kPipeEnds = 2;
  std::array<int, kPipeEnds> go{};
  ASSERT_EQ(pipe2(go.data(), O_CLOEXEC), 0);
  const pid_t child = bound_fork([&] {
    char started = 0;
    if (::read(go[0], &started, 1) != 1) return 1;
    DyingLater seam(seam_.time);
    const auto directory = log::Directory::open(data(), {.seam = &seam});
    if (!directory) return 2;
    const auto info = (*directory)->catalog().find_topic("t");
    seam.dies_at = DyingSeam::At::sync;
    static_cast<void>((*directory)->finish_trims(**info));
    return 3;
  });
  start();
  append_days(4);
  const auto info = record_trim(4);
  ASSERT_EQ(::write(go[1], "!", 1), 1);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  ASSERT_TRUE(directory_->finish_trims(info));
  EXPECT_EQ(Offset{std::stoull(files("t", ".seg").front().stem())}, Offset{4});
  EXPECT_THAT(days(), ElementsAre("day2", "day3"));
  expect_whole();
  for (const int end : go) close(end);
}

TEST_F(RetentionTest, TakesNothingFromATopicThatWasMadeAnewUnderTheName) {
  start();
  append_days(4);
  const auto info = record_trim(4);
  const auto other = open({.segment_bytes = 13'000});
  seam_.opening = "/topics";  // For the lock that making and deleting topics takes.
  seam_.before_opening = [&] {
    ASSERT_TRUE(other->delete_topic(topic(*other, "t")));
    for (int day = 10; day < 14; ++day) append(*other, "t", {"day" + std::to_string(day), std::string(500, 'x')});
  };
  EXPECT_EQ(directory_->finish_trims(info).error().code, Errc::not_found);
  EXPECT_THAT(days(), ElementsAre("day10", "day11", "day12", "day13"));
  expect_whole();
}

TEST_F(RetentionTest, TakesNothingFromATopicWhoseDeletionIsRecordedMeanwhile) {
  start();
  append_days(4);
  const auto info = record_trim(4);
  const auto other = open({.segment_bytes = 13'000});
  seam_.opening = "/topics";
  // As by a process that dies before it removes the files.
  seam_.before_opening = [&] {
    const std::string body = fmt::format(R"({{"id":"{:016x}{:016x}"}})", info.id.words[0], info.id.words[1]);
    ASSERT_TRUE(other->catalog().append({{"topic_deleted", "t", body, {}}}, {}));
  };
  EXPECT_EQ(directory_->finish_trims(info).error().code, Errc::not_found);
  EXPECT_EQ(Offset{std::stoull(files("t", ".seg").front().stem())}, Offset{0});
}

TEST_F(RetentionTest, StopsWhenItIsUndoneMeanwhile) {
  start();
  append_days(3);
  set({.age = kDay, .bytes = {}});
  seam_.time += 30 * kDay;
  const auto other = open({.segment_bytes = 13'000}, &seam_);
  // The active segment is left for a new one so that it may go: then somebody wants to keep it.
  seam_.opening = "/t/0/00000000000000000006.seg.new";
  seam_.before_opening = [&] {
    const auto set = other->set_retention(topic(*other, "t"), {});
    EXPECT_TRUE(set) << set.error().message;
  };
  const auto trimmed = apply(plan());
  ASSERT_TRUE(trimmed) << trimmed.error().message;
  EXPECT_FALSE(*trimmed);
  EXPECT_THAT(plan(), IsEmpty());
  EXPECT_THAT(days(), ElementsAre("day2"));
  expect_whole();
}

TEST_F(RetentionTest, ALogStartWhereNoSegmentBeginsIsRefusedAndNotTriedForEver) {
  start();
  append_days(4);
  const auto refused = directory_->finish_trims(record_trim(3));
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("no segment begins at offset 3"));
  EXPECT_EQ(days().size(), 4u);
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

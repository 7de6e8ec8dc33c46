// What retention began is finished by whoever comes next, and takes nothing more: after a death in the middle, and
// beside others who change the topic meanwhile.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "bound_fork.hpp"
#include "dying_seam.hpp"
#include "retention_fixture.hpp"

namespace kappa::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Has the test's time until it dies.
class DyingLater final : public DyingSeam {
 public:
  explicit DyingLater(Micros time) : time_(time) {}
  Micros now() override { return time_; }

 private:
  Micros time_;
};

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

}  // namespace
}  // namespace kappa::test

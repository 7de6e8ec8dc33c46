// Append times rise with the sequences, whatever the clock of the machine does.
#include <gtest/gtest.h>

#include "forwarding_seam.hpp"
#include "log_fixture.hpp"

namespace kappa::test {
namespace {

using log::LogTest;

constexpr Micros kLate = 2'000'000'000'000'000;
constexpr Micros kEarly = 1'000'000'000'000'000;

class SetClock final : public ForwardingSeam {
 public:
  Micros now() override { return time; }
  Micros time = kLate;
};

class AppendTime : public LogTest {
 protected:
  AppendTime() {
    topic(*directory_, "u");
    late_ = append(*directory_, "t", {"late"});
    clock_.time = kEarly;
  }
  /// What DIR/sequence says comes next is from before everything in the log.
  void forget() const {
    constexpr std::streamoff kNextPosition = 64;
    const std::uint64_t next_and_time[] = {1, 0};
    std::fstream(data() / "sequence", std::ios::binary | std::ios::in | std::ios::out)
        .seekp(kNextPosition)
        .write(reinterpret_cast<const char*>(next_and_time), sizeof next_and_time);
  }

  SetClock clock_;
  std::unique_ptr<log::Directory> directory_ = open({}, &clock_);
  log::Stamp late_;
};

TEST_F(AppendTime, FollowsTheClockForwards) {
  clock_.time = kLate + 1;
  EXPECT_EQ(late_.append_time, kLate);
  EXPECT_EQ(append(*directory_, "t", {"later"}).append_time, kLate + 1);
}

TEST_F(AppendTime, NeverGoesBackInAPartition) {
  EXPECT_EQ(append(*directory_, "t", {"early"}).append_time, kLate);
}

TEST_F(AppendTime, NeverGoesBackBetweenPartitions) {
  EXPECT_EQ(append(*directory_, "u", {"early"}).append_time, kLate);
}

TEST_F(AppendTime, NeverGoesBackOverARestartOfTheMachine) {
  directory_ = nullptr;
  std::filesystem::remove(data() / "sequence");
  directory_ = open({}, &clock_);
  EXPECT_EQ(append(*directory_, "u", {"early"}).append_time, kLate);
}

// As after a start that could not read the partition, whose file has been restored since.
TEST_F(AppendTime, NeverGoesBackInAPartitionThatTheStartDidNotSee) {
  forget();
  const log::Stamp stamp = append(*directory_, "t", {"early"});
  EXPECT_EQ(stamp.append_time, kLate);
  EXPECT_GT(stamp.sequence, late_.sequence);
}

}  // namespace
}  // namespace kappa::test

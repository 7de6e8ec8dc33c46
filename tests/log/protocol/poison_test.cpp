// A failed sync stays failed: for who waits, for other processes, and for what comes later. Once it is found that the
// bytes can be written again, the partition goes on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "failing_seam.hpp"
#include "log_fixture.hpp"

namespace kappa::test {
namespace {

using log::Appender;
using log::Directory;
using log::LogTest;
using Strings = std::vector<std::string>;
using Fault = FailingSeam::Fault;

/// Once told, loses what it is to sync and dies of it, so that nobody is told.
class DyingInASync final : public ForwardingSeam {
 public:
  struct Death {};
  // Not as a copy of it, which would pass it by.
  explicit DyingInASync(FailingSeam& disk) : ForwardingSeam(static_cast<log::Seam&>(disk)), disk_(disk) {}
  Result<void> sync_data(const log::File& file) override {
    if (!dies) return disk_.sync_data(file);
    disk_.fail_call(Fault::sync, 1);
    static_cast<void>(disk_.sync_data(file));
    throw Death{};
  }
  bool dies = false;

 private:
  FailingSeam& disk_;
};

/// Once told, does something while a sync is under way.
class BusySync final : public ForwardingSeam {
 public:
  explicit BusySync(FailingSeam& disk) : ForwardingSeam(static_cast<log::Seam&>(disk)) {}
  Result<void> sync_data(const log::File& file) override {
    if (meanwhile) std::exchange(meanwhile, nullptr)();
    return real().sync_data(file);
  }
  std::function<void()> meanwhile;
};

/// Time passes by being looked at, so that a wait that is in vain ends soon.
class QuickTime final : public ForwardingSeam {
 public:
  explicit QuickTime(FailingSeam& disk) : ForwardingSeam(static_cast<log::Seam&>(disk)) {}
  std::chrono::nanoseconds monotonic() override { return time_ += std::chrono::milliseconds{1}; }

 private:
  std::chrono::nanoseconds time_{};
};

class Poison : public LogTest {
 protected:
  Poison() {
    one_ = open({}, &seam_);
    other_ = open({}, &seam_);
    append(*one_, "t", {"before"});
    mine_ = appender(*one_);
    theirs_ = appender(*other_);
  }
  static std::unique_ptr<Appender> appender(Directory& directory) {
    return directory.appender(topic(directory, "t")).value();
  }
  static log::Stamp write(Appender& appender, const std::string& value) {
    EventBatchBuilder events;
    events.add({.value = as_bytes(value)});
    return appender.write(events.columns()).value();
  }
  static std::unique_ptr<log::OrderedReader> merge(Directory& directory) {
    const log::TopicInfo inputs[] = {topic(directory, "t")};
    return directory.ordered_reader(inputs).value();
  }
  /// Waits for the event of a stamp, which helps its writer.
  static Result<Sequence> wait_for(log::OrderedReader& reader, const log::Stamp& stamp) {
    return reader.wait_past(Sequence{stamp.sequence.value - 1}, std::chrono::milliseconds{200}, {});
  }
  /// What a merge delivers from its place on.
  static Strings served(log::OrderedReader& reader) {
    const Sequence bound = reader.bound().value();
    Strings values;
    while (const auto batch = reader.next(bound).value()) add_values(*batch, values);
    return values;
  }
  /// Leaves the active segment for a new one, as retention does.
  static Result<bool> begin_segment(Directory& directory) {
    const log::Trim trims[] = {{.begin = {}, .end = {}, .leaves_active = true}};
    return directory.trim(topic(directory, "t"), trims, directory.catalog().read().value().end);
  }
  [[nodiscard]] Strings events() const { return read(*one_, "t"); }

  FailingSeam seam_;
  std::unique_ptr<Directory> one_;
  std::unique_ptr<Directory> other_;
  std::unique_ptr<Appender> mine_;
  std::unique_ptr<Appender> theirs_;
};

TEST_F(Poison, AFailedSyncIsNotAcknowledgedThoughTheNextOneSucceeds) {
  seam_.fail_call(Fault::sync, 1);
  const auto failed = try_append(*mine_, {"lost"});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::io);
  EXPECT_EQ(events(), Strings{"before"});
}

TEST_F(Poison, FailsEveryAppendBegunBefore) {
  const log::Stamp theirs = write(*theirs_, "theirs");
  seam_.fail_call(Fault::sync, 1);
  EXPECT_FALSE(try_append(*mine_, {"mine"}));
  const auto durable = theirs_->await_durable(theirs);
  ASSERT_FALSE(durable);
  EXPECT_THAT(durable.error().message, testing::HasSubstr("t/0: the sync of the append with sequence"));
}

TEST_F(Poison, IsSeenByWhoOpensAfterwards) {
  seam_.fail_call(Fault::sync_evicting, 1);
  EXPECT_FALSE(try_append(*mine_, {"lost"}));
  const auto later = open({}, &seam_);
  EXPECT_EQ(read(*later, "t"), Strings{"before"});
  // Its append first makes sure of what is there, and fails as long as it cannot.
  seam_.fail_call(Fault::sync, 1);
  const auto refused = try_append(*appender(*later), {"refused"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::io);
  EXPECT_THAT(refused.error().hint, testing::HasSubstr("nothing is acknowledged until a sync succeeds"));
  EXPECT_EQ(events(), Strings{"before"});
  EXPECT_TRUE(try_append(*appender(*later), {"after"}));
  EXPECT_EQ(events(), (Strings{"before", "after"}));
}

TEST_F(Poison, OfAStreamIsToldToWhoAwaitsItsEnd) {
  write(*mine_, "1");
  seam_.fail_call(Fault::sync_evicting, 1);
  EXPECT_FALSE(try_append(*theirs_, {"2"}));
  const log::Stamp last = write(*mine_, "3");
  EXPECT_FALSE(mine_->await_durable(last));
  EXPECT_EQ(events(), (Strings{"before", "3"}));
  EXPECT_TRUE(try_append(*mine_, {"4"}));
}

// Once the poison is cleared, what was written behind it is durable, and this is not.
TEST_F(Poison, FailsWhatIsWrittenWhileTheSyncIsUnderWay) {
  BusySync busy(seam_);
  const auto directory = open({}, &busy);
  const auto leader = appender(*directory);
  log::Stamp theirs;
  busy.meanwhile = [&] {
    theirs = write(*theirs_, "meanwhile");
    seam_.fail_call(Fault::sync_evicting, 1);
  };
  EXPECT_FALSE(try_append(*leader, {"lost"}));
  EXPECT_TRUE(try_append(*mine_, {"after"}));
  EXPECT_FALSE(theirs_->await_durable(theirs));
  EXPECT_EQ(events(), (Strings{"before", "after"}));
}

// The next sync would succeed over what the dead leader's has lost, and nobody was told of that one.
TEST_F(Poison, IsSuspectedOfARoundWhoseLeaderDied) {
  DyingInASync dying(seam_);
  const auto dead = open({}, &dying);
  const auto leader = appender(*dead);
  dying.dies = true;
  EXPECT_THROW(static_cast<void>(try_append(*leader, {"of the dead"})), DyingInASync::Death);
  dying.dies = false;  // Its destructors tidy up at the end of the test.
  EXPECT_TRUE(try_append(*theirs_, {"theirs"}));
  const std::filesystem::path lost_power = data().string() + "-device";
  seam_.restore_device(data(), lost_power);
  auto device = log::open_directory(lost_power, {}, {});
  ASSERT_TRUE(device) << device.error().message;
  EXPECT_EQ(read(**device, "t"), (Strings{"before", "of the dead", "theirs"}));
}

// A reader could do nothing about it: it waits on.
TEST_F(Poison, IsWhatAReaderLeavesThatHelpsInVain) {
  QuickTime quick(seam_);
  const auto directory = open({}, &quick);
  const auto reader = merge(*directory);
  const log::Stamp lost = write(*mine_, "lost");
  seam_.fail_call(Fault::sync_evicting, 1);
  const auto reached = wait_for(*reader, lost);
  ASSERT_TRUE(reached) << reached.error().message;
  EXPECT_TRUE(seam_.fired());
  EXPECT_LT(*reached, lost.sequence);
  EXPECT_EQ(served(*reader), Strings{"before"});
  EXPECT_FALSE(mine_->await_durable(lost));
  EXPECT_TRUE(try_append(*mine_, {"after"}));
  EXPECT_EQ(served(*reader), Strings{"after"});
}

// It may not write, so nobody but itself learns of its failure.
TEST_F(Poison, IsSuspectedOfAReadOnlyReaderThatHelpedInVain) {
  QuickTime quick(seam_);
  const auto directory = log::open_directory(data(), {.access = log::Access::read_only, .seam = &quick}, {}).value();
  const auto reader = merge(*directory);
  const log::Stamp dead = write(*mine_, "of the dead");
  seam_.fail_call(Fault::sync, 1);
  EXPECT_FALSE(wait_for(*reader, dead));
  const auto later = open({}, &seam_);
  EXPECT_TRUE(try_append(*appender(*later), {"later"}));
  const std::filesystem::path lost_power = data().string() + "-device";
  seam_.restore_device(data(), lost_power);
  const auto device = log::open_directory(lost_power, {}, {});
  ASSERT_TRUE(device) << device.error().message;
  EXPECT_EQ(read(**device, "t"), (Strings{"before", "of the dead", "later"}));
}

TEST_F(Poison, IsClearedByWhoBeginsASegment) {
  seam_.fail_call(Fault::sync_evicting, 1);
  EXPECT_FALSE(try_append(*mine_, {"lost"}));
  seam_.fail_call(Fault::sync, 1);
  const auto refused = begin_segment(*other_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::io);
  EXPECT_THAT(refused.error().hint, testing::HasSubstr("nothing is acknowledged until a sync succeeds"));
  EXPECT_EQ(files("t", ".seg").size(), 1u);
  EXPECT_TRUE(begin_segment(*other_));
  EXPECT_EQ(files("t", ".seg").size(), 2u);
  EXPECT_TRUE(try_append(*mine_, {"after"}));
  EXPECT_EQ(events(), (Strings{"before", "after"}));
}

TEST_F(Poison, IsNotForgottenOverALaterOne) {
  const log::Stamp lost = write(*mine_, "1");
  seam_.fail_call(Fault::sync_evicting, 1);
  EXPECT_FALSE(try_append(*theirs_, {"2"}));
  EXPECT_TRUE(try_append(*theirs_, {"3"}));
  seam_.fail_call(Fault::sync, 1);
  EXPECT_FALSE(try_append(*theirs_, {"4"}));
  EXPECT_FALSE(mine_->await_durable(lost));
}

TEST_F(Poison, LeavesWhatWasDurableBeforeAcknowledged) {
  const log::Stamp mine = write(*mine_, "mine");
  EXPECT_TRUE(try_append(*theirs_, {"theirs"}));
  seam_.fail_call(Fault::sync, 1);
  EXPECT_FALSE(try_append(*theirs_, {"lost"}));
  EXPECT_TRUE(mine_->await_durable(mine));
}

}  // namespace
}  // namespace kappa::test

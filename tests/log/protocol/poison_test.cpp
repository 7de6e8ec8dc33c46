// A failed sync stays failed: for who waits, for other processes, and for what comes later. Once it is found that the
// bytes can be written again, the partition goes on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "failing_seam.hpp"
#include "log_fixture.hpp"

namespace kappa::test {
namespace {

using log::Appender;
using log::Directory;
using log::LogTest;
using Strings = std::vector<std::string>;
using Fault = FailingSeam::Fault;

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

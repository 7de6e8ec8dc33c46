// Who leads a round may be stopped in its sync for as long as it likes: another takes over, and the late one harms
// nothing.
#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "forwarding_seam.hpp"
#include "log_fixture.hpp"

namespace kappa::test {
namespace {

using log::LogTest;
using Strings = std::vector<std::string>;

/// Once told, does something after a sync and before anybody knows of its end.
class SlowSync final : public ForwardingSeam {
 public:
  Result<void> sync_data(const log::File& file) override {
    auto synced = real().sync_data(file);
    if (meanwhile) std::exchange(meanwhile, nullptr)();
    return synced;
  }
  std::function<void()> meanwhile;
};

class SlowLeader : public LogTest {};

TEST_F(SlowLeader, DoesNotPublishOverANewerEnd) {
  SlowSync slow;
  const auto directory = open({}, &slow);
  const auto other = open();
  append(*directory, "t", {"before"});
  const auto appender = directory->appender(topic(*directory, "t")).value();
  slow.meanwhile = [&] { append(*other, "t", {"of the other"}); };
  ASSERT_TRUE(try_append(*appender, {"of the slow one"}));
  ASSERT_FALSE(slow.meanwhile);
  EXPECT_EQ(read(*directory, "t"), (Strings{"before", "of the slow one", "of the other"}));
}

}  // namespace
}  // namespace kappa::test

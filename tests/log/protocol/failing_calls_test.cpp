// One call of the operating system fails, each in its turn: the first write, the second, and so on until a run is over
// before the call is reached. Whatever fails: what was acknowledged is there, now, for another process and after a loss
// of power; an append that was refused for want of space has left nothing; the next append works.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "failing_seam.hpp"
#include "kappa/log/verify.hpp"
#include "log_fixture.hpp"

namespace kappa::test {
namespace {

using log::Appender;
using log::Directory;
using log::LogTest;
using log::ProtocolOptions;
using Strings = std::vector<std::string>;
using Fault = FailingSeam::Fault;

constexpr int kAppends = 14;
constexpr int kReopenedAfter = 7;
constexpr int kCallsMax = 1000;

// Four frames a segment and a mark every second frame.
ProtocolOptions small_sizes() {
  ProtocolOptions small;
  small.segment_bytes = 13'500;
  small.mark_every_bytes = 600;
  return small;
}

class FailingCalls : public LogTest, public testing::WithParamInterface<Fault> {
 protected:
  struct Ledger {
    Strings acknowledged;
    Strings uncertain;  ///< Their sync failed: they may be found, in their place, or not.
  };

  [[nodiscard]] static bool loses_pages() { return GetParam() >= Fault::sync; }

  /// Until it succeeds: at most one attempt meets the failing call.
  template <typename Attempt>
  static auto twice(Attempt attempt) {
    auto first = attempt();
    return first ? std::move(first) : attempt();
  }
  [[nodiscard]] std::unique_ptr<Directory> open_failing(FailingSeam& seam) const {
    auto opened = twice([&] {
      return log::open_directory(data(), {.access = log::Access::read_write, .create = true, .seam = &seam},
                                 small_sizes());
    });
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
  }
  static std::unique_ptr<Appender> appender(Directory& directory) {
    auto found = directory.catalog().find_topic("t");
    if (!found || !*found) {
      auto made = directory.create_topic("t", log::TopicKind::user);
      if (!made) made = directory.create_topic("t", log::TopicKind::user);
      // An event whose sync failed may have become durable after all.
      EXPECT_TRUE(made || made.error().code == Errc::conflict) << made.error().message;
    }
    auto opened = twice([&] { return directory.appender(topic(directory, "t")); });
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
  }
  static void append(Appender& appender, int from, int to, Ledger& ledger, bool& failed) {
    for (int i = from; i < to; ++i) {
      const std::string value = "v" + std::to_string(i);
      const auto stamp = try_append(appender, {value});
      if (stamp) ledger.acknowledged.push_back(value);
      if (!stamp && loses_pages()) ledger.uncertain.push_back(value);
      EXPECT_TRUE(stamp || !failed) << "a second append fails: " << stamp.error().message;
      EXPECT_TRUE(stamp || stamp.error().code == Errc::io) << stamp.error().message;
      failed |= !stamp;
    }
  }

  static void check(Directory& directory, const Ledger& ledger, const std::string& where) {
    auto found = directory.reader(topic(directory, "t"));
    ASSERT_TRUE(found) << where << found.error().message;
    Strings sure;
    for (const std::string& value : read_on(**found)) {
      const bool uncertain = std::ranges::find(ledger.uncertain, value) != ledger.uncertain.end();
      if (!uncertain) sure.push_back(value);
    }
    EXPECT_EQ(sure, ledger.acknowledged) << where;
    const auto report = log::verify_partition(directory, topic(directory, "t"), 0);
    ASSERT_TRUE(report) << where << report.error().message;
    for (const log::Damage& damage : report->damages) ADD_FAILURE() << where << damage.file << ": " << damage.what;
  }

  /// False if the run was over before the call came.
  bool run(int number) {
    std::filesystem::remove_all(data());
    FailingSeam seam;
    seam.fail_call(GetParam(), number);
    Ledger ledger;
    bool failed = false;
    append(*appender(*open_failing(seam)), 0, kReopenedAfter, ledger, failed);
    {
      const auto directory = open_failing(seam);
      append(*appender(*directory), kReopenedAfter, kAppends, ledger, failed);
      check(*directory, ledger, "same process: ");
      check(*open_failing(seam), ledger, "beside it: ");
    }
    check(*open_failing(seam), ledger, "opened again: ");
    const std::filesystem::path lost_power = data().string() + "-device";
    seam.restore_device(data(), lost_power);
    auto device = log::open_directory(lost_power, {}, small_sizes());
    EXPECT_TRUE(device) << device.error().message;
    if (device) check(**device, ledger, "after a loss of power: ");
    device = nullptr;
    std::filesystem::remove_all(lost_power);
    return seam.fired();
  }
};

TEST_P(FailingCalls, OneAfterTheOtherLoseNothingAcknowledged) {
  int number = 1;
  while (number < kCallsMax && run(number) && !HasFailure()) ++number;
  EXPECT_FALSE(HasFailure()) << "where call " << number << " fails";
  EXPECT_GT(number, 5);
  RecordProperty("calls", number - 1);
}

std::string name_of_fault(const testing::TestParamInfo<Fault>& fault) {
  static constexpr const char* kNames[] = {"WriteNone", "WriteHalf", "WriteAll", "Allocate", "Sync", "SyncEvicting"};
  return kNames[static_cast<int>(fault.param)];
}

INSTANTIATE_TEST_SUITE_P(Of, FailingCalls,
                         testing::Values(Fault::write_none, Fault::write_half, Fault::write_all, Fault::allocate,
                                         Fault::sync, Fault::sync_evicting),
                         name_of_fault);

}  // namespace
}  // namespace kappa::test

// Every call of small histories fails, one by one, until a run passes without: what was acknowledged stays, whatever
// crash follows, and without ceremony appending goes on.
#include "failing_disk.hpp"

#include <gtest/gtest.h>

#include <iostream>

#include "crash_explorer.hpp"
#include "fmt/format.h"

namespace kappa::test {
namespace {

constexpr int kCallsMax = 2000;

class FailingCalls : public testing::TestWithParam<FailingCall::Kind> {
 protected:
  /// Returns how many calls there were to fail.
  int fail_each_call(const Operations& operations) {
    int number = 1;
    for (; number < kCallsMax; ++number) {
      call_ = {.kind = GetParam(), .left = number};
      explorer_.explore(operations, 1, CrashExplorer::Failures::expected);
      if (!call_.fired || !explorer_.faults().empty()) break;
    }
    for (const std::string& fault : explorer_.faults()) ADD_FAILURE() << "call " << number << ": " << fault;
    return number;
  }

  FailingCall call_;
  CrashExplorer explorer_{{.moments = CrashEffort::Moments::after_operations,
                           .random_images = 2,
                           .torn_bytes = 1,
                           .recovery = {.nested_one_in = 256}},
                          1500};
};

TEST_P(FailingCalls, LoseNothingThatWasAcknowledged) {
  explorer_.decorate([this](DiskSeam& disk) { return std::make_unique<FailingDisk>(disk, call_); }, {});
  int calls = 0;
  const std::vector<Operations> histories = histories_of(2);
  for (std::size_t i = 0; i < histories.size() && !HasFailure(); i += 9) calls += fail_each_call(histories[i]);
  std::cout << fmt::format("{} failed calls, {} crash states\n", calls, explorer_.counts().states);
}

std::string name_of(const testing::TestParamInfo<FailingCall::Kind>& tested) {
  return std::array{"Refused", "Half", "SyncLost", "SyncLostAndEvicted"}[static_cast<std::size_t>(tested.param)];
}
INSTANTIATE_TEST_SUITE_P(All, FailingCalls,
                         testing::Values(FailingCall::Kind::refused, FailingCall::Kind::half, FailingCall::Kind::lost,
                                         FailingCall::Kind::evicted),
                         name_of);

}  // namespace
}  // namespace kappa::test

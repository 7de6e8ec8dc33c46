// Every call of small histories fails, one by one, until a run passes without: what was acknowledged stays, whatever
// crash follows, and without ceremony appending goes on.
#include "failing_disk.hpp"

#include <gtest/gtest.h>

#include <iostream>

#include "crash_explorer.hpp"
#include "fmt/format.h"
#include "rarer.hpp"

namespace kappa::test {
namespace {

constexpr int kCallsMax = 2000;

struct Failing {
  const char* name;
  FailingCall::Kind kind;
  bool for_good = false;
  std::size_t one_in = 9;  ///< Of the histories.
};

class FailingCalls : public testing::TestWithParam<Failing> {
 protected:
  /// Returns how many calls there were to fail.
  int fail_each_call(const Operations& operations) {
    int number = 1;
    for (; number < kCallsMax; ++number) {
      call_ = {.kind = GetParam().kind, .left = number, .for_good = GetParam().for_good};
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
  explorer_.when_failures_end([this] { call_.for_good = false; });
  int calls = 0;
  const std::vector<Operations> histories = histories_of(2);
  for (std::size_t i = 0; i < histories.size() && !HasFailure(); i += GetParam().one_in * kRarer)
    calls += fail_each_call(histories[i]);
  std::cout << fmt::format(
      "figure: failing calls: {} calls failed\nfigure: failing calls: {} crash states after them\n", calls,
      explorer_.counts().states);
}

constexpr Failing kFailing[] = {{"Refused", FailingCall::Kind::refused},
                                {"Half", FailingCall::Kind::half},
                                {"SyncLost", FailingCall::Kind::lost},
                                {"SyncLostAndEvicted", FailingCall::Kind::evicted},
                                {"RefusedForGood", FailingCall::Kind::refused, true, 23},
                                {"HalfForGood", FailingCall::Kind::half, true, 23},
                                {"NoSpace", FailingCall::Kind::no_space, true, 7},
                                {"NoDescriptors", FailingCall::Kind::no_descriptors, true, 13},
                                {"SyncsLostForGood", FailingCall::Kind::lost, true}};

INSTANTIATE_TEST_SUITE_P(All, FailingCalls, testing::ValuesIn(kFailing),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace kappa::test

// One allocation fails, and then another one: told as an error, nothing acknowledged lost, no lock kept, the next
// attempt works. Here a sample of them; allocations_torture_test.cpp takes every one.
#include <iostream>

#include "every_step.hpp"

namespace kappa::test {
namespace {

constexpr std::uint64_t kSamples = 60;

class Allocations : public EveryStep, public testing::WithParamInterface<Shortage> {};

TEST_P(Allocations, ThatFailAreToldAndLoseNothing) {
  const std::uint64_t all = allocations();
  ASSERT_GT(all, kSamples);
  std::uint64_t failed = 0;
  for (std::uint64_t n = 1; n <= all && !HasFailure(); n += all / kSamples) {
    SCOPED_TRACE(testing::Message() << "allocation " << n << " of " << all);
    failed += pass(GetParam(), n) ? 1 : 0;
  }
  EXPECT_GE(failed, kSamples / 2);
  std::cout << "figure: allocations: " << failed << " failed\nfigure: allocations: " << all << " there were to fail\n";
}

INSTANTIATE_TEST_SUITE_P(Memory, Allocations, testing::Values(Shortage::once, Shortage::lasting));

}  // namespace
}  // namespace kappa::test

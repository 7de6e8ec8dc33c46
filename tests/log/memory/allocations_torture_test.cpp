// As allocations_test.cpp, with every allocation of a pass, until a pass runs clean.
#include <iostream>

#include "every_step.hpp"

namespace kappa::test {
namespace {

class EveryAllocation : public EveryStep, public testing::WithParamInterface<Shortage> {};

TEST_P(EveryAllocation, ThatFailsIsToldAndLosesNothing) {
  std::uint64_t n = 1;
  for (; !HasFailure(); ++n) {
    SCOPED_TRACE(testing::Message() << "allocation " << n);
    if (!pass(GetParam(), n)) break;
  }
  std::cout << "figure: allocations: " << n - 1 << " failed, all there were\n";
}

INSTANTIATE_TEST_SUITE_P(Memory, EveryAllocation, testing::Values(Shortage::once, Shortage::lasting));

}  // namespace
}  // namespace kappa::test

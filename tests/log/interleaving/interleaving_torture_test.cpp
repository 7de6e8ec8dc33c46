// All schedules of the small histories with at most two preemptions and one death.
#include "scenarios.hpp"

namespace kappa::test {
namespace {

class AllInterleavings : public testing::TestWithParam<Scenario> {};

TEST_P(AllInterleavings, TwoPreemptionsAndOneDeath) {
  expect_no_fault(GetParam(), {.budget = {2, 1}});
}

INSTANTIATE_TEST_SUITE_P(Small, AllInterleavings, testing::ValuesIn(small_scenarios()), name_of);

}  // namespace
}  // namespace kappa::test

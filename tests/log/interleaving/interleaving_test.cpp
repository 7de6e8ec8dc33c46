// Two appenders and a merging reader in all orders that matter. What is left to the sample here, ./dev torture runs.
#include "rarer.hpp"
#include "scenarios.hpp"

namespace kappa::test {
namespace {

// Of the schedules with two turns one in so many, and of those with three that begin like it again one in so many.
constexpr std::uint32_t kSample = kRarer == 1 ? 20 : 57;
constexpr int kRandomSchedules = 3000;

class Interleaving : public testing::TestWithParam<Scenario> {};

TEST_P(Interleaving, OnePreemptionAndOneDeath) {
  expect_no_fault(GetParam(), {.budget = {1, 1}, .one_in = kRarer, .seed = seed_of_run()});
}

TEST_P(Interleaving, TwoPreemptions) {
  expect_no_fault(GetParam(), {.budget = {2, 0}, .one_in = kRarer, .seed = seed_of_run()});
}

TEST_P(Interleaving, SampleOfTwoPreemptionsAndOneDeath) {
  expect_no_fault(GetParam(), {.budget = {2, 1}, .one_in = kSample, .seed = seed_of_run()});
}

INSTANTIATE_TEST_SUITE_P(Small, Interleaving, testing::ValuesIn(small_scenarios()), name_of);

class LongInterleaving : public testing::TestWithParam<Scenario> {};

// Three appends each, up to eight preemptions, a death in every second schedule.
TEST_P(LongInterleaving, RandomSchedules) {
  std::mt19937_64 random(seed_of_run());
  History history(GetParam());
  const auto steps = static_cast<std::uint32_t>(history.run({}).trace.size());
  for (int i = 0; i < kRandomSchedules && !HasFailure(); ++i) {
    const Schedule schedule = random_schedule(random, steps, 8);
    EXPECT_EQ(history.run(schedule).fault, "") << schedule.text();
  }
}

INSTANTIATE_TEST_SUITE_P(
    Random, LongInterleaving,
    testing::Values(Scenario{.name = "Mixed", .first = {0, 1, 0}, .second = {1, 0, 0}},
                    Scenario{
                        .name = "OneTopicTidy", .first = {0, 0, 0}, .second = {0, 0, 0}, .end = Scenario::End::tidy},
                    Scenario{.name = "Rolls", .first = {0, 0, 1}, .second = {0, 1, 0}, .segment_bytes = 12800}),
    name_of);

}  // namespace
}  // namespace kappa::test

// A sample of the bits and lengths that every_bit_torture_test.cpp tries all of.
#include <gtest/gtest.h>

#include <iostream>
#include <random>

#include "every_bit_cases.hpp"
#include "fmt/format.h"
#include "rarer.hpp"

namespace kappa::test {
namespace {

class EveryBitSample : public testing::TestWithParam<BitCase> {};

TEST_P(EveryBitSample, IsToldOrHarmless) {
  const BitCase& one = GetParam();
  const char* given = std::getenv("KAPPA_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  const Tally tally = run_case(one, {.one_in = one.sampled_one_in * kRarer, .seed = seed});
  std::cout << fmt::format("KAPPA_SEED={}, {}", seed, tally.text(one.name));
  EXPECT_GT(tally.all(), 10u);
  for (const std::string& fault : tally.kept()) ADD_FAILURE() << fault;
}

INSTANTIATE_TEST_SUITE_P(All, EveryBitSample, testing::ValuesIn(bit_cases()),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace kappa::test

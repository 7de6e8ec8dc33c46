// Every bit of files inverted, every length cut off; in parts, each of which takes minutes.
#include <gtest/gtest.h>

#include <iostream>

#include "every_bit_cases.hpp"
#include "fmt/format.h"

namespace kappa::test {
namespace {

struct Part {
  BitCase of;
  std::uint64_t number;
};

std::vector<Part> parts() {
  std::vector<Part> parts;
  for (const BitCase& one : bit_cases())
    for (std::uint64_t i = 0; i < one.parts; ++i) parts.push_back({one, i});
  return parts;
}

class EveryBit : public testing::TestWithParam<Part> {};

TEST_P(EveryBit, IsToldOrHarmless) {
  const Part& part = GetParam();
  const Tally tally = run_case(part.of, {.part = part.number, .parts = part.of.parts});
  std::cout << tally.text(part.of.name);
  for (const std::string& fault : tally.kept()) ADD_FAILURE() << fault;
}

INSTANTIATE_TEST_SUITE_P(All, EveryBit, testing::ValuesIn(parts()), [](const auto& tested) {
  return fmt::format("{}{}of{}", tested.param.of.name, tested.param.number + 1, tested.param.of.parts);
});

}  // namespace
}  // namespace kappa::test

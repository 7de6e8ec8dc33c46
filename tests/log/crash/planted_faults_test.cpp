// That the crash tests can fail: each planted fault is found.
#include "planted_faults.hpp"

#include <gtest/gtest.h>

#include <iostream>

#include "crash_explorer.hpp"

namespace kappa::test {
namespace {

class PlantedFaults : public testing::TestWithParam<PlantedFault> {};

TEST_P(PlantedFaults, AreCaught) {
  CrashExplorer explorer({.random_images = 4, .torn_bytes = 1, .recovery = {.nested_one_in = 4, .appended_one_in = 2}},
                         1500);
  explorer.decorate(GetParam().make, GetParam().make);
  for (std::size_t length = 1; length <= 2 && explorer.faults().empty(); ++length) {
    for (const Operations& operations : histories_of(length)) {
      if (explorer.faults().empty()) explorer.explore(operations, 1);
    }
  }
  ASSERT_FALSE(explorer.faults().empty()) << explorer.counts().states << " crash states, and nothing was found";
  std::cout << "after " << explorer.counts().states << " crash states: " << explorer.faults().front() << "\n";
}

std::string name_of(const testing::TestParamInfo<PlantedFault>& tested) {
  return tested.param.name;
}
INSTANTIATE_TEST_SUITE_P(All, PlantedFaults, testing::ValuesIn(planted_faults()), name_of);

}  // namespace
}  // namespace kappa::test

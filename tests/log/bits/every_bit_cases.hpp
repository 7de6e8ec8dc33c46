#pragma once
#include <vector>

#include "every_bit.hpp"

namespace kappa::test {

/// Files whose damage is tried.
struct BitCase {
  const char* name;
  std::uint64_t parts = 1;           ///< All of it is done in so many tests.
  std::uint64_t sampled_one_in = 1;  ///< A sample that takes a second.
  void (*run)(const Effort& effort, Tally& tally) = nullptr;
};
[[nodiscard]] const std::vector<BitCase>& bit_cases();
[[nodiscard]] Tally run_case(const BitCase& one, const Effort& effort);

}  // namespace kappa::test

// Damage to what was durable is told or harmless, wherever it is and whatever a history has left; or it is the
// residual.
#include <gtest/gtest.h>

#include <iostream>

#include "crash_explorer.hpp"
#include "fmt/format.h"
#include "rarer.hpp"
#include "rot_explorer.hpp"

namespace kappa::test {
namespace {

constexpr std::size_t kOneIn = kRarer == 1 ? 1 : 24;  // Of the histories of two operations.
constexpr std::uint64_t kOftenMarked = 1500;
constexpr std::uint64_t kRarelyMarked = 8ULL << 20;
constexpr std::size_t kFaultsMax = 5;

class RottenDisks : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RottenDisks, AreToldOrHarmless) {
  RotExplorer explorer(GetParam());
  std::size_t told = 0;
  for (std::size_t length = 0; length <= 2; ++length) {
    const std::vector<Operations> histories = histories_of(length);
    for (std::size_t i = 0; i < histories.size() && told < kFaultsMax; i += length == 2 ? kOneIn : 1) {
      explorer.explore(histories[i], i, 1);
      for (; told < explorer.faults().size(); ++told) ADD_FAILURE() << explorer.faults()[told];
    }
  }
  for (std::size_t kind = 0; kind < kRots; ++kind) {
    const RotCounts& counts = explorer.counts()[kind];
    std::cout << fmt::format("{}: {} disks, {} harmless, {} told, residual: {} torn tails, {} lost writes\n",
                             name_of(static_cast<Rot>(kind)), counts.states, counts.harmless, counts.told, counts.torn,
                             counts.lost);
    std::cout << fmt::format("figure: rotten disks: {} damaged\nfigure: rotten disks: {} harmless\n", counts.states,
                             counts.harmless);
    std::cout << fmt::format("figure: rotten disks: {} told as corruption\n", counts.told);
    std::cout << fmt::format("figure: rotten disks: {} residual: told as a torn tail\n", counts.torn);
    std::cout << fmt::format("figure: rotten disks: {} residual: a lost write, untold\n", counts.lost);
  }
}

std::string name_of(const testing::TestParamInfo<std::uint64_t>& tested) {
  return tested.param == kOftenMarked ? "OftenMarked" : "RarelyMarked";
}
INSTANTIATE_TEST_SUITE_P(All, RottenDisks, testing::Values(kOftenMarked, kRarelyMarked), name_of);

}  // namespace
}  // namespace kappa::test

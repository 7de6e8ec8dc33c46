// The short form. `./dev reliability` runs as many states as there is time for.
#include <gtest/gtest.h>

#include <ctime>
#include <iostream>

#include "crash_explorer.hpp"
#include "fmt/format.h"
#include "rarer.hpp"

namespace kappa::test {
namespace {

constexpr std::uint64_t kOftenMarked = 1500;
constexpr std::uint64_t kRarelyMarked = 8ULL << 20;
constexpr std::size_t kFaultsMax = 5;

/// Every so manieth of all histories of a length.
void expect_no_fault(CrashExplorer& explorer, std::size_t length, std::size_t one_in) {
  const std::clock_t begun = std::clock();
  const std::vector<Operations> histories = histories_of(length);
  std::size_t told = 0;
  for (std::size_t i = 0; i < histories.size() && told < kFaultsMax; i += one_in) {
    explorer.explore(histories[i], i);
    for (; told < explorer.faults().size(); ++told) ADD_FAILURE() << explorer.faults()[told];
  }
  const CrashCounts counts = explorer.counts();
  const double took = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
  std::cout << fmt::format("{} histories, {} crash states ({} of them nested, {} beside others), {} different disks, ",
                           counts.histories, counts.states, counts.nested, counts.deaths, counts.images);
  std::cout << fmt::format("{} recoveries, {:.0f} states a second\n", counts.recoveries,
                           static_cast<double>(counts.states) / took);
}

constexpr auto kLast = CrashEffort::Moments::last_operation;

TEST(CrashStates, OfOneOperationAreJudged) {
  CrashExplorer explorer({.moments = kLast, .recovery = {.nested_one_in = 2 * kRarer}}, kOftenMarked);
  expect_no_fault(explorer, 0, 1);
  expect_no_fault(explorer, 1, 1);
}

TEST(CrashStates, OfTwoOperationsAreJudged) {
  CrashExplorer explorer({.moments = kLast, .recovery = {.nested_one_in = 64 * kRarer}, .deaths_one_in = 4},
                         kRarelyMarked);
  expect_no_fault(explorer, 2, kRarer);
}

TEST(CrashStates, OfThreeOperationsAreJudged) {
  CrashExplorer explorer({.moments = kLast,
                          .random_images = 3,
                          .torn_bytes = 1,
                          .recovery = {.nested_one_in = 512, .appended_one_in = 32},
                          .deaths_one_in = 8},
                         kOftenMarked);
  expect_no_fault(explorer, 3, 17 * kRarer);
}

TEST(CrashStates, OfFourOperationsAreJudgedHereAndThere) {
  CrashExplorer explorer({.moments = kLast,
                          .random_images = 3,
                          .torn_bytes = 1,
                          .recovery = {.nested_one_in = 512, .appended_one_in = 32},
                          .deaths_one_in = 8},
                         kRarelyMarked);
  expect_no_fault(explorer, 4, 307 * kRarer);
}

/// After each of them somebody appends, and the power is lost: what the compaction has removed may be back, no more.
TEST(CrashStates, OfACompactionAreJudgedByWhoAppendsAfterThem) {
  CrashExplorer explorer(
      {.moments = kLast, .recovery = {.nested_one_in = 64 * kRarer, .appended_one_in = 1}, .deaths_one_in = 4},
      kOftenMarked);
  using enum Operation;
  for (const Operations& operations : {Operations{roll, reopen, roll, append, compact}, {roll, roll, append, compact}})
    explorer.explore(operations, 1);
  for (const std::string& fault : explorer.faults()) ADD_FAILURE() << fault;
}

}  // namespace
}  // namespace kappa::test

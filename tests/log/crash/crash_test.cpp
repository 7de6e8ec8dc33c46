// The short form. `./dev reliability` runs as many states as there is time for.
#include <gtest/gtest.h>

#include <chrono>
#include <iostream>

#include "crash_explorer.hpp"
#include "fmt/format.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define KAPPA_SLOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define KAPPA_SLOW 1
#endif
#endif

namespace kappa::test {
namespace {

constexpr std::uint64_t kOftenMarked = 1500;
constexpr std::uint64_t kRarelyMarked = 8ULL << 20;
#if defined(KAPPA_SLOW)
constexpr std::uint32_t kRarer = 8;
#else
constexpr std::uint32_t kRarer = 1;
#endif

/// Every so manieth of all histories of a length.
void expect_no_fault(CrashExplorer& explorer, std::size_t length, std::size_t one_in) {
  const auto begun = std::chrono::steady_clock::now();
  const std::vector<Operations> histories = histories_of(length);
  for (std::size_t i = 0; i < histories.size(); i += one_in) explorer.explore(histories[i]);
  for (std::size_t i = 0; i < std::min<std::size_t>(explorer.faults().size(), 5); ++i)
    ADD_FAILURE() << explorer.faults()[i];
  const CrashCounts& counts = explorer.counts();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::cout << fmt::format("{} histories, {} crash states ({} of them nested), {} recoveries, {:.0f} states a second\n",
                           counts.histories, counts.states, counts.nested, counts.recoveries,
                           static_cast<double>(counts.states) / took.count());
}

TEST(CrashStates, OfOneOperationAreJudged) {
  CrashExplorer explorer({.nested_one_in = 2 * kRarer}, 1, kOftenMarked);
  expect_no_fault(explorer, 1, 1);
}

TEST(CrashStates, OfTwoOperationsAreJudged) {
  CrashExplorer explorer({.nested_one_in = 64 * kRarer}, 2, kRarelyMarked);
  expect_no_fault(explorer, 2, kRarer);
}

TEST(CrashStates, OfThreeOperationsAreJudged) {
  CrashExplorer explorer({.random_images = 3, .torn_bytes = 1, .nested_one_in = 512, .appended_one_in = 32}, 3,
                         kOftenMarked);
  expect_no_fault(explorer, 3, 3 * kRarer);
}

TEST(CrashStates, OfFourOperationsAreJudgedHereAndThere) {
  CrashExplorer explorer({.random_images = 3, .torn_bytes = 1, .nested_one_in = 512, .appended_one_in = 32}, 4,
                         kRarelyMarked);
  expect_no_fault(explorer, 4, 67 * kRarer);
}

}  // namespace
}  // namespace kappa::test

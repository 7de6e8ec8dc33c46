#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "explorer.hpp"
#include "fmt/format.h"

namespace kappa::test {

/// KAPPA_SEED, or a fresh one. Printed, so that a failure can be repeated.
[[nodiscard]] inline std::uint64_t seed_of_run() {
  const char* given = std::getenv("KAPPA_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::cout << "KAPPA_SEED=" << seed << "\n";
  return seed;
}

/// The smallest histories that have everything: each appender appends once, into one topic or two; with the reader
/// after them or between them.
[[nodiscard]] inline std::vector<Scenario> small_scenarios() {
  return {{.name = "OneTopic", .reader = 2, .first = {0}, .second = {0}},
          {.name = "OneTopicReaderBetween", .reader = 1, .first = {0}, .second = {0}},
          {.name = "TwoTopics", .reader = 2, .first = {0}, .second = {1}},
          {.name = "TwoTopicsReaderBetween", .reader = 1, .first = {0}, .second = {1}}};
}

/// Explores and tells how much that was.
inline void expect_no_fault(const Scenario& scenario, const Explorer::Options& options) {
  History history(scenario);
  const Explorer::Result result = Explorer(history, options).explore();
  std::cout << fmt::format(
                   "{}: up to {} preemptions and {} deaths: {} schedules run; equal to one of those: {} + {}; {}",
                   scenario.name, options.budget.preemptions, options.budget.deaths, result.run, result.same_state,
                   result.independent,
                   options.one_in == 1 ? std::string("that is all")
                                       : fmt::format("not drawn: {} (seed {})", result.not_drawn, options.seed))
            << "\n";
  std::cout << fmt::format("figure: interleavings: {} schedules run\nfigure: interleavings: {} more equal to those\n",
                           result.run, result.same_state + result.independent);
  for (const std::string& fault : result.faults) ADD_FAILURE() << scenario.name << ": " << fault;
}

inline std::string name_of(const testing::TestParamInfo<Scenario>& info) {
  return info.param.name;
}

}  // namespace kappa::test

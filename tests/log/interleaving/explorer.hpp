#pragma once
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <unordered_set>
#include <vector>

#include "history.hpp"

namespace kappa::test {

/// How many turns of each kind a schedule may have.
struct Budget {
  std::uint32_t preemptions = 0;
  std::uint32_t deaths = 0;
  [[nodiscard]] std::uint32_t total() const { return preemptions + deaths; }
};

/// Runs all schedules of a history within a budget, those left out that come to the same as one that was run.
class Explorer {
 public:
  struct Options {
    Budget budget;
    /// A schedule of two turns is run with a probability of 1 in this, and so is each with one turn more.
    std::uint32_t one_in = 1;
    std::uint64_t seed = 1;
  };
  Explorer(History& history, const Options& options) : history_(history), options_(options), random_(options.seed) {}

  struct Result {
    std::uint64_t run = 0;
    std::uint64_t same_state = 0;   ///< Left out: the run stood in the same state with the same process to go on.
    std::uint64_t independent = 0;  ///< Left out: preempted a step later the same happens.
    std::uint64_t not_drawn = 0;    ///< Left out by the sample, each with all that begin like it.
    std::vector<std::string> faults;
  };
  [[nodiscard]] Result explore();

 private:
  /// What ran between a preemption and the return of the preempted process, for the preemption a step earlier.
  struct Segment {
    bool known = false;
    std::vector<Access> accesses;
  };
  std::vector<Step> run(const Schedule& schedule);
  void expand(const Schedule& schedule, const std::vector<Step>& trace, Budget left);
  void try_death(const Schedule& schedule, const std::vector<Step>& trace, std::uint32_t at, Budget left);
  void try_preemption(const Schedule& schedule, const std::vector<Step>& trace, std::uint32_t at, std::uint32_t to,
                      Budget left, Segment& later);
  /// True if the state at a step, with this process to go on, has been explored with this budget.
  [[nodiscard]] bool seen(const Step& step, std::uint32_t next, Turn::Kind kind, Budget left);
  [[nodiscard]] bool drawn(std::size_t turns);
  [[nodiscard]] bool enough() const { return result_.faults.size() >= 5; }

  History& history_;
  Options options_;
  std::mt19937_64 random_;
  std::unordered_set<std::uint64_t> seen_;
  Result result_;
};

/// A schedule at random: up to `preemptions` of them, a death in every second one, within a run of about `steps`.
[[nodiscard]] Schedule random_schedule(std::mt19937_64& random, std::uint32_t steps, std::uint32_t preemptions);

}  // namespace kappa::test

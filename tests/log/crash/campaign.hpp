#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "crash_explorer.hpp"

namespace kappa::test {

/// All crash tests in one endless order of histories: those of one and two operations with every crash during recovery,
/// of three, of four, then random ones of up to thirty; each with frequent marks and with rare ones. Any stretch of it
/// can be run alone, and always does the same.
class Campaign {
 public:
  /// How much of it is done by one worker.
  struct Progress {
    std::uint64_t next = 0;  ///< Index of the next history.
    CrashCounts counts;
    std::uint64_t faults = 0;
    double seconds = 0;
  };

  /// Only every so manieth history, from `worker` on. The seed is of random histories and of what is sampled.
  Campaign(std::uint64_t seed, std::uint64_t worker, std::uint64_t workers)
      : seed_(seed), worker_(worker), workers_(workers) {}

  /// Goes on to the next history; returns what was found wrong, empty: nothing.
  [[nodiscard]] std::vector<std::string> run_next(Progress& progress) const;

  /// Where a long run stopped; a file that is missing or of another seed is a beginning.
  [[nodiscard]] Progress load(const std::string& path) const;
  void save(const std::string& path, const Progress& progress) const;

 private:
  struct Task {
    Operations operations;
    CrashEffort effort;
    std::uint64_t mark_every_bytes;
  };
  [[nodiscard]] Task task(std::uint64_t index) const;

  std::uint64_t seed_;
  std::uint64_t worker_;
  std::uint64_t workers_;
};

[[nodiscard]] std::string describe(const Campaign::Progress& progress);

}  // namespace kappa::test

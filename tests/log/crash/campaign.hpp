#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "crash_explorer.hpp"

namespace kappa::test {

/// All crash tests in one endless order of histories. Those of one to four operations and random ones of up to thirty
/// take turns, so that any beginning has some of each, until nothing but random ones is left. Each is run with frequent
/// marks and with rare ones. Up to two operations every recovery is crashed in turn, beyond that some are. Any stretch
/// can be run alone, and always does the same.
class Campaign {
 public:
  static constexpr std::size_t kStages = 6;  ///< Histories of as many operations; the last one is of random ones.
  /// How much of it is done by one worker.
  struct Progress {
    std::uint64_t next = 0;  ///< Number of histories done.
    std::array<CrashCounts, kStages> stages;
    std::uint64_t faults = 0;
    double seconds = 0;  ///< Of processor time.
    [[nodiscard]] CrashCounts total() const;
  };

  /// Only every so manieth history, from `worker` on. The seed is of random histories and of what is sampled. `sources`
  /// is a word that names what is tested and what tests it: what others have found is not its own.
  Campaign(std::uint64_t seed, std::uint64_t worker, std::uint64_t workers, std::string sources = "any")
      : seed_(seed), worker_(worker), workers_(workers), sources_(std::move(sources)) {}

  /// Goes on to the next history; returns what was found wrong, empty: nothing.
  [[nodiscard]] std::vector<std::string> run_next(Progress& progress);

  /// Where a long run stopped. No file is a beginning; so is one of other sources, another seed or another number of
  /// workers or operations, and `told` is told so.
  [[nodiscard]] Progress load(const std::string& path, std::ostream& told) const;
  void save(const std::string& path, const Progress& progress) const;
  /// What each stage has come to, a line each.
  [[nodiscard]] std::string describe(const Progress& progress) const;

 private:
  struct Task {
    std::size_t stage;
    Operations operations;
    std::uint64_t mark_every_bytes;
  };
  [[nodiscard]] Task task(std::uint64_t index) const;
  /// What a file of this run begins with.
  [[nodiscard]] std::string head() const;
  [[nodiscard]] CrashExplorer& explorer(const Task& task);

  std::uint64_t seed_;
  std::uint64_t worker_;
  std::uint64_t workers_;
  std::string sources_;
  /// By stage and marks; each remembers which disks it has seen.
  std::map<std::pair<std::size_t, std::uint64_t>, std::unique_ptr<CrashExplorer>> explorers_;
};

}  // namespace kappa::test

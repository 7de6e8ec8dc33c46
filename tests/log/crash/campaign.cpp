#include "campaign.hpp"

#include <filesystem>
#include <fstream>

#include "fmt/format.h"

namespace kappa::test {
namespace {

constexpr std::uint64_t kOftenMarked = 1500;
constexpr std::uint64_t kRarelyMarked = 8ULL << 20;
constexpr std::size_t kRandomMin = 5;
constexpr std::size_t kRandomMax = 30;
constexpr std::uint64_t kMixer = 0x9e3779b97f4a7c15ULL;

struct Stage {
  std::size_t length;
  std::uint32_t nested_one_in;
  std::uint32_t appended_one_in;
};
constexpr Stage kStages[] = {{1, 1, 1}, {2, 1, 4}, {3, 64, 16}, {4, 256, 32}};

}  // namespace

Campaign::Task Campaign::task(std::uint64_t index) const {
  const std::uint64_t marks = index % 2 == 0 ? kOftenMarked : kRarelyMarked;
  std::uint64_t left = index / 2;
  for (const Stage& stage : kStages) {
    const std::vector<Operations> histories = histories_of(stage.length);
    if (left >= histories.size()) {
      left -= histories.size();
      continue;
    }
    return {histories[left], {.nested_one_in = stage.nested_one_in, .appended_one_in = stage.appended_one_in}, marks};
  }
  Random random(seed_ ^ (index * kMixer));
  Operations operations(kRandomMin + random() % (kRandomMax - kRandomMin + 1));
  for (Operation& operation : operations) operation = static_cast<Operation>(random() % kOperations);
  return {operations, {.random_images = 4, .torn_bytes = 1, .nested_one_in = 512, .appended_one_in = 64}, marks};
}

std::vector<std::string> Campaign::run_next(Progress& progress) const {
  const auto begun = std::chrono::steady_clock::now();
  const std::uint64_t index = worker_ + workers_ * progress.next;
  const Task next = task(index);
  CrashExplorer explorer(next.effort, seed_ ^ (index * kMixer), next.mark_every_bytes);
  explorer.explore(next.operations);
  const CrashCounts& counts = explorer.counts();
  ++progress.next;
  ++progress.counts.histories;
  progress.counts.states += counts.states;
  progress.counts.nested += counts.nested;
  progress.counts.recoveries += counts.recoveries;
  progress.faults += explorer.faults().size();
  progress.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return explorer.faults();
}

Campaign::Progress Campaign::load(const std::string& path) const {
  std::ifstream file(path);
  std::uint64_t seed = 0;
  std::uint64_t workers = 0;
  Progress found;
  file >> seed >> workers >> found.next >> found.counts.histories >> found.counts.states >> found.counts.nested >>
      found.counts.recoveries >> found.faults >> found.seconds;
  const bool usable = file && seed == seed_ && workers == workers_;
  return usable ? found : Progress{};
}

void Campaign::save(const std::string& path, const Progress& progress) const {
  const std::string unfinished = path + ".new";
  std::ofstream(unfinished) << fmt::format("{} {} {} {} {} {} {} {} {}\n", seed_, workers_, progress.next,
                                           progress.counts.histories, progress.counts.states, progress.counts.nested,
                                           progress.counts.recoveries, progress.faults, progress.seconds);
  std::filesystem::rename(unfinished, path);
}

std::string describe(const Campaign::Progress& progress) {
  return fmt::format(
      "{} crash states ({} of a crash during recovery) of {} histories, {} recoveries, {} faults, {:.0f} s",
      progress.counts.states, progress.counts.nested, progress.counts.histories, progress.counts.recoveries,
      progress.faults, progress.seconds);
}

}  // namespace kappa::test

#include "campaign.hpp"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "fmt/format.h"

namespace kappa::test {
namespace {

constexpr std::uint64_t kOftenMarked = 1500;
constexpr std::uint64_t kRarelyMarked = 8ULL << 20;
constexpr std::size_t kRandomMin = 5;
constexpr std::size_t kRandomMax = 30;
constexpr std::size_t kRandomStage = Campaign::kStages - 1;
constexpr std::uint64_t kFirst = 2;  ///< Histories of no operation.
// A history of one operation has a hundred times the states of others, for every recovery in it is crashed in turn.
constexpr std::size_t kTurns[] = {1, 2, 3, 4, 5, 3, 4, 5, 2, 3, 4, 5, 2, 3, 4, 5};
constexpr std::uint64_t kMixer = 0x9e3779b97f4a7c15ULL;
constexpr std::uint64_t kStride = 7919;  ///< A prime that divides no number of histories: samples are spread evenly.

using Moments = CrashEffort::Moments;
constexpr CrashEffort kEfforts[Campaign::kStages] = {
    {Moments::last_operation, 16, kEveryByte, {.nested_one_in = 1, .appended_one_in = 1}},
    {Moments::last_operation, 16, kEveryByte, {.nested_one_in = 1, .appended_one_in = 1}},
    {Moments::last_operation, 8, 3, {.nested_one_in = 1, .appended_one_in = 4}},
    {Moments::last_operation, 8, 3, {.nested_one_in = 64, .appended_one_in = 16}, 4, 32},
    {Moments::last_operation, 8, 3, {.nested_one_in = 256, .appended_one_in = 32}, 8, 64},
    {Moments::every, 8, 3, {.nested_one_in = 512, .appended_one_in = 64}, 16, 64}};

/// Histories of a stage, each with each kind of marks.
std::uint64_t size_of(std::size_t stage) {
  std::uint64_t size = 2;
  for (std::size_t i = 0; i < stage; ++i) size *= kOperations;
  return size;
}

/// The so manieth history of so many operations.
Operations history_of(std::size_t length, std::uint64_t number) {
  Operations operations(length);
  for (Operation& operation : operations) {
    operation = static_cast<Operation>(number % kOperations);
    number /= kOperations;
  }
  return operations;
}

Operations random_history(Random random) {
  Operations operations(kRandomMin + random() % (kRandomMax - kRandomMin + 1));
  for (Operation& operation : operations) operation = static_cast<Operation>(random() % kOperations);
  return operations;
}

void add(CrashCounts& to, const CrashCounts& after, const CrashCounts& before) {
  to.histories += after.histories - before.histories;
  to.states += after.states - before.states;
  to.nested += after.nested - before.nested;
  to.deaths += after.deaths - before.deaths;
  to.images += after.images - before.images;
  to.recoveries += after.recoveries - before.recoveries;
}

double processor_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

}  // namespace

CrashCounts Campaign::Progress::total() const {
  CrashCounts sum;
  for (const CrashCounts& counts : stages) add(sum, counts, {});
  return sum;
}

Campaign::Task Campaign::task(std::uint64_t index) const {
  const auto made = [](std::size_t stage, std::uint64_t number) {
    const std::uint64_t spread = number * kStride % size_of(stage);
    return Task{stage, history_of(stage, spread / 2), spread % 2 == 0 ? kOftenMarked : kRarelyMarked};
  };
  if (index < kFirst) return made(0, index);
  const std::uint64_t round = (index - kFirst) / std::size(kTurns);
  // In another order each time, so that each worker gets some of all.
  const std::uint64_t turn = (index - kFirst + round) % std::size(kTurns);
  const std::size_t stage = kTurns[turn];
  const auto a_round = static_cast<std::uint64_t>(std::ranges::count(kTurns, stage));
  const auto before = static_cast<std::uint64_t>(std::count(kTurns, kTurns + turn, stage));
  const std::uint64_t number = round * a_round + before;
  if (stage != kRandomStage && number < size_of(stage)) return made(stage, number);
  return {kRandomStage, random_history(Random(seed_ ^ (index * kMixer))),
          index % 2 == 0 ? kOftenMarked : kRarelyMarked};
}

CrashExplorer& Campaign::explorer(const Task& task) {
  auto& made = explorers_[{task.stage, task.mark_every_bytes}];
  if (!made) made = std::make_unique<CrashExplorer>(kEfforts[task.stage], task.mark_every_bytes);
  return *made;
}

std::vector<std::string> Campaign::run_next(Progress& progress) {
  const double begun = processor_seconds();
  const std::uint64_t index = worker_ + workers_ * progress.next;
  const Task next = task(index);
  CrashExplorer& with = explorer(next);
  const CrashCounts before = with.counts();
  const std::size_t faults = with.faults().size();
  with.explore(next.operations, seed_ ^ (index * kMixer));
  ++progress.next;
  add(progress.stages[next.stage], with.counts(), before);
  progress.faults += with.faults().size() - faults;
  progress.seconds += processor_seconds() - begun;
  return {with.faults().begin() + static_cast<std::ptrdiff_t>(faults), with.faults().end()};
}

std::string Campaign::head() const {
  return fmt::format("{} seed {} worker {} of {} operations {}", sources_, seed_, worker_, workers_, kOperations);
}

Campaign::Progress Campaign::load(const std::string& path, std::ostream& told) const {
  std::ifstream file(path);
  if (!file) return {};
  std::string of;
  Progress found;
  std::getline(file, of);
  file >> found.next >> found.faults >> found.seconds;
  for (CrashCounts& counts : found.stages)
    file >> counts.histories >> counts.states >> counts.nested >> counts.images >> counts.recoveries >> counts.deaths;
  if (file && of == head()) return found;
  told << fmt::format("{} is of \"{}\", not of \"{}\": begun anew\n", path, of, head());
  return {};
}

void Campaign::save(const std::string& path, const Progress& progress) const {
  const std::string unfinished = path + ".new";
  std::ostringstream text;
  text << fmt::format("{}\n{} {} {}\n", head(), progress.next, progress.faults, progress.seconds);
  for (const CrashCounts& counts : progress.stages)
    text << fmt::format("{} {} {} {} {} {}\n", counts.histories, counts.states, counts.nested, counts.images,
                        counts.recoveries, counts.deaths);
  std::ofstream(unfinished) << text.str();
  std::filesystem::rename(unfinished, path);
}

std::string Campaign::describe(const Progress& progress) const {
  std::string text;
  for (std::size_t stage = 0; stage < kStages; ++stage) {
    const CrashCounts& counts = progress.stages[stage];
    const std::string of = stage == kRandomStage ? "random" : fmt::format("of {} operations", stage);
    const std::string total = stage == kRandomStage ? "" : fmt::format(" of {}", size_of(stage));
    text +=
        fmt::format("{}: {}{} histories, {} crash states ({} during recovery, {} beside others), {} different disks\n",
                    of, counts.histories, total, counts.states, counts.nested, counts.deaths, counts.images);
  }
  const CrashCounts total = progress.total();
  return text + fmt::format("all: {} crash states, {} faults, {:.0f} s of a core, {:.0f} states a second\n",
                            total.states, progress.faults, progress.seconds,
                            static_cast<double>(total.states) / progress.seconds);
}

}  // namespace kappa::test

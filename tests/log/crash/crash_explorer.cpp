// A history runs once. Whenever its process is about to change something, the disk is looked at as a crash would find
// it: each image is built beside the running history, opened there, judged, and thrown away.
#include "crash_explorer.hpp"

#include <algorithm>

#include "fmt/format.h"

namespace kappa::test {
namespace {

constexpr std::size_t kPrefixesMax = 64;
constexpr std::uint32_t kStoresPerCall = 8;
constexpr std::size_t kAllSubsetsOf = 4;  ///< Of so many units everything may survive that can.

}  // namespace

std::vector<Operations> histories_of(std::size_t length) {
  if (length == 0) return {{}};
  std::vector<Operations> all;
  for (const Operations& shorter : histories_of(length - 1)) {
    for (std::size_t i = 0; i < kOperations; ++i) {
      all.push_back(shorter);
      all.back().push_back(static_cast<Operation>(i));
    }
  }
  return all;
}

CrashExplorer::CrashExplorer(const CrashEffort& effort, std::uint64_t mark_every_bytes)
    : effort_(effort), recoveries_(effort.recovery) {
  CrashDisk disk;
  DiskSeam seam(disk);
  setup_ = make_crash_setup(seam, base_ledger_, mark_every_bytes);
  const CrashImages images(disk);
  base_ = images.image(images.first(images.units(), PageImage::newest), random_);
}

void CrashExplorer::decorate(Decorator histories, Decorator recoveries) {
  over_histories_ = std::move(histories);
  takeovers_.decorate(recoveries);
  recoveries_.decorate(std::move(recoveries));
}

CrashCounts CrashExplorer::counts() const {
  CrashCounts counts = counts_;
  counts.nested = recoveries_.counts().nested;
  counts.deaths = takeovers_.states();
  counts.states += counts.nested + counts.deaths;
  counts.images = recoveries_.counts().images;
  counts.recoveries = recoveries_.counts().run;
  return counts;
}

void CrashExplorer::complain(const std::string& what, const std::string& kind) {
  if (at_fault_) return;
  at_fault_ = true;
  faults_.push_back(fmt::format("[{}] moment {}, {}, seed {}: {}", history_, moment_, kind, seed_, what));
}

void CrashExplorer::explore(const Operations& operations, std::uint64_t seed, Failures failures) {
  ++counts_.histories;
  seed_ = seed;
  random_ = Random(seed);
  ledger_ = base_ledger_;
  history_ = name_of(operations);
  moment_ = 0;
  at_fault_ = false;
  run(operations, failures);
}

void CrashExplorer::run(const Operations& operations, Failures failures) {
  CrashDisk disk = base_.after_kill();
  const auto look = [&](DiskSeam::Point point) {
    if (watching_) examine(disk, point);
  };
  const auto look_after = [&] {
    disk.settle_store();
    examine(disk, DiskSeam::Point::call);
  };
  using Moments = CrashEffort::Moments;
  SimProcess process(disk, look, over_histories_);
  running_ = &process;
  CrashProcess log_process(process.seam(), setup_, ledger_);
  watching_ = effort_.moments == Moments::every || (effort_.moments == Moments::last_operation && operations.empty());
  if (auto opened = log_process.open(); !opened && failures == Failures::none)
    complain(opened.error().message, "opening");
  for (std::size_t i = 0; i < operations.size(); ++i) {
    watching_ |= effort_.moments == Moments::last_operation && i + 1 == operations.size();
    step(log_process, operations[i], failures);
    if (watching_ || effort_.moments == Moments::after_operations) look_after();
  }
  if (failures == Failures::none) return;
  // What failed once has passed: the next append works. Only those that tell of it fail: the one that it hit, and the
  // next one, which vouches for what was written before and never awaited.
  if (failures_end_) failures_end_();
  const bool all_awaited = std::ranges::find(operations, Operation::write) == operations.end();
  expect_append(log_process, all_awaited ? 2 : 3);
  look_after();
}

void CrashExplorer::expect_append(CrashProcess& process, int attempts) {
  std::string told;
  for (; attempts > 0; --attempts) {
    auto appended = process.perform(Operation::append);
    if (appended) return;
    told += appended.error().message + "; ";
  }
  complain(told, "at the end");
}

void CrashExplorer::step(CrashProcess& process, Operation operation, Failures failures) {
  auto done = process.perform(operation);
  if (!done && failures == Failures::none) complain(done.error().message, "operation");
  if (failures == Failures::expected) ledger_.fail_all();
  if (!done) return;
  if (auto read = process.read(); !read && failures == Failures::none) complain(read.error().message, "reading");
}

void CrashExplorer::examine(const CrashDisk& disk, DiskSeam::Point point) {
  ++moment_;
  if (at_fault_) return;
  judge_kill(disk, point);
  judge_death(disk);
  const CrashImages images(disk);
  const auto pages = static_cast<PageImage>(random_() % 5);
  judge_power_loss(images, images.first(0, pages), "nothing survives");
  // What survives does not depend on the pages, and the other way round. What a page may be at a store, it may still be
  // at the next call.
  if (point == DiskSeam::Point::store) return;
  judge_power_loss(images, images.first(images.units(), pages), "all survives");
  const auto& changes = images.changes();
  for (std::size_t i = changes.size() - std::min(changes.size(), kPrefixesMax); i < changes.size(); ++i)
    judge_power_loss(images, images.first(changes[i], PageImage::device), "a prefix survives");
  examine_torn(images);
  examine_subsets(images);
}

void CrashExplorer::examine_subsets(const CrashImages& images) {
  const bool all = images.units() <= kAllSubsetsOf;
  const int count = all ? 1 << images.units() : effort_.random_images;
  for (int i = 0; i < count; ++i) {
    Survivors survivors = images.first(0, PageImage::device);
    const std::uint64_t most = random_() % 4;  // Mostly lost, mostly kept, or as the coin falls.
    for (std::size_t unit = 0; unit < images.units(); ++unit) {
      const bool kept = most == 0 ? random_() % 8 == 0 : most == 1 ? random_() % 8 != 0 : random_() % 2 == 0;
      survivors.kept[unit] = all ? (static_cast<unsigned>(i) >> unit) % 2 == 1 : kept;
    }
    survivors.lost = static_cast<LostBytes>(random_() % 4);
    judge_power_loss(images, survivors, "some of it survives");
  }
}

/// The last change, torn after each of its sectors and within some.
void CrashExplorer::examine_torn(const CrashImages& images) {
  if (images.units() == 0) return;
  const auto& changes = images.changes();
  const std::size_t last = changes[changes.size() - 2];
  for (std::size_t unit = last; unit < images.units(); ++unit) {
    Survivors survivors = images.first(unit, PageImage::device);
    judge_power_loss(images, survivors, "the last write is torn between sectors");
    const int bytes = static_cast<int>(images.bytes_of(unit));
    const bool all = effort_.torn_bytes == kEveryByte;
    for (int i = 1; bytes > 1 && i < (all ? bytes : effort_.torn_bytes + 1); ++i) {
      survivors.torn = unit;
      survivors.torn_bytes = all ? static_cast<std::size_t>(i) : 1 + random_() % static_cast<std::size_t>(bytes - 1);
      judge_power_loss(images, survivors, "the last write is torn within a sector");
    }
  }
}

void CrashExplorer::judge_power_loss(const CrashImages& images, const Survivors& survivors, const char* kind) {
  if (at_fault_) return;
  ++counts_.states;
  const Found& found = recoveries_.after_power_loss(images.image(survivors, random_), setup_, random_);
  const std::string wrong = ledger_.judge(found, Ledger::Crash::power);
  if (!wrong.empty()) complain(wrong, kind);
}

void CrashExplorer::judge_kill(const CrashDisk& disk, DiskSeam::Point point) {
  ++counts_.states;
  const Recoveries::Verdict verdict = [this](const Found& found, Ledger::Crash crash) {
    return ledger_.judge(found, crash);
  };
  // A new process believes no page that an old one has left, so what differs in pages alone is looked at more rarely.
  const std::uint32_t rarer = point == DiskSeam::Point::store ? kStoresPerCall : 1;
  const Found found = recoveries_.after_kill(disk.after_kill(), setup_, random_, verdict, rarer);
  const std::string wrong = ledger_.judge(found, Ledger::Crash::kill);
  if (!wrong.empty()) complain(wrong, "a kill");
}

/// Beside others, if others may be there.
void CrashExplorer::judge_death(const CrashDisk& disk) {
  if (at_fault_ || !running_->own.others_may_be() || random_() % effort_.deaths_one_in != 0) return;
  using Crashes = Takeovers::Crashes;
  const bool nested = random_() % effort_.deaths_nested_one_in == 0;
  const std::string wrong = takeovers_.judge(disk, setup_, ledger_, random_, nested ? Crashes::inside : Crashes::none);
  if (!wrong.empty()) complain(wrong, "a death");
}

}  // namespace kappa::test

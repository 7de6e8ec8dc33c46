// A history runs once. Whenever its process is about to change something, the disk is looked at as a crash would find
// it: each image is built beside the running history, opened there, judged, and thrown away.
//
// Most images of a history are equal to earlier ones (a store to a shared page changes nothing that survives a loss of
// power), so what recovery makes of a disk is kept by the disk's hash; judging it anew costs next to nothing, and the
// ledger may demand more than before. Recovery is deterministic but for random numbers, which only keep apart what must
// not be equal.
//
// A crash of the machine during a recovery must lead to exactly what the recovery was about to find, for all that it
// found was on the device. After a mere kill the page cache may still be lost, so there the ledger decides.
#include "crash_explorer.hpp"

#include <algorithm>

#include "fmt/format.h"
#include "kappa/base/event_builder.hpp"
#include "kappa/log/verify.hpp"

namespace kappa::test {
namespace {

constexpr std::size_t kPrefixesMax = 64;
constexpr std::uint64_t kStoresPerCall = 8;

std::string describe(const Found& found) {
  std::string text = found.fault;
  for (const auto& frames : found.frames) text += fmt::format(" {} frames", frames.size());
  return text;
}

}  // namespace

/// A process of the simulated machine.
struct CrashExplorer::Process {
  DiskSeam own;
  std::unique_ptr<log::Seam> over;
  Process(CrashDisk& disk, DiskSeam::Watcher watcher, const Decorator& decorator) : own(disk, std::move(watcher)) {
    if (decorator) over = decorator(own);
  }
  [[nodiscard]] log::Seam& seam() { return over ? *over : own; }
};

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

CrashExplorer::CrashExplorer(const CrashEffort& effort, std::uint64_t seed, std::uint64_t mark_every_bytes)
    : effort_(effort), seed_(seed), random_(seed) {
  CrashDisk disk;
  DiskSeam seam(disk);
  setup_ = make_crash_setup(seam, base_ledger_, mark_every_bytes);
  const CrashImages images(disk);
  base_ = images.image(images.first(images.units(), PageImage::newest), random_);
}

void CrashExplorer::decorate(Decorator histories, Decorator recoveries) {
  over_histories_ = std::move(histories);
  over_recoveries_ = std::move(recoveries);
}

void CrashExplorer::complain(const std::string& what, const std::string& kind) {
  if (at_fault_) return;
  at_fault_ = true;
  faults_.push_back(fmt::format("[{}] moment {}, {}, seed {}: {}", history_, moment_, kind, seed_, what));
}

void CrashExplorer::explore(const Operations& operations, Failures failures) {
  ++counts_.histories;
  random_.seed(seed_);
  ledger_ = base_ledger_;
  history_ = name_of(operations);
  moment_ = 0;
  at_fault_ = false;
  recovered_.clear();
  looked_around_.clear();
  run(operations, failures);
}

void CrashExplorer::run(const Operations& operations, Failures failures) {
  CrashDisk disk = base_.after_kill();
  DiskSeam::Watcher watcher;
  if (effort_.moments == CrashEffort::Moments::every) watcher = [&](DiskSeam::Point point) { examine(disk, point); };
  Process process(disk, watcher, over_histories_);
  CrashProcess log_process(process.seam(), setup_, ledger_);
  if (auto opened = log_process.open(); !opened && failures == Failures::none)
    complain(opened.error().message, "opening");
  const auto after = [&] {
    disk.settle_store();
    examine(disk, DiskSeam::Point::call);
  };
  for (const Operation operation : operations) {
    step(log_process, operation, failures);
    after();
  }
  if (failures == Failures::none) return;
  // What failed once has passed: the next append works. Only those that tell of it fail: the one that it hit, and the
  // next one, which vouches for what was written before and never awaited.
  const bool all_awaited = std::ranges::find(operations, Operation::write) == operations.end();
  std::string told;
  bool works = false;
  for (int attempt = 0; attempt < (all_awaited ? 2 : 3) && !works; ++attempt) {
    auto appended = log_process.perform(Operation::append);
    works = appended.has_value();
    if (!works) told += appended.error().message + "; ";
  }
  if (!works) complain(told, "at the end");
  after();
}

void CrashExplorer::step(CrashProcess& process, Operation operation, Failures failures) {
  auto done = process.perform(operation);
  if (!done && failures == Failures::none) complain(done.error().message, "operation");
  // A failure nobody was told of may have taken anything that was not acknowledged.
  if (failures == Failures::expected)
    for (const CrashTopic topic : {CrashTopic::events, CrashTopic::view})
      if (ledger_.begun(topic) != 0) ledger_.fail(topic, ledger_.begun(topic) - 1);
  if (!done) return;
  if (auto read = process.read(); !read && failures == Failures::none) complain(read.error().message, "reading");
}

void CrashExplorer::examine(const CrashDisk& disk, DiskSeam::Point point) {
  ++moment_;
  if (at_fault_) return;
  judge_kill(disk, point);
  const CrashImages images(disk);
  const bool all = random_() % 2 == 0;
  judge_power_loss(images, images.first(all ? images.units() : 0, static_cast<PageImage>(1 + random_() % 4)),
                   all ? "all survives" : "nothing survives");
  // What else survives does not depend on the pages, and the other way round.
  if (point == DiskSeam::Point::store) return;
  const auto& changes = images.changes();
  for (std::size_t i = changes.size() - std::min(changes.size(), kPrefixesMax); i < changes.size(); ++i)
    judge_power_loss(images, images.first(changes[i], PageImage::device), "a prefix survives");
  examine_torn(images);
  for (int i = 0; i < effort_.random_images; ++i) {
    Survivors survivors = images.first(0, PageImage::device);
    const std::uint64_t most = random_() % 4;  // Mostly lost, mostly kept, or as the coin falls.
    for (std::size_t unit = 0; unit < images.units(); ++unit)
      survivors.kept[unit] = most == 0 ? random_() % 8 == 0 : most == 1 ? random_() % 8 != 0 : random_() % 2 == 0;
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
    const std::size_t bytes = images.bytes_of(unit);
    for (int i = 0; i < effort_.torn_bytes && bytes > 1; ++i) {
      survivors.torn = unit;
      survivors.torn_bytes = 1 + random_() % (bytes - 1);
      judge_power_loss(images, survivors, "the last write is torn within a sector");
    }
  }
}

void CrashExplorer::judge_power_loss(const CrashImages& images, const Survivors& survivors, const char* kind) {
  if (at_fault_) return;
  ++counts_.states;
  const Found& found = recovered(images.image(survivors, random_));
  const std::string wrong = ledger_.judge(found, Ledger::Crash::power);
  if (!wrong.empty()) complain(wrong, kind);
}

void CrashExplorer::judge_kill(const CrashDisk& disk, DiskSeam::Point point) {
  ++counts_.states;
  CrashDisk left = disk.after_kill();
  const Verdict by_ledger = [this](const Found& found, Ledger::Crash crash) { return ledger_.judge(found, crash); };
  // A new process believes no page that an old one has left, so what differs in pages alone is looked at more rarely.
  const std::uint64_t rarer = point == DiskSeam::Point::store ? kStoresPerCall : 1;
  const bool nested = random_() % (rarer * effort_.nested_one_in) == 0;
  const Found found =
      recover_and_look_around(left, random_() % (rarer * effort_.appended_one_in), nested ? &by_ledger : nullptr);
  const std::string wrong = ledger_.judge(found, Ledger::Crash::kill);
  if (!wrong.empty()) complain(wrong, "a kill");
}

const Found& CrashExplorer::recovered(CrashDisk image) {
  const std::uint64_t key = image.hash();
  if (!looked_around_.insert(key).second) return recovered_[key];
  // What the crashes during this recovery lead to is compared with it in the end.
  std::vector<Found> others;
  const Verdict later = [&others](const Found& found, Ledger::Crash) {
    const bool is_new = std::ranges::none_of(
        others, [&](const Found& other) { return other.frames == found.frames && other.fault == found.fault; });
    if (is_new) others.push_back(found);
    return std::string();
  };
  const bool nested = key % effort_.nested_one_in == 0;
  Found found = recover_and_look_around(image, (key >> 32U) % effort_.appended_one_in, nested ? &later : nullptr);
  for (const Found& other : others)
    if (found.fault.empty() && (!other.fault.empty() || other.frames != found.frames))
      found.fault = "a crash during recovery leads to another outcome:" + describe(other);
  return recovered_[key] = std::move(found);
}

Found CrashExplorer::recover(CrashDisk& disk, const DiskSeam::Watcher& watcher) {
  ++counts_.recoveries;
  Found found;
  Process process(disk, watcher, over_recoveries_);
  auto directory = log::open_directory(setup_.root, {.seam = &process.seam()}, setup_.protocol);
  if (!directory) {
    found.fault = "opening: " + directory.error().message;
    return found;
  }
  found.notes = (*directory)->take_recovery_notes();
  auto frames = read_frames(**directory, setup_);
  if (frames)
    found.frames = std::move(*frames);
  else
    found.fault = "reading: " + frames.error().message;
  return found;
}

Found CrashExplorer::recover_and_look_around(CrashDisk& disk, std::uint64_t luck, const Verdict* nested) {
  std::string fault;
  DiskSeam::Watcher watcher;
  if (nested != nullptr)
    watcher = [&](DiskSeam::Point point) {
      if (fault.empty()) examine_recovery(disk, point, *nested, fault);
    };
  Found found = recover(disk, watcher);
  disk.settle_store();
  if (found.fault.empty()) found.fault = fault;
  if (found.fault.empty()) found.fault = look_again(disk, found);
  if (found.fault.empty() && luck == 0) found.fault = append_afterwards(disk.after_kill(), found);
  return found;
}

void CrashExplorer::examine_recovery(const CrashDisk& disk, DiskSeam::Point point, const Verdict& verdict,
                                     std::string& fault) {
  const CrashImages images(disk);
  const auto judge = [&](const Survivors& survivors) {
    ++counts_.states;
    ++counts_.nested;
    CrashDisk image = images.image(survivors, random_);
    const std::uint64_t key = image.hash();
    if (!recovered_.contains(key)) recovered_[key] = recover(image, {});
    const std::string wrong = verdict(recovered_[key], Ledger::Crash::power);
    if (!wrong.empty()) fault = "a crash during recovery: " + wrong;
  };
  judge(images.first(0, PageImage::older));
  if (point == DiskSeam::Point::store) return;
  for (const std::size_t units : images.changes()) judge(images.first(units, PageImage::newest));
  Survivors some = images.first(0, PageImage::mixed);
  for (std::size_t unit = 0; unit < images.units(); ++unit) some.kept[unit] = random_() % 2 == 0;
  judge(some);
  ++counts_.states;
  ++counts_.nested;
  CrashDisk killed = disk.after_kill();
  const std::string wrong = verdict(recover(killed, {}), Ledger::Crash::kill);
  if (!wrong.empty()) fault = "a kill during recovery: " + wrong;
}

/// What a start has shown is durable, so a loss of power right after it changes nothing and leaves nothing to report.
std::string CrashExplorer::look_again(const CrashDisk& disk, const Found& found) {
  const CrashImages images(disk);
  CrashDisk again = images.image(images.first(0, PageImage::older), random_);
  for (const log::RecoveryNote& note : found.notes) {
    const auto aside = again.find(note.kept_aside);
    if (!aside || aside->cache.size() != note.bytes) return note.kept_aside + " is not durable";
  }
  const std::uint64_t key = again.hash();
  if (!recovered_.contains(key)) recovered_[key] = recover(again, {});
  const Found& second = recovered_[key];
  if (!second.fault.empty()) return "opening again: " + second.fault;
  if (second.frames != found.frames) return "opening again shows something else";
  if (!second.notes.empty()) return "opening again reports a torn tail again";
  return {};
}

/// Appends work after a start, are durable, and get sequences that nobody was told before.
std::string CrashExplorer::append_afterwards(CrashDisk disk, const Found& found) {
  Ledger ledger;
  Process process(disk, {}, over_recoveries_);
  CrashProcess log_process(process.seam(), setup_, ledger);
  if (auto opened = log_process.open(); !opened) return "opening to append: " + opened.error().message;
  for (const log::TopicInfo& topic : setup_.topics) {
    auto report = log::verify_partition(log_process.directory(), topic, 0);
    if (!report) return "verifying: " + report.error().message;
    if (!report->damages.empty()) return "verifying: " + report->damages.front().what;
  }
  for (const Operation operation : {Operation::append, Operation::commit})
    if (auto done = log_process.perform(operation); !done) return "appending afterwards: " + done.error().message;
  disk.settle_store();
  const CrashImages images(disk);
  CrashDisk lost = images.image(images.first(0, PageImage::older), random_);
  const Found after = recover(lost, {});
  if (!after.fault.empty()) return "after appending: " + after.fault;
  for (std::size_t topic = 0; topic < kCrashTopics; ++topic) {
    const auto& frames = after.frames[topic];
    const auto& before = found.frames[topic];
    if (frames.size() != before.size() + 1 || !std::equal(before.begin(), before.end(), frames.begin()))
      return fmt::format("{}: {} frames after an append to {}", kCrashTopicNames[topic], frames.size(), before.size());
    if (frames.back().sequence <= ledger_.highest()) return "a sequence is used again";
  }
  return {};
}

}  // namespace kappa::test

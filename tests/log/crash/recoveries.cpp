// Most disks that a history may leave are equal to others (a store to a shared page changes nothing that survives a
// loss of power), so what recovery makes of one is kept by its hash; judging it anew costs next to nothing, and the
// ledger may demand more than before. Recovery is deterministic but for random numbers, which only keep apart what must
// not be equal.
#include "recoveries.hpp"

#include <algorithm>

#include "fmt/format.h"
#include "format/hash.hpp"
#include "kappa/log/verify.hpp"

namespace kappa::test {
namespace {

constexpr std::size_t kKnownMax = 4'000'000;
constexpr std::uint32_t kOldPagesOneIn = 8;
constexpr std::uint64_t kMixer = 0x9e3779b97f4a7c15ULL;

std::string verify(log::Directory& directory) {
  auto topics = directory.catalog().topics();
  if (!topics) return "verifying: " + topics.error().message;
  for (const log::TopicInfo& topic : *topics) {
    auto report = log::verify_partition(directory, topic, 0);
    if (!report) return "verifying: " + report.error().message;
    if (!report->damages.empty()) return "verifying: " + report->damages.front().what;
  }
  return {};
}

/// Trims that were on record are carried out, and one frame has come.
bool grew_by_one(FoundTopic before, FoundTopic now) {
  const bool same = now.id && (!before.id || now.id == before.id);
  if (!same || now.start != before.recorded_start || now.frames.empty()) return false;
  std::erase_if(before.frames, [&](const FoundFrame& frame) { return frame.offset < now.start; });
  now.frames.pop_back();
  return are_same_frames(before, now);
}

/// Who only reads before a start sees what it then finds, and moreover what a trim on record is to take. After a kill
/// that is a beginning of it: a start takes up what was written and is not durable, the catalog's last event, too.
bool is_seen_of(FoundTopic seen, const FoundTopic& found, Ledger::Crash crash) {
  if (seen.id != found.id) return crash == Ledger::Crash::kill;
  if (seen.start != found.start && found.start != found.recorded_start) return false;
  std::erase_if(seen.frames, [&](const FoundFrame& frame) { return frame.offset < found.start; });
  const std::size_t frames = seen.frames.size();
  if (frames > found.frames.size() || (frames < found.frames.size() && crash == Ledger::Crash::power)) return false;
  return std::ranges::equal(seen.frames, std::span(found.frames).first(frames));
}

std::string what_is_not_there(const Found& seen, const Found& found, Ledger::Crash crash) {
  if (!seen.fault.empty()) return "reading only, before a start: " + seen.fault;
  for (std::size_t topic = 0; topic < kCrashTopics; ++topic)
    if (!is_seen_of(seen.topics[topic], found.topics[topic], crash))
      return "reading only, before a start, shows" + describe(seen) + " instead of" + describe(found);
  return {};
}

/// Of the names below a path and of the bytes that they have, whoever has them mapped.
std::uint64_t hash_below(const CrashDisk& disk, const std::string& path) {
  std::uint64_t sum = 0;
  for (const std::string& name : disk.list(path)) {
    const std::string below = path + "/" + name;
    const auto inode = disk.find(below);
    std::vector<std::byte> bytes(inode->cache.size());
    inode->read(0, bytes);
    sum = (sum ^ log::hash_of(as_bytes(name))) * kMixer + log::hash_of(bytes);
    if (inode->is_directory) sum = sum * kMixer + hash_below(disk, below);
  }
  return sum;
}

/// Whatever the pages hold after a start, the next start does not believe them.
PageImage some_pages(Random& random) {
  return random() % kOldPagesOneIn == 0 ? PageImage::older : PageImage::device;
}

}  // namespace

const Found& Recoveries::remember(std::uint64_t key, Found found) {
  auto& outcome = outcomes_[hash_of(found)];
  if (!outcome) outcome = std::make_unique<const Found>(std::move(found));
  known_[key] = outcome.get();
  return *outcome;
}

const Found& Recoveries::once(CrashDisk& disk, const Context& context) {
  const std::uint64_t key = disk.hash();
  if (const auto known = known_.find(key); known != known_.end()) return *known->second;
  return remember(key, recover(disk, context, {}));
}

const Found& Recoveries::after_power_loss(CrashDisk image, const CrashSetup& setup, Random& random) {
  if (known_.size() > kKnownMax) {
    known_.clear();
    looked_around_.clear();
  }
  const std::uint64_t key = image.hash();
  if (!looked_around_.insert(key).second) return *known_.at(key);
  ++counts_.images;
  // What the crashes during this recovery lead to is compared with it in the end.
  std::vector<Found> others;
  const Verdict later = [&others](const Found& found, Ledger::Crash) {
    const bool is_new = std::ranges::none_of(
        others, [&](const Found& other) { return other.topics == found.topics && other.fault == found.fault; });
    if (is_new) others.push_back(found);
    return std::string();
  };
  const bool nested = key % effort_.nested_one_in == 0;
  Found found = look_around(image, {setup, random}, (key >> 32U) % effort_.appended_one_in, nested ? &later : nullptr);
  for (const Found& other : others)
    if (found.fault.empty() && (!other.fault.empty() || other.topics != found.topics))
      found.fault = "a crash during recovery leads to another outcome:" + describe(other);
  return remember(key, std::move(found));
}

Found Recoveries::after_kill(CrashDisk left, const CrashSetup& setup, Random& random, const Verdict& verdict,
                             std::uint32_t rarer) {
  ++counts_.images;
  const bool nested = random() % (rarer * effort_.nested_one_in) == 0;
  return look_around(left, {setup, random, Ledger::Crash::kill}, random() % (rarer * effort_.appended_one_in),
                     nested ? &verdict : nullptr);
}

Found Recoveries::recover(CrashDisk& disk, const Context& context, const DiskSeam::Watcher& watcher,
                          log::Access access) {
  ++counts_.run;
  Found found;
  SimProcess process(disk, watcher, decorator_);
  auto directory =
      log::open_directory(context.setup.root, {.access = access, .seam = &process.seam()}, context.setup.protocol);
  if (!directory) {
    found.fault = "opening: " + directory.error().message;
    return found;
  }
  found.notes = (*directory)->take_recovery_notes();
  auto topics = read_topics(**directory);
  if (topics)
    found.topics = std::move(*topics);
  else
    found.fault = "reading: " + topics.error().message;
  return found;
}

Found Recoveries::look_around(CrashDisk& disk, const Context& context, std::uint64_t luck, const Verdict* verdict) {
  std::string fault;
  DiskSeam::Watcher watcher;
  if (verdict != nullptr)
    watcher = [&](DiskSeam::Point point) {
      if (fault.empty()) fault = examine(disk, context, point, *verdict);
    };
  std::optional<Found> seen;
  if (luck == 0) {
    CrashDisk unrecovered = disk.after_kill();
    seen = read_only(unrecovered, context);
  }
  Found found = recover(disk, context, watcher);
  disk.settle_store();
  if (found.fault.empty()) found.fault = fault;
  if (found.fault.empty() && seen) found.fault = what_is_not_there(*seen, found, context.crash);
  if (found.fault.empty()) found.fault = look_again(disk, context, found);
  if (found.fault.empty() && luck == 0) found.fault = append_afterwards(disk.after_kill(), context, found);
  return found;
}

std::string Recoveries::examine(const CrashDisk& disk, const Context& context, DiskSeam::Point point,
                                const Verdict& verdict) {
  const CrashImages images(disk);
  std::string fault;
  const auto judge = [&](const Survivors& survivors) {
    if (!fault.empty()) return;
    ++counts_.nested;
    CrashDisk image = images.image(survivors, context.random);
    const std::string wrong = verdict(once(image, context), Ledger::Crash::power);
    if (!wrong.empty()) fault = "a crash during recovery: " + wrong;
  };
  // What survives does not depend on the pages, and the other way round. What a page may be at a store, it may still be
  // at the next call.
  const bool store = point == DiskSeam::Point::store;
  judge(images.first(0, store ? some_pages(context.random) : PageImage::older));
  if (store && context.random() % kOldPagesOneIn != 0) return fault;
  const std::string killed = judge_kill(disk, context, verdict);
  if (store || !killed.empty()) return killed.empty() ? fault : killed;
  judge(images.first(images.units(), PageImage::newest));
  for (const std::size_t units : images.changes()) judge(images.first(units, PageImage::device));
  Survivors some = images.first(0, PageImage::mixed);
  for (std::size_t unit = 0; unit < images.units(); ++unit) some.kept[unit] = context.random() % 2 == 0;
  judge(some);
  return fault;
}

std::string Recoveries::judge_kill(const CrashDisk& disk, const Context& context, const Verdict& verdict) {
  ++counts_.nested;
  CrashDisk killed = disk.after_kill();
  const std::string wrong = verdict(recover(killed, context, {}), Ledger::Crash::kill);
  return wrong.empty() ? wrong : "a kill during recovery: " + wrong;
}

/// Who may only read, before anybody has started anew, changes nothing.
Found Recoveries::read_only(CrashDisk& disk, const Context& context) {
  const std::uint64_t before = hash_below(disk, context.setup.root);
  Found seen = recover(disk, context, {}, log::Access::read_only);
  if (seen.fault.empty() && !seen.notes.empty()) seen.fault = "tells of a torn tail";
  disk.settle_store();
  if (seen.fault.empty() && hash_below(disk, context.setup.root) != before) seen.fault = "changes the disk";
  return seen;
}

/// What a start has shown is durable, so a loss of power right after it leaves nothing to report, and changes nothing
/// but that it may undo what a compaction has removed.
std::string Recoveries::look_again(const CrashDisk& disk, const Context& context, Found& found) {
  const CrashImages images(disk);
  CrashDisk again = images.image(images.first(0, some_pages(context.random)), context.random);
  for (const log::RecoveryNote& note : found.notes) {
    const auto aside = again.find(note.kept_aside);
    if (!aside || aside->cache.size() != note.bytes) return note.kept_aside + " is not durable";
  }
  const Found& second = once(again, context);
  if (!second.fault.empty()) return "opening again: " + second.fault;
  for (std::size_t topic = 0; topic < kCrashTopics; ++topic) {
    FoundTopic shown = found.topics[topic];
    if (!are_same_frames(shown, second.topics[topic])) return "opening again shows something else";
    shown.frames = second.topics[topic].frames;
    if (shown != second.topics[topic]) return "opening again shows another topic";
  }
  if (second.topics != found.topics) found.later = second.topics;
  if (!second.notes.empty()) return "opening again reports a torn tail again";
  return {};
}

/// What is on record of trims can be carried out; appends work after a start, are durable, and get sequences behind all
/// that were found.
std::string Recoveries::append_afterwards(CrashDisk disk, const Context& context, Found& found) {
  Ledger ledger;
  SimProcess process(disk, {}, decorator_);
  CrashProcess log_process(process.seam(), context.setup, ledger);
  if (auto opened = log_process.open(); !opened) return "opening to append: " + opened.error().message;
  if (std::string damaged = verify(log_process.directory()); !damaged.empty()) return damaged;
  if (auto finished = log_process.finish_trims(); !finished) return "finishing trims: " + finished.error().message;
  for (const Operation operation : {Operation::append, Operation::commit})
    if (auto done = log_process.perform(operation); !done) return "appending afterwards: " + done.error().message;
  auto epoch = log_process.take_ownership();
  if (!epoch) return "becoming the owner: " + epoch.error().message;
  disk.settle_store();
  const CrashImages images(disk);
  CrashDisk lost = images.image(images.first(0, some_pages(context.random)), context.random);
  const Found after = recover(lost, context, {});
  if (!after.fault.empty()) return "after appending: " + after.fault;
  for (std::size_t topic = 0; topic < kCrashTopics; ++topic)
    if (!grew_by_one(found.topics[topic], after.topics[topic]))
      return fmt::format("after an append{} instead of{}", describe(after), describe(found));
  found.next = after.topics[0].frames.back().sequence;
  found.next_epoch = *epoch;
  return {};
}

}  // namespace kappa::test

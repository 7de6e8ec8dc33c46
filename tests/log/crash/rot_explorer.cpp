#include "rot_explorer.hpp"

#include <algorithm>

#include "fmt/format.h"
#include "kappa/log/verify.hpp"

namespace kappa::test {
namespace {

bool is_beginning(const std::vector<FoundFrame>& part, const std::vector<FoundFrame>& whole) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

bool has_note(const Found& found, std::string_view topic) {
  const std::string file = fmt::format("/{}/0/", topic);
  return std::ranges::any_of(found.notes, [&](const auto& note) { return note.file.find(file) != std::string::npos; });
}

/// The topics in which verification finds damage; the catalog alone, where it does not tell which there are.
std::set<std::string> damaged_topics(log::Directory& directory) {
  const std::string catalog_name(log::kCatalogTopic);
  auto topics = directory.catalog().topics();
  auto catalog = directory.catalog().find_topic(log::kCatalogTopic);
  if (!topics || !catalog || !*catalog) return {catalog_name};
  topics->push_back(**catalog);
  std::set<std::string> damaged;
  for (const log::TopicInfo& topic : *topics) {
    const auto report = log::verify_partition(directory, topic, 0);
    if (!report || !report->damages.empty()) damaged.insert(topic.name);
  }
  return damaged;
}

}  // namespace

RotExplorer::RotExplorer(std::uint64_t mark_every_bytes) {
  CrashDisk disk;
  DiskSeam seam(disk);
  setup_ = make_crash_setup(seam, base_ledger_, mark_every_bytes);
  disk.settle_store();
  const CrashImages images(disk);
  base_ = images.image(images.first(images.units(), PageImage::device), random_);
}

void RotExplorer::explore(const Operations& operations, std::uint64_t seed, int times) {
  random_ = Random(seed);
  ledger_ = base_ledger_;
  history_ = name_of(operations);
  CrashDisk disk = base_.after_kill();
  DiskSeam seam(disk);
  CrashProcess process(seam, setup_, ledger_);
  std::vector<CrashDisk> older;
  const auto left = [&](std::size_t units) {
    disk.settle_store();
    const CrashImages images(disk);
    return images.image(images.first(std::min(units, images.units()), PageImage::device), random_);
  };
  older.push_back(left(0));
  for (const Operation operation : operations) {
    if (auto done = process.perform(operation); !done) faults_.push_back(history_ + ": " + done.error().message);
    older.push_back(left(0));
  }
  const CrashDisk& before = older[random_() % older.size()];
  damage_all(left(0), before, Left::crashed, times);
  damage_all(left(SIZE_MAX), before, Left::crashed, times);
  process.close();
  damage_all(left(SIZE_MAX), before, Left::closed, times);
}

void RotExplorer::damage_all(const CrashDisk& image, const CrashDisk& older, Left left, int times) {
  const Observed whole = observe(image.after_kill());
  if (whole.error || !whole.damaged.empty()) return faults_.push_back(history_ + ": damaged without any damage");
  const std::vector<Sector> sectors = sectors_of(image);
  for (const Sector& sector : sectors)
    for (std::size_t kind = 0; kind < kRots; ++kind)
      for (int i = 0; i < times; ++i) {
        CrashDisk rotten = image.after_kill();
        const auto rot = static_cast<Rot>(kind);
        const Damage done = damage(rotten, rot, sector, sectors, older, random_);
        if (done.where.empty()) continue;
        const std::string wrong = judge(whole, observe(std::move(rotten)), done, left);
        if (!wrong.empty())
          faults_.push_back(
              fmt::format("[{}] {}, {}: {}", history_, left == Left::closed ? "closed" : "crashed", done.where, wrong));
      }
}

RotExplorer::Observed RotExplorer::observe(CrashDisk disk) const {
  Observed seen;
  DiskSeam seam(disk);
  auto directory = log::open_directory(setup_.root, {.seam = &seam}, setup_.protocol);
  if (!directory) {
    seen.error = directory.error();
    return seen;
  }
  seen.found.notes = (*directory)->take_recovery_notes();
  auto catalog = (*directory)->catalog().read();
  if (!catalog) {
    seen.error = catalog.error();
    return seen;
  }
  seen.catalog_end = catalog->end;
  for (std::size_t topic = 0; topic < kCrashTopics; ++topic)
    if (auto read = read_topic(**directory, kCrashTopicNames[topic], seen.found.topics[topic]); !read)
      seen.errors[topic] = read.error();
  seen.damaged = damaged_topics(**directory);
  // A partition may have been recovered only when it was used.
  const auto later = (*directory)->take_recovery_notes();
  seen.found.notes.insert(seen.found.notes.end(), later.begin(), later.end());
  return seen;
}

/// Missing are only frames of the last two groups of appends, which no mark covers; what the catalog lacks are at most
/// its last two events.
bool RotExplorer::is_residual(const Observed& whole, const Observed& now, std::size_t topic, bool marked) const {
  const FoundTopic& was = whole.found.topics[topic];
  const FoundTopic& is = now.found.topics[topic];
  if (whole.catalog_end.value > now.catalog_end.value + 2) return false;
  const bool same = was.id == is.id && was.retained == is.retained && was.recorded_start == is.recorded_start;
  if (!same && whole.catalog_end == now.catalog_end) return false;
  for (std::size_t i = is.frames.size(); is.id && i < was.frames.size(); ++i)
    if (!ledger_.in_last_groups(static_cast<CrashTopic>(topic), was.frames[i].digest, marked)) return false;
  return true;
}

/// Of the catalog damage is told for every topic: nobody knows then which there are.
bool RotExplorer::is_told(const Observed& now, std::size_t topic) {
  return now.error || now.errors[topic] || now.damaged.contains(std::string(log::kCatalogTopic)) ||
         now.damaged.contains(kCrashTopicNames[topic]);
}

std::string RotExplorer::judge(const Observed& whole, const Observed& now, const Damage& done, Left left) {
  RotCounts& counts = counts_[static_cast<std::size_t>(done.rot)];
  ++counts.states;
  bool told = now.error.has_value() || !now.damaged.empty();
  if (now.error && now.error->code != Errc::corruption) return "not told as corruption: " + now.error->message;
  bool complete = !now.error && whole.catalog_end == now.catalog_end;
  bool noted = has_note(now.found, log::kCatalogTopic);
  for (std::size_t topic = 0; topic < kCrashTopics && !now.error; ++topic) {
    const auto& error = now.errors[topic];
    if (error && error->code != Errc::corruption) return "not told as corruption: " + error->message;
    told |= error.has_value();
    noted |= has_note(now.found, kCrashTopicNames[topic]);
    const auto& frames = now.found.topics[topic].frames;
    if (!is_beginning(frames, whole.found.topics[topic].frames)) return "something else is served";
    complete &= !error && now.found.topics[topic] == whole.found.topics[topic];
  }
  if (complete && !told) return ++counts.harmless, "";
  // A swap may take the mark together with what it vouches for.
  const bool may_be = left == Left::crashed || done.swaps_a_mark;
  for (std::size_t topic = 0; topic < kCrashTopics; ++topic)
    if (!is_told(now, topic) && (!told || now.found.topics[topic] != whole.found.topics[topic]) &&
        (!may_be || !is_residual(whole, now, topic, !done.swaps_a_mark)))
      return "silently cut:" + describe(now.found) + " instead of" + describe(whole.found);
  if (told) return ++counts.told, "";
  if (noted) return ++counts.torn, "";
  if (done.rot == Rot::bit) return "nothing tells of a bit";
  return ++counts.lost, "";
}

}  // namespace kappa::test

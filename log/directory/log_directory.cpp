// The open directory hands out appenders and readers; all of one process that use the same partition share one
// Partition object, and through it its lock. A partition is recovered when it is first used, in the rare case that its
// head is not current although the directory has been started (a damaged one, or one whose head was removed).
#include "directory/log_directory.hpp"

#include <algorithm>

#include "directory/cold_start.hpp"
#include "fmt/format.h"
#include "kappa/log/repair_hint.hpp"
#include "protocol/once_appender.hpp"
#include "protocol/ordered_reader.hpp"
#include "protocol/partition_appender.hpp"
#include "segment/seal.hpp"

namespace kappa::log {
namespace {

/// Those of the offsets [from, to) that are in gaps. Gaps may overlap: what is beside one may be lost later, together
/// with it.
std::uint64_t events_in(std::span<const GapRecord> recorded, Offset from, Offset to) {
  std::vector<GapRecord> gaps(recorded.begin(), recorded.end());
  std::ranges::sort(gaps, {}, &GapRecord::begin);
  std::uint64_t events = 0;
  for (const GapRecord& gap : gaps) {
    from = std::max(from, gap.begin);
    const Offset end = std::min(gap.end, to);
    if (end <= from) continue;
    events += end.value - from.value;
    from = end;
  }
  return events;
}

/// What can be done about a topic of which a partition is lost: nobody deletes the others unawares.
std::string rest_of_topic(const TopicInfo& topic, std::uint32_t lost) {
  if (topic.partitions == 1) return ": kappa topic delete " + topic.name;
  return fmt::format(
      ", its other partitions can still be read: copy each (kappa read {0} -p {1} -J | kappa append COPY -J) before "
      "kappa topic delete {0}",
      topic.name, lost == 0 ? 1 : 0);
}

}  // namespace

LogDirectory::LogDirectory(OpenedDirectory opened, std::filesystem::path path)
    : opened_(std::move(opened)),
      path_(std::move(path)),
      environment_{opened_.seam,       opened_.sequence, opened_.access, opened_.id,
                   opened_.seam.pid(), opened_.protocol, nullptr,        opened_.notice} {
  // A seam of a test runs many processes on one thread; it has its appenders do the housekeeping themselves.
  if (opened_.access == Access::read_write && &opened_.seam == &real_seam()) {
    housekeeper_ = std::make_unique<Housekeeper>(opened_.seam, opened_.protocol);
    environment_.housekeeper = housekeeper_.get();
  }
}

Result<void> LogDirectory::start(std::vector<RecoveryNote> notes) {
  notes_ = std::move(notes);
  // Alone or not, from here on it is one process among others. The change of mode leaves no gap.
  if (opened_.lifetime.is_open())
    if (auto shared = opened_.seam.lock(opened_.lifetime, LockMode::shared, {}); !shared) return propagate(shared);
  auto header = first_header(opened_.seam, opened_.layout.partition(kCatalogTopic, 0));
  if (!header) return propagate(header);
  if (!*header)
    return fail(Errc::corruption, fmt::format("{}: no segment is left", opened_.layout.partition(kCatalogTopic, 0)),
                repair_hint(opened_.layout.partition(kCatalogTopic, 0)));
  auto found = partition({std::string(kCatalogTopic), (*header)->topic, TopicKind::catalog, 1, {}}, 0);
  if (!found) return propagate(found);
  catalog_ = std::make_unique<LogCatalog>(*found);
  return {};
}

std::vector<RecoveryNote> LogDirectory::take_recovery_notes() {
  const std::lock_guard guard(mutex_);
  return std::exchange(notes_, {});
}

Error LogDirectory::missing_partition(const TopicInfo& topic, std::uint32_t number) {
  const std::string label = fmt::format("{}/{}", topic.name, number);
  // Deletion is recorded before anything is removed, so what the catalog still knows has been lost otherwise.
  const auto known = catalog_ ? catalog_->find_topic(topic.name) : Result<std::optional<TopicInfo>>{};
  if (known && *known && (*known)->id == topic.id && number < (*known)->partitions)
    return {Errc::corruption,
            fmt::format("{}: the segments of partition {} are missing", opened_.layout.partition(topic.name, number),
                        label),
            "restore them from a backup (kappa restore BACKUP -d NEW); without one" + rest_of_topic(topic, number)};
  return {Errc::not_found, fmt::format("there is no partition {} of this topic (any more)", label), "kappa topic list"};
}

Result<std::shared_ptr<Partition>> LogDirectory::open_partition(const TopicInfo& topic, std::uint32_t number) {
  const std::string directory = opened_.layout.partition(topic.name, number);
  const std::string label = fmt::format("{}/{}", topic.name, number);
  auto header = first_header(opened_.seam, directory);
  if (!header) return propagate(header);
  if (number >= topic.partitions || !*header || (*header)->topic != topic.id)
    return std::unexpected(missing_partition(topic, number));
  auto opened = Partition::open(environment_, {directory, label, topic.id, topic.kind, number});
  if (!opened) return opened;
  // A deletion may have taken it; that is recorded before anything is removed.
  if (catalog_ && (*opened)->head().file().is_missing())
    if (auto there = check_still_there(topic); !there) return propagate(there);
  if ((*opened)->current()) return opened;
  if (opened_.access == Access::read_only) {
    if (topic.kind != TopicKind::catalog) check_consumed_locked(**opened);
    return opened;
  }
  auto evidence = collect_evidence(opened_.seam, opened_.layout);
  if (!evidence) return propagate(evidence);
  auto recovered = recover_one(**opened, opened_.layout, *evidence);
  if (!recovered && recovered.error().code != Errc::corruption) return propagate(recovered);
  if (!recovered)
    (*opened)->set_damage(std::move(recovered.error()));
  else
    notes_.insert(notes_.end(), recovered->begin(), recovered->end());
  return opened;
}

Offset LogDirectory::consumed(const TopicId& topic, std::uint32_t number) {
  const std::lock_guard guard(mutex_);
  return consumed_locked(topic, number);
}

// Topics of users have no commits. A view that may not be read, or is of a newer format, says nothing about the others.
ConsumedEvidence LogDirectory::evidence_for_readers() {
  ConsumedEvidence evidence;
  const auto partitions = find_partitions(opened_.seam, opened_.layout);
  const auto topics = catalog_ ? catalog_->topics() : Result<std::vector<TopicInfo>>{};
  if (!partitions) return evidence;
  for (const FoundPartition& found : *partitions) {
    const bool of_user = topics && std::ranges::any_of(*topics, [&](const TopicInfo& topic) {
                           return topic.name == found.topic && topic.kind == TopicKind::user;
                         });
    if (of_user || found.topic == kCatalogTopic) continue;
    const auto tail = read_tail(opened_.seam, opened_.layout.partition(found.topic, found.number), Access::read_only);
    if (tail)
      add_evidence(evidence, *tail);
    else if (tail.error().code != Errc::corruption && opened_.notice)
      opened_.notice(
          fmt::format("{}; whether what it has consumed is still there cannot be told", tail.error().message));
  }
  return evidence;
}

Offset LogDirectory::consumed_locked(const TopicId& topic, std::uint32_t partition) {
  if (!evidence_) evidence_ = evidence_for_readers();
  const auto found = evidence_->find({topic, partition});
  return found == evidence_->end() ? Offset{} : found->second;
}

void LogDirectory::check_consumed_locked(Partition& partition) {
  const PartitionPlace& place = partition.place();
  const Offset consumed = consumed_locked(place.topic, place.partition);
  const auto tail = read_tail(opened_.seam, place.directory, Access::read_only);
  // Any other damage is told by who reads.
  if (!tail || consumed <= tail->end.next_offset) return;
  if (auto damage = damage_of(*tail, consumed)) partition.set_damage(std::move(*damage));
}

Result<std::shared_ptr<Partition>> LogDirectory::partition(const TopicInfo& topic, std::uint32_t number) {
  const std::lock_guard guard(mutex_);
  std::shared_ptr<Partition>& known = partitions_[{topic.id, number}];
  if (!known) {
    auto opened = open_partition(topic, number);
    if (!opened) {
      partitions_.erase({topic.id, number});
      return opened;
    }
    known = std::move(*opened);
  }
  if (auto alive = known->check_alive(); !alive) return propagate(alive);
  return known;
}

Result<void> LogDirectory::check_writable() const {
  if (opened_.access == Access::read_write) return {};
  return fail(Errc::io, fmt::format("{} is open for reading only", opened_.layout.root),
              "run as a user who may write to the directory");
}

Result<PartitionStatus> LogDirectory::status(const TopicInfo& topic, std::uint32_t number) {
  auto found = partition(topic, number);
  if (!found) return propagate(found);
  LogPartitionReader reader(*found);
  auto extent = reader.extent();
  if (!extent) return propagate(extent);
  // What is left of a damaged partition is not its extent.
  if (auto damage = (*found)->damage()) return std::unexpected(*damage);
  PartitionStatus status;
  status.extent = *extent;
  PartitionCursor cursor(*found);
  auto first = cursor.peek();
  if (!first) return propagate(first);
  if (*first != nullptr) status.first_append_time = (*first)->header.append_time;
  auto gaps = catalog_->gaps(topic.id, number);
  if (!gaps) return propagate(gaps);
  status.lost_events = events_in(*gaps, extent->start, extent->end);
  const std::string& directory = (*found)->place().directory;
  auto bases = list_segments(opened_.seam, directory);
  if (!bases) return propagate(bases);
  std::erase_if(*bases, [&](Offset base) { return base < extent->start; });
  status.segments = static_cast<std::uint32_t>(bases->size());
  for (const Offset base : *bases) {
    auto file = opened_.seam.open(segment_path(directory, base), OpenMode::read);
    if (!file && file.error().code == Errc::not_found) continue;  // Removed by retention since.
    if (!file) return propagate(file);
    auto bytes = opened_.seam.size(*file);
    if (!bytes) return propagate(bytes);
    status.bytes += *bytes;
  }
  auto removed = removed_events(**found, *bases, *gaps);
  if (!removed) return propagate(removed);
  status.removed_events = *removed;
  return status;
}

/// Each footer says how many events are left of the segment's offsets.
Result<std::uint64_t> LogDirectory::removed_events(const Partition& partition, std::span<const Offset> bases,
                                                   std::span<const GapRecord> gaps) {
  const PartitionPlace& place = partition.place();
  auto compactions = catalog_->compactions();
  if (!compactions) return propagate(compactions);
  std::uint64_t removed = 0;
  for (const Offset base : bases) {
    const auto touches = [&](const auto& one) { return one.touches(place.topic, place.partition, base); };
    if (std::ranges::none_of(*compactions, touches)) continue;
    auto segment = open_segment(opened_.seam, place.directory, base, Access::read_only);
    if (!segment && segment.error().code == Errc::not_found) continue;
    if (!segment) return propagate(segment);
    auto footer = read_footer(opened_.seam, (*segment)->file, (*segment)->salt());
    if (!footer) return propagate(footer);
    if (!*footer || !is_replaced((*footer)->header)) continue;
    const FooterHeader& left = (*footer)->header;
    removed += left.end_offset.value - base.value - left.event_count - events_in(gaps, base, left.end_offset);
  }
  return removed;
}

Result<std::unique_ptr<Appender>> LogDirectory::appender(const TopicInfo& topic, std::uint32_t number) {
  if (auto writable = check_writable(); !writable) return propagate(writable);
  auto found = partition(topic, number);
  if (!found) return propagate(found);
  if (auto damage = (*found)->damage()) return std::unexpected(*damage);
  return std::make_unique<PartitionAppender>(*found);
}

Result<std::unique_ptr<Appender>> LogDirectory::once_appender(const TopicInfo& topic, std::uint32_t number,
                                                              OnceOptions options) {
  if (auto writable = check_writable(); !writable) return propagate(writable);
  auto found = partition(topic, number);
  if (!found) return propagate(found);
  if (auto damage = (*found)->damage()) return std::unexpected(*damage);
  return OnceAppender::open(*found, std::move(options));
}

Result<std::unique_ptr<PartitionReader>> LogDirectory::reader(const TopicInfo& topic, std::uint32_t number) {
  auto found = partition(topic, number);
  if (!found) return propagate(found);
  return std::make_unique<LogPartitionReader>(*found);
}

Result<std::unique_ptr<OrderedReader>> LogDirectory::ordered_reader(std::span<const TopicInfo> inputs) {
  std::vector<MergeInput> merged;
  for (std::uint32_t input = 0; input < inputs.size(); ++input) {
    for (std::uint32_t number = 0; number < inputs[input].partitions; ++number) {
      auto found = partition(inputs[input], number);
      if (!found) return propagate(found);
      merged.push_back({input, *found});
    }
  }
  return std::make_unique<LogOrderedReader>(environment_, std::move(merged));
}

}  // namespace kappa::log

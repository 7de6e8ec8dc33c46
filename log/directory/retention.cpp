// Retention: whole segments go from a partition's beginning, once the newest event of one is old enough, or while its
// files hold too many bytes. The active segment goes only by age, and is left for a new one first; so it is also left
// when its oldest event is past the age, that it may go as a whole later.
//
// Two processes may plan at once, and a view may be defined meanwhile that needs what is about to go. The catalog
// decides: the event that names the new log start is appended on condition that nothing has happened there since the
// plan was made. Only then the partition's log start moves (log_start.cpp). A death before that leaves an event that is
// not yet carried out; whoever trims next, or defines or runs a view on the topic, does it first.
#include <algorithm>

#include "directory/catalog_json.hpp"
#include "directory/log_directory.hpp"
#include "fmt/format.h"
#include "protocol/log_start.hpp"
#include "protocol/partition_cursor.hpp"

namespace kappa::log {
namespace {

struct StoredSegment {
  Offset base;
  std::uint64_t bytes = 0;
  Micros last_append_time = 0;  ///< Of the last frame of a segment that was left, be it of control.
};

/// The segments from the log start on; the last one is active.
Result<std::vector<StoredSegment>> stored_segments(Partition& partition, Offset log_start) {
  Seam& seam = partition.seam();
  const std::string& directory = partition.place().directory;
  auto bases = list_segments(seam, directory);
  if (!bases) return propagate(bases);
  std::erase_if(*bases, [&](Offset base) { return base < log_start; });
  std::vector<StoredSegment> segments;
  for (const Offset base : *bases) {
    auto segment = open_segment(seam, directory, base, Access::read_only);
    // Another process is at the same work.
    if (!segment && segment.error().code == Errc::not_found) continue;
    if (!segment) return propagate(segment);
    auto bytes = seam.size((*segment)->file);
    if (!bytes) return propagate(bytes);
    if (!segments.empty()) segments.back().last_append_time = (*segment)->start.header.previous_last_append_time;
    segments.push_back({base, *bytes, 0});
  }
  return segments;
}

/// Append time of the first event at or after `offset`; nullopt if there is none.
Result<std::optional<Micros>> append_time_at(const std::shared_ptr<Partition>& partition, Offset offset) {
  LogPartitionReader reader(partition);
  if (auto moved = reader.seek(offset); !moved) return propagate(moved);
  auto first = reader.next_info();
  if (!first) return propagate(first);
  return *first ? std::optional((*first)->append_time) : std::nullopt;
}

/// When the last event before `end` was appended; `else_time` where damage hides it. A moved log start is itself a
/// frame, and would keep the events before it for as long again.
Micros last_event_time(const std::shared_ptr<Partition>& partition, Offset end, Micros else_time) {
  const auto time = append_time_at(partition, Offset{end.value - 1});
  return time && *time ? **time : else_time;
}

Result<Trim> plan_partition(const std::shared_ptr<Partition>& partition, const Retention& retention) {
  if (auto damage = partition->damage()) return std::unexpected(*damage);
  LogPartitionReader reader(partition);
  auto extent = reader.extent();
  if (!extent) return propagate(extent);
  auto segments = stored_segments(*partition, extent->start);
  if (!segments) return propagate(segments);
  Trim trim{.partition = partition->place().partition, .begin = extent->start, .end = extent->start};
  if (segments->empty()) return trim;
  const Micros oldest = retention.age ? partition->seam().now() - *retention.age : 0;
  std::uint64_t left = 0;
  for (const StoredSegment& segment : *segments) left += segment.bytes;
  std::size_t i = 0;
  const auto take = [&](Offset end, Micros last) {
    trim.end = end;
    trim.last_append_time = last;
    trim.bytes += (*segments)[i].bytes;
    left -= (*segments)[i].bytes;
    ++trim.segments;
  };
  for (; i + 1 < segments->size(); ++i) {
    const Micros last = last_event_time(partition, (*segments)[i + 1].base, (*segments)[i].last_append_time);
    if (last >= oldest && (!retention.bytes || left <= *retention.bytes)) return trim;
    take((*segments)[i + 1].base, last);
  }
  if (!retention.age) return trim;
  auto first = append_time_at(partition, segments->back().base);
  if (!first) return propagate(first);
  trim.leaves_active = *first && **first < oldest;
  const Micros last = last_event_time(partition, extent->end, extent->last_append_time);
  if (trim.leaves_active && last < oldest) take(extent->end, last);
  return trim;
}

/// The last place at or before `end` where a segment begins whose name is durable.
Result<Offset> segment_begin(Partition& partition, Offset end) {
  auto bases = list_segments(partition.seam(), partition.place().directory);
  if (!bases) return propagate(bases);
  const auto next = std::ranges::upper_bound(*bases, std::min(end, partition.head().durable().end.segment));
  return next == bases->begin() ? Offset{} : *std::prev(next);
}

}  // namespace

Result<void> LogDirectory::set_retention(const TopicInfo& topic, const Retention& retention) {
  if (auto writable = check_writable(); !writable) return writable;
  if (topic.kind != TopicKind::user)
    return fail(
        Errc::usage, fmt::format("'{}' is no topic of a user's: it is kept for ever", topic.name),
        topic.kind == TopicKind::catalog ? "" : "to be rid of a view's changes, drop the view: kappa view drop");
  if ((retention.age && *retention.age <= 0) || (retention.bytes && *retention.bytes == 0))
    return fail(Errc::usage, "a retention of nothing would keep nothing", "kappa topic delete " + topic.name);
  return record_about(topic, kRetentionSet, retention_body(topic.id, retention));
}

Result<std::vector<Trim>> LogDirectory::plan_retention(const TopicInfo& topic) {
  std::vector<Trim> trims;
  if (topic.retention == Retention{}) return trims;
  for (std::uint32_t number = 0; number < topic.partitions; ++number) {
    auto found = partition(topic, number);
    if (!found) return propagate(found);
    auto trim = plan_partition(*found, topic.retention);
    if (!trim) return propagate(trim);
    if (trim->takes_any() || trim->leaves_active) trims.push_back(*trim);
  }
  return trims;
}

Result<std::optional<Offset>> LogDirectory::trim_to_segments(const TopicInfo& topic, std::span<const Trim> trims,
                                                             Offset catalog_end) {
  std::vector<CatalogEvent> events;
  for (const Trim& trim : trims) {
    auto found = partition(topic, trim.partition);
    if (!found) return propagate(found);
    auto begin = segment_begin(**found, trim.end);
    if (!begin) return propagate(begin);
    auto recorded = catalog_->log_start(topic.id, trim.partition);
    if (!recorded) return propagate(recorded);
    if (*begin <= *recorded) continue;
    events.push_back({std::string(kTopicTrimmed), topic.name, trimmed_body({topic.id, trim.partition, *begin}), {}});
  }
  if (!events.empty()) {
    auto recorded = catalog_->append(events, catalog_end);
    if (!recorded && recorded.error().code == Errc::conflict) return std::nullopt;
    if (!recorded) return propagate(recorded);
  }
  if (auto finished = finish_trims(topic); !finished) return propagate(finished);
  return catalog_end.plus(events.size());
}

Result<bool> LogDirectory::trim(const TopicInfo& topic, std::span<const Trim> trims, Offset catalog_end) {
  if (auto writable = check_writable(); !writable) return propagate(writable);
  // What was left already goes first: it needs no room, and makes some for the segment that is to be begun.
  auto end = trim_to_segments(topic, trims, catalog_end);
  if (!end) return propagate(end);
  if (!*end) return false;
  for (const Trim& trim : trims) {
    if (!trim.leaves_active) continue;
    auto found = partition(topic, trim.partition);
    if (!found) return propagate(found);
    if (auto begun = begin_segment(**found); !begun) return propagate(begun);
  }
  // Events that were appended since the plan was made lie behind its end: their segment does not begin there, and
  // stays.
  auto done = trim_to_segments(topic, trims, **end);
  if (!done) return propagate(done);
  return done->has_value();
}

Result<void> LogDirectory::finish_trims(const TopicInfo& topic) {
  std::vector<std::pair<std::shared_ptr<Partition>, Offset>> due;
  for (std::uint32_t number = 0; number < topic.partitions; ++number) {
    auto log_start = catalog_->log_start(topic.id, number);
    if (!log_start) return propagate(log_start);
    if (*log_start == Offset{}) continue;
    auto found = partition(topic, number);
    if (!found) return propagate(found);
    if ((*found)->head().durable().end.point.log_start < *log_start) due.emplace_back(*found, *log_start);
  }
  if (due.empty()) return {};
  // Files are removed by their names, so no other topic may get this one's name meanwhile.
  auto lock = lock_topics();
  if (!lock) return propagate(lock);
  if (auto there = check_still_there(topic); !there) return there;
  for (const auto& [partition, log_start] : due)
    if (auto moved = move_log_start(*partition, log_start); !moved) return moved;
  return {};
}

}  // namespace kappa::log

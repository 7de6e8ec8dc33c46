// The catalog is an ordinary topic, so it is read like one: each call reads on from where the last one stopped and
// folds what happened to topics into the set of those there are. Nothing is cached that is not in the log.
#include "directory/log_catalog.hpp"

#include <algorithm>
#include <utility>

#include "directory/catalog_json.hpp"
#include "fmt/format.h"
#include "kappa/base/event_builder.hpp"
#include "protocol/group_commit.hpp"
#include "protocol/partition_appender.hpp"

namespace kappa::log {

LogCatalog::LogCatalog(std::shared_ptr<Partition> partition)
    : reader_(partition),
      itself_{std::string(kCatalogTopic), partition->place().topic, TopicKind::catalog, 1, {}},
      partition_(std::move(partition)) {
  const bool writable = partition_->environment().access == Access::read_write;
  if (writable) appender_ = std::make_unique<PartitionAppender>(partition_);
}

Result<void> LogCatalog::fold_locked(const CatalogEvent& event) {
  if (event.kind == kTopicCreated) {
    auto topic = decode_topic(event);
    if (!topic) return propagate(topic);
    topics_[topic->name] = *topic;
  } else if (event.kind == kTopicDeleted) {
    const auto topic = topics_.find(event.name);
    if (topic == topics_.end()) return {};
    deleted_.insert(topic->second.id);
    topics_.erase(topic);
  } else if (event.kind == kRetentionSet) {
    auto set = decode_retention(event);
    if (!set) return propagate(set);
    const auto topic = topics_.find(event.name);
    if (topic != topics_.end() && topic->second.id == set->topic) topic->second.retention = set->retention;
  } else if (event.kind == kCompactionSet || event.kind == kTopicCompacted || event.kind == kCompactionFinished) {
    return fold_compaction_locked(event);
  } else if (event.kind == kTopicTrimmed) {
    auto trimmed = decode_trimmed(event);
    if (!trimmed) return propagate(trimmed);
    Offset& start = log_starts_[{trimmed->topic, trimmed->partition}];
    start = std::max(start, trimmed->log_start);
  } else if (event.kind == kGapRecorded || event.kind == kGapHealed) {
    auto gap = decode_gap(event);
    if (!gap) return propagate(gap);
    fold_gap_locked(*gap, event);
  }
  return {};
}

Result<void> LogCatalog::fold_compaction_locked(const CatalogEvent& event) {
  const auto topic = topics_.find(event.name);
  if (event.kind == kCompactionSet) {
    auto set = decode_compaction(event);
    if (!set) return propagate(set);
    if (topic != topics_.end() && topic->second.id == set->topic) topic->second.compact_after = set->after;
    return {};
  }
  if (event.kind == kCompactionFinished) {
    auto finished = decode_finished(event);
    if (!finished) return propagate(finished);
    for (RecordedCompaction& one : compactions_)
      if (one.what.topic == finished->topic && one.what.partition == finished->partition && !one.finished)
        one.finished = event.sequence;
    return {};
  }
  auto compacted = decode_compacted(event);
  if (!compacted) return propagate(compacted);
  compactions_.push_back({*compacted, event.sequence, {}});
  if (topic == topics_.end() || topic->second.id != compacted->topic) return {};
  topic->second.compacted_through = std::max(topic->second.compacted_through, compacted->through);
  topic->second.compacted_at = event.sequence;
  return {};
}

void LogCatalog::fold_gap_locked(const GapRecord& gap, const CatalogEvent& event) {
  const bool recorded = event.kind == kGapRecorded;
  if (recorded)
    gaps_.insert(gap);
  else
    gaps_.erase(gap);
  const bool left = std::ranges::any_of(gaps_, [&](const GapRecord& one) {
    return one.topic == gap.topic && one.partition == gap.partition && one.segment == gap.segment;
  });
  Sequence& newest = gap_segments_[{gap.topic, gap.partition, gap.segment}];
  if (recorded) newest = event.sequence;
  if (!left) newest = kNoSequence;
}

Result<void> LogCatalog::apply_locked(const EventBatch& batch) {
  for (std::size_t i = 0; i < batch.columns.count; ++i) {
    auto event = decode_catalog_event(as_text(batch.columns.values[i]));
    if (!event && event.error().code == Errc::conflict) return propagate(event);
    if (!event)
      return fail(Errc::corruption, fmt::format("_catalog: the event at offset {} cannot be understood: {}",
                                                batch.offset(i).value, event.error().message));
    event->sequence = batch.sequence;
    if (auto folded = fold_locked(*event); !folded) return folded;
    contents_.events.push_back(std::move(*event));
  }
  contents_.end = batch.end_offset();
  return {};
}

Result<void> LogCatalog::start_over_locked() {
  contents_ = {};
  topics_.clear();
  log_starts_.clear();
  compactions_.clear();
  return reader_.seek({});
}

Result<void> LogCatalog::catch_up_locked() {
  // The reader stands behind the event already, and it is not to be passed over.
  if (refused_) return std::unexpected(*refused_);
  // Memory ran out while a batch was folded in: half of it may be.
  if (std::exchange(folding_, true))
    if (auto again = start_over_locked(); !again) return again;
  for (;;) {
    auto batch = reader_.next();
    if (!batch || !*batch) folding_ = false;
    if (!batch) return propagate(batch);
    if (!*batch) return {};
    if (auto applied = apply_locked(**batch); !applied) {
      refused_ = applied.error();
      return applied;
    }
  }
}

Result<Catalog::Contents> LogCatalog::read() {
  const std::lock_guard guard(mutex_);
  if (auto read = catch_up_locked(); !read) return propagate(read);
  return contents_;
}

Result<Sequence> LogCatalog::append(const std::vector<CatalogEvent>& events, std::optional<Offset> expected_end) {
  if (!appender_)
    return fail(Errc::io, "the directory is open for reading only", "open it with the permission to write");
  EventBatchBuilder builder;
  for (const CatalogEvent& event : events) {
    auto text = encode_catalog_event(event);
    if (!text) return propagate(text);
    builder.add({kNoTimestamp, {}, as_bytes(*text), {}});
  }
  auto stamp = appender_->append(builder.columns(), {.expected_end = expected_end, .owner_epoch = {}, .commit = {}});
  if (!stamp && stamp.error().code == Errc::conflict) {
    // What stands in the way may have been written by a process that died before its sync: until somebody publishes
    // it, reading again would show the same end as before.
    if (auto settled = settle(*partition_); !settled) return propagate(settled);
  }
  if (!stamp) return propagate(stamp);
  return stamp->sequence;
}

Result<Catalog::Contents> LogCatalog::read_settled() {
  if (auto settled = settle(*partition_); !settled) return propagate(settled);
  return read();
}

Result<std::vector<TopicInfo>> LogCatalog::topics() {
  const std::lock_guard guard(mutex_);
  if (auto read = catch_up_locked(); !read) return propagate(read);
  std::vector<TopicInfo> all;
  for (const auto& [name, topic] : topics_) all.push_back(topic);
  return all;
}

Result<bool> LogCatalog::was_deleted(const TopicId& topic) {
  const std::lock_guard guard(mutex_);
  if (auto read = catch_up_locked(); !read) return propagate(read);
  return deleted_.contains(topic);
}

Result<Offset> LogCatalog::log_start(const TopicId& topic, std::uint32_t partition) {
  const std::lock_guard guard(mutex_);
  if (auto read = catch_up_locked(); !read) return propagate(read);
  const auto found = log_starts_.find({topic, partition});
  return found == log_starts_.end() ? Offset{} : found->second;
}

Result<std::vector<GapRecord>> LogCatalog::gaps(const TopicId& topic, std::uint32_t partition) {
  const std::lock_guard guard(mutex_);
  if (auto read = catch_up_locked(); !read) return propagate(read);
  std::vector<GapRecord> found;
  for (const GapRecord& gap : gaps_)
    if (gap.topic == topic && gap.partition == partition) found.push_back(gap);
  return found;
}

Result<std::map<LogCatalog::GapSegment, Sequence>> LogCatalog::gap_segments() {
  const std::lock_guard guard(mutex_);
  if (auto read = catch_up_locked(); !read) return propagate(read);
  return gap_segments_;
}

Result<std::vector<LogCatalog::RecordedCompaction>> LogCatalog::compactions() {
  const std::lock_guard guard(mutex_);
  if (auto read = catch_up_locked(); !read) return propagate(read);
  return compactions_;
}

Result<std::optional<TopicInfo>> LogCatalog::find_topic(std::string_view name) {
  if (name == kCatalogTopic) return itself_;
  const std::lock_guard guard(mutex_);
  if (auto read = catch_up_locked(); !read) return propagate(read);
  const auto found = topics_.find(name);
  if (found == topics_.end()) return std::nullopt;
  return found->second;
}

}  // namespace kappa::log

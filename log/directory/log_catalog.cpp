// The catalog is an ordinary topic, so it is read like one: each call reads on from where the last one stopped and
// folds creations and deletions into the set of topics. Nothing is cached that is not in the log.
#include "directory/log_catalog.hpp"

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

Result<void> LogCatalog::apply_locked(const EventBatch& batch) {
  for (std::size_t i = 0; i < batch.columns.count; ++i) {
    auto event = decode_catalog_event(as_text(batch.columns.values[i]));
    if (!event)
      return fail(Errc::corruption, fmt::format("_catalog: the event at offset {} cannot be understood: {}",
                                                batch.first_offset.value + i, event.error().message));
    event->sequence = batch.sequence;
    if (event->kind == kTopicCreated) {
      auto topic = decode_topic(*event);
      if (!topic) return propagate(topic);
      topics_[topic->name] = *topic;
    } else if (event->kind == kTopicDeleted) {
      topics_.erase(event->name);
    }
    contents_.events.push_back(std::move(*event));
  }
  contents_.end = batch.first_offset.plus(batch.columns.count);
  return {};
}

Result<void> LogCatalog::catch_up_locked() {
  for (;;) {
    auto batch = reader_.next();
    if (!batch) return propagate(batch);
    if (!*batch) return {};
    if (auto applied = apply_locked(**batch); !applied) return applied;
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

Result<std::optional<TopicInfo>> LogCatalog::find_topic(std::string_view name) {
  if (name == kCatalogTopic) return itself_;
  const std::lock_guard guard(mutex_);
  if (auto read = catch_up_locked(); !read) return propagate(read);
  const auto found = topics_.find(name);
  if (found == topics_.end()) return std::nullopt;
  return found->second;
}

}  // namespace kappa::log

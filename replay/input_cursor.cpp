#include "input_cursor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "last_frame.hpp"
#include "register.hpp"

namespace kappa::replay {

namespace {

void warn_of_gaps(log::Directory& directory, const log::TopicInfo& topic, std::uint32_t partition,
                  const InputCursor::Warning& warning) {
  // Where it cannot be told, reading the partition says why.
  const auto status = directory.status(topic, partition);
  if (!status || status->lost_events == 0) return;
  warning(
      fmt::format("topic {} [{}] has gaps in which {} events are lost: what is computed now, is computed without them",
                  topic.name, partition, status->lost_events));
}

Result<void> warn_of_losses(log::Directory& directory, const std::vector<log::TopicInfo>& topics,
                            const InputCursor::Warning& warning) {
  for (const log::TopicInfo& topic : topics) {
    for (std::uint32_t partition = 0; partition < topic.partitions; ++partition) {
      auto reader = directory.reader(topic, partition);
      if (!reader) return propagate(reader);
      auto extent = (*reader)->extent();
      if (!extent) return propagate(extent);
      warn_of_gaps(directory, topic, partition, warning);
      if (extent->start == Offset{}) continue;
      const std::string name = topic.partitions == 1 ? topic.name : fmt::format("{} [{}]", topic.name, partition);
      warning(fmt::format("topic {} begins at offset {}: the events before it were removed by retention", name,
                          extent->start.value));
    }
  }
  return {};
}

}  // namespace

Result<InputCursor> InputCursor::open(log::Directory& directory, processor::Processor& processor, Warning warning) {
  auto topics = input_topics(directory, processor);
  if (!topics) return propagate(topics);
  if (warning)
    if (auto warned = warn_of_losses(directory, *topics, warning); !warned) return propagate(warned);
  auto reader = directory.ordered_reader(*topics);
  if (!reader) return propagate(reader);
  return InputCursor(directory, processor, std::move(*topics), std::move(*reader), std::move(warning));
}

Result<InputCursor::Step> InputCursor::step(Sequence upto) {
  auto batch = reader_->next(upto);
  if (!batch) return propagate(batch);
  if (!*batch) return Step::exhausted;
  // An append of which compaction has left nothing is a place in the one order, and no more.
  if ((*batch)->columns.count > 0)
    if (auto taken = processor_->process(**batch); !taken) return propagate(taken);
  if (warning_)
    for (const std::string& text : processor_->take_warnings()) warning_(text);
  note(**batch);
  position_ = (*batch)->sequence;
  events_ += (*batch)->columns.count;
  bytes_ += (*batch)->stored_bytes;
  return Step::fed;
}

void InputCursor::note(const EventBatch& batch) {
  last_[batch.input] = {batch.sequence, batch.append_time};
  for (log::ConsumedInput& input : consumed_)
    if (input.topic == topics_[batch.input].id && input.partition == batch.partition) input.end = batch.end_offset();
}

Result<void> InputCursor::feed(Sequence upto, const std::stop_token& stop) {
  for (;;) {
    if (stop.stop_requested()) return fail(Errc::interrupted, "stopped");
    auto fed = step(upto);
    if (!fed) return propagate(fed);
    if (*fed == Step::exhausted) return {};
  }
}

Result<log::TopicInfo> InputCursor::present(std::uint32_t input) const {
  const log::TopicInfo& topic = topics_[input];
  auto now = directory_->catalog().find_topic(topic.name);
  if (!now) return propagate(now);
  return *now && (*now)->id == topic.id ? **now : topic;
}

Result<Sequence> InputCursor::horizon(const std::vector<std::uint32_t>& inputs) {
  Sequence highest;
  for (const std::uint32_t input : inputs) {
    auto topic = present(input);
    if (!topic) return propagate(topic);
    KnownHorizon& known = horizons_[input];
    if (known.compacted_at != topic->compacted_at) {
      // What was at the horizon itself may have gone since: by retention, or into a gap.
      auto last = last_frame(*directory_, *topic, topic->compacted_through);
      if (!last) return last;
      known = {topic->compacted_at, *last};
    }
    highest = std::max(highest, known.last);
  }
  return highest;
}

Result<void> InputCursor::check_horizons() const {
  for (std::uint32_t input = 0; input < topics_.size(); ++input) {
    auto now = present(input);
    if (!now) return propagate(now);
    if (now->compacted_at != topics_[input].compacted_at)
      return fail(Errc::conflict, fmt::format("topic {} was compacted while it was being read", topics_[input].name),
                  "what it was is not told from a mixture: repeat the command");
  }
  return {};
}

Sequence InputCursor::last(const std::vector<std::uint32_t>& inputs) const {
  Sequence latest;
  for (const std::uint32_t input : inputs) latest = std::max(latest, last_[input].sequence);
  return latest;
}

Micros InputCursor::last_append_time(const std::vector<std::uint32_t>& inputs) const {
  Micros latest = 0;
  // Append times rise with the sequence, so the latest one belongs to the last frame.
  for (const std::uint32_t input : inputs) latest = std::max(latest, last_[input].append_time);
  return latest;
}

std::vector<log::ConsumedInput> InputCursor::consumed(const std::vector<std::uint32_t>& inputs) const {
  std::vector<log::ConsumedInput> mine;
  for (const log::ConsumedInput& input : consumed_)
    for (const std::uint32_t index : inputs)
      if (topics_[index].id == input.topic) mine.push_back(input);
  return mine;
}

}  // namespace kappa::replay

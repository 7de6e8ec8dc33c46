// One writer for each partition: each has its frames and its syncs, and waits for no other. The frames that wait are
// cut together: what was given at one time is durable at about one time.
#include "commands/topic_writer.hpp"

#include <algorithm>

#include "kappa/log/partition_of_key.hpp"

namespace kappa::cli {

TopicWriter::TopicWriter(std::vector<Partition> partitions, std::optional<std::size_t> first_keyless,
                         std::optional<Offset> expected_end)
    : keyless_(first_keyless) {
  targets_.reserve(partitions.size());
  for (Partition& partition : partitions) {
    auto writer = std::make_unique<FrameWriter>(*partition.appender, expected_end);
    targets_.push_back({std::move(partition), std::move(writer)});
  }
}

Result<void> TopicWriter::add(const EventView& event) {
  return is_single() ? targets_.front().writer->add(event) : add_to_one_of_several(event);
}

Result<void> TopicWriter::add_to_one_of_several(const EventView& event) {
  const auto count = static_cast<std::uint32_t>(targets_.size());
  const std::size_t chosen = event.key ? log::partition_of_key(*event.key, count) : keyless_.value();
  if (!event.key) batch_begun_ = true;
  FrameWriter& writer = *targets_[chosen].writer;
  auto added = writer.add(event);
  if (!deadline_) deadline_ = writer.deadline();
  if (chosen == keyless_ && !writer.holds_events()) begin_next_batch();
  return added;
}

void TopicWriter::begin_next_batch() {
  if (batch_begun_) keyless_ = (*keyless_ + 1) % targets_.size();
  batch_begun_ = false;
}

std::optional<TopicWriter::Clock::time_point> TopicWriter::deadline() const {
  return is_single() ? targets_.front().writer->deadline() : deadline_;
}

bool TopicWriter::holds_events() const {
  return is_single() ? targets_.front().writer->holds_events() : deadline_.has_value();
}

void TopicWriter::discard() {
  for (Target& target : targets_) target.writer->discard();
  deadline_.reset();
}

Result<void> TopicWriter::cut() {
  deadline_.reset();
  begin_next_batch();
  Result<void> outcome;
  for (Target& target : targets_)
    if (auto cut = target.writer->cut(); !cut && outcome) outcome = cut;
  return outcome;
}

Result<void> TopicWriter::finish() {
  // The last frames of several are synced side by side; a single one needs no other thread.
  const bool several = std::ranges::count_if(targets_, [](const Target& t) { return t.writer->holds_events(); }) > 1;
  Result<void> outcome = several ? cut() : Result<void>{};
  for (Target& target : targets_)
    if (auto finished = target.writer->finish(); !finished && outcome) outcome = finished;
  return outcome;
}

std::vector<PartitionEvents> TopicWriter::durable() {
  std::vector<PartitionEvents> all;
  for (Target& target : targets_)
    if (const DurableEvents events = target.writer->durable(); events.events > 0)
      all.push_back({target.partition.number, events});
  return all;
}

std::uint64_t TopicWriter::duplicates() const {
  std::uint64_t sum = 0;
  for (const Target& target : targets_) sum += target.writer->duplicates();
  return sum;
}

}  // namespace kappa::cli

// Reading one partition. The visible end is looked up only when what was known of it is used up, so that reading a long
// partition touches the shared page once per wait and not once per frame.
//
// Waiting is on the directory-wide futex, with a limit only so that a removed directory is noticed, and as long as
// something is held back: appended by a process that does not come to publish it, it is helped along after a while.
#include "protocol/partition_reader.hpp"

#include "fmt/format.h"
#include "protocol/group_commit.hpp"

namespace kappa::log {

Result<PartitionExtent> LogPartitionReader::extent() {
  auto seen = cursor_.refresh();
  if (!seen) return propagate(seen);
  auto start = cursor_.start_offset();
  // That the first segment is missing has been told, and left out.
  if (!start && start.error().code == Errc::corruption && has_skipped_) start = seen->end.point.log_start;
  if (!start) return propagate(start);
  const ChainPoint& end = seen->end.point;
  return PartitionExtent{*start, end.next_offset, end.last_sequence, end.last_append_time};
}

Result<SkippedRange> LogPartitionReader::skip_damage() {
  auto skipped = cursor_.skip_damage();
  if (skipped) has_skipped_ = true;
  return skipped;
}

Result<void> LogPartitionReader::seek(Offset offset) {
  if (auto moved = cursor_.move_towards(offset); !moved) return moved;
  from_ = offset;
  return {};
}

Result<Offset> LogPartitionReader::offset_at(Micros append_time) {
  PartitionCursor cursor(cursor_.visible_end().shared_partition());
  if (auto moved = cursor.move_towards(append_time); !moved) return propagate(moved);
  for (;;) {
    auto head = cursor.peek();
    if (!head) return propagate(head);
    const bool found =
        *head == nullptr || ((*head)->header.kind == FrameKind::data && (*head)->header.append_time >= append_time);
    if (found) return cursor.offset();
    cursor.skip();
  }
}

Result<const FrameHead*> LogPartitionReader::peek_data() {
  bool refreshed = false;
  for (;;) {
    auto head = cursor_.peek();
    if (!head) return head;
    if (*head == nullptr) {
      if (refreshed) return nullptr;
      if (auto seen = cursor_.refresh(); !seen) return propagate(seen);
      refreshed = true;
      continue;
    }
    const FrameHeader& header = (*head)->header;
    const bool before = header.base_offset.plus(header.offset_span) <= from_ && header.base_offset < from_;
    if (header.kind == FrameKind::data && !before) return head;
    cursor_.skip();
  }
}

Result<std::optional<EventBatch>> LogPartitionReader::next() {
  auto head = peek_data();
  if (!head) return propagate(head);
  if (*head == nullptr) return std::nullopt;
  FrameInfo info = frame_info(**head);
  auto batch = cursor_.take();
  if (!batch) return propagate(batch);
  info_ = std::move(info);
  return std::move(*batch);
}

Result<std::optional<FrameInfo>> LogPartitionReader::next_info() {
  auto head = peek_data();
  if (!head) return propagate(head);
  if (*head == nullptr) return std::nullopt;
  info_ = frame_info(**head);
  cursor_.skip();
  return info_;
}

Result<void> LogPartitionReader::wait(std::stop_token stop) {
  Partition& partition = cursor_.partition();
  const SequencePage& page = partition.environment().sequence;
  const StoppableWait sleep(stop, page);
  for (;;) {
    const std::uint32_t seen = page.wakeups();
    auto head = peek_data();
    if (!head) return propagate(head);
    if (*head != nullptr) return {};
    if (stop.stop_requested())
      return fail(Errc::interrupted, fmt::format("stopped waiting for {}", partition.place().label));
    if (auto linked = partition.check_linked(); !linked) return linked;
    auto durable = cursor_.refresh();
    if (!durable) return propagate(durable);
    const bool held = durable->low != kEndOfTime;
    const auto patience_now = patience(partition.head());
    if (held && held_back_.too_long(durable->low, partition.seam().monotonic(), patience_now)) {
      if (auto helped = cursor_.visible_end().help(); !helped) return helped;
      continue;
    }
    sleep.wait(seen, held ? patience_now : std::chrono::nanoseconds(kWaitSlice));
  }
}

}  // namespace kappa::log

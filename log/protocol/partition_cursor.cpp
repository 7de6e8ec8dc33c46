// A reader's place is a chain point: each frame must follow the one before by hash, offset, sequence and time, across
// segments as within them. The limit of what may be looked at is the durable end in the last segment, and in any other
// the end that its successor's header names; below a limit a frame that is not whole is damage.
#include "protocol/partition_cursor.hpp"

#include <algorithm>

#include "fmt/format.h"
#include "kappa/log/repair_hint.hpp"
#include "segment/lookup.hpp"
#include "segment/replace.hpp"
#include "segment/seal.hpp"

namespace kappa::log {

Result<Durable> PartitionCursor::refresh() {
  if (skips_active_) return *visible_;
  auto seen = end_.look();
  if (seen) visible_ = *seen;
  return seen;
}

Result<void> PartitionCursor::begin() {
  if (!visible_)
    if (auto seen = refresh(); !seen) return propagate(seen);
  if (window_) return {};
  auto first = start_offset();
  if (!first) return propagate(first);
  return enter(*first);
}

Result<Offset> PartitionCursor::start_offset() {
  if (!visible_)
    if (auto seen = refresh(); !seen) return propagate(seen);
  Offset log_start = visible_->end.point.log_start;
  auto bases = list_segments(partition().seam(), partition().place().directory);
  if (!bases) return propagate(bases);
  // What was seen before may have been removed since.
  while (!std::ranges::binary_search(*bases, log_start)) {
    auto seen = refresh();
    if (!seen) return propagate(seen);
    if (seen->end.point.log_start <= log_start) break;
    log_start = seen->end.point.log_start;
    bases = list_segments(partition().seam(), partition().place().directory);
    if (!bases) return propagate(bases);
  }
  if (bases->empty())
    return fail(Errc::corruption, fmt::format("{}: no segment is left", partition().place().directory),
                repair_hint(partition().place().directory));
  // What stands before the log start was to be removed, and is not part of the log.
  if (!std::ranges::binary_search(*bases, log_start))
    return fail(Errc::corruption,
                fmt::format("{}: the segment at offset {}, with which the log starts, is missing",
                            partition().place().directory, log_start.value),
                repair_hint(partition().place().directory));
  return log_start;
}

/// A segment is not there. If the log start has moved past it, that is why.
Error PartitionCursor::missing(Error why, Offset base) {
  const auto seen = refresh();
  if (!seen || seen->end.point.log_start <= base) return why;
  return {Errc::conflict,
          fmt::format("{}: the events before offset {} were removed by retention while they were read",
                      partition().place().label, seen->end.point.log_start.value),
          "read again: what is left begins there"};
}

Result<void> PartitionCursor::enter(Offset base) {
  auto segment = open_segment(partition().seam(), partition().place().directory, base, Access::read_only);
  if (!segment) {
    if (auto alive = partition().check_alive(); !alive) return alive;
    return std::unexpected(missing(segment.error(), base));
  }
  const ChainPoint start = (*segment)->start.chain();
  stand_at(std::move(*segment), start);
  return {};
}

void PartitionCursor::stand_at(SharedSegment segment, const ChainPoint& point) {
  window_.emplace(partition().seam(), std::move(segment));
  point_ = point;
  successor_.reset();
  loss_.reset();
  is_as_seen_ = false;
  origins_.reset();
  events_.reset();
}

Result<SharedSegment> PartitionCursor::find_successor() {
  auto bases = list_segments(partition().seam(), partition().place().directory);
  if (!bases) return propagate(bases);
  const auto next = std::ranges::upper_bound(*bases, window_->segment().base());
  if (next == bases->end())
    return fail(Errc::corruption, fmt::format("{}: its successor is missing", window_->segment().file.path()),
                repair_hint(partition().place().directory));
  auto segment = open_segment(partition().seam(), partition().place().directory, *next, Access::read_only);
  if (!segment) return segment;
  if ((*segment)->start.header.previous_salt != window_->segment().salt())
    return fail(Errc::corruption,
                fmt::format("{}: it does not follow {}; a segment between them is missing", (*segment)->file.path(),
                            window_->segment().file.path()),
                repair_hint(partition().place().directory));
  return segment;
}

Result<void> PartitionCursor::stand_before_loss(Error why) {
  const SegmentFile& segment = window_->segment();
  auto footer = read_footer(partition().seam(), segment.file, segment.salt());
  if (!footer) return propagate(footer);
  if (*footer && !is_of_file((*footer)->header, segment.start.header)) return std::unexpected(std::move(why));
  auto size = partition().seam().size(segment.file);
  if (!size) return propagate(size);
  loss_ = Loss{std::move(why), *footer ? (*footer)->header.end.value : *size};
  return {};
}

/// The end that was seen is a place in the file that had the segment's name then. Where another has it by now, the
/// segment is no longer the newest.
Result<void> PartitionCursor::check_newest() {
  if (is_as_seen_ || window_->segment().base() != visible_->end.segment) return {};
  auto replaced = replaced_footer(partition().seam(), window_->segment());
  if (!replaced) return propagate(replaced);
  if (*replaced)
    if (auto seen = refresh(); !seen) return propagate(seen);
  is_as_seen_ = true;
  return {};
}

Result<std::uint64_t> PartitionCursor::limit() {
  if (auto checked = check_newest(); !checked) return propagate(checked);
  if (window_->segment().base() == visible_->end.segment) return visible_->end.point.position.value;
  if (!successor_ && !loss_) {
    auto found = find_successor();
    if (!found && found.error().code == Errc::not_found)
      return std::unexpected(missing(found.error(), window_->segment().base()));
    if (!found && found.error().code != Errc::corruption) return propagate(found);
    if (found) {
      if (auto known = stand_before(std::move(*found)); !known) return propagate(known);
    } else if (auto stood = stand_before_loss(missing(std::move(found.error()), window_->segment().base())); !stood) {
      return propagate(stood);
    }
  }
  return loss_ ? loss_->at : end_here_.position.value;
}

Result<void> PartitionCursor::stand_before(SharedSegment successor) {
  auto end = sealed_end(partition().seam(), window_->segment(), successor->start.header);
  if (!end) return propagate(end);
  end_here_ = *end;
  successor_ = std::move(successor);
  return {};
}

Result<bool> PartitionCursor::step_to_successor() {
  if (loss_) return std::unexpected(loss_->why);
  if (!successor_) return false;
  const SegmentHeader& header = successor_->start.header;
  // Of a segment that was replaced, the last events may be gone.
  const bool meets =
      end_here_.replaced ? point_.next_offset <= header.base_offset : point_.next_offset == header.base_offset;
  if (end_here_.chain != point_.chain || !meets)
    return fail(Errc::corruption,
                fmt::format("{}: it follows a frame {:016x} at offset {}, but {} ends with {:016x} at offset {}",
                            successor_->file.path(), end_here_.chain, header.base_offset.value,
                            window_->segment().file.path(), point_.chain, point_.next_offset.value),
                repair_hint(partition().place().directory));
  SharedSegment next = successor_;
  const ChainPoint start = next->start.chain();
  stand_at(std::move(next), start);
  return true;
}

Error PartitionCursor::damaged(const Fault& fault, std::uint64_t limit) const {
  Error error = fault_error(fault, window_->segment().file.path());
  if (error.code == Errc::corruption)
    error.message += fmt::format(" (bytes [{}, {}) cannot be read)", point_.position.value, limit);
  return error;
}

Result<const FrameHead*> PartitionCursor::peek() {
  if (origins_) return &origins_->origin();
  if (auto begun = begin(); !begun) return propagate(begun);
  for (;;) {
    auto end = limit();
    if (!end) return propagate(end);
    if (point_.position.value < *end) {
      auto head = window_->head(point_, *end);
      if (!head) return propagate(head);
      // Without a footer, the frames before a loss end where zeros begin.
      if (!*head && loss_ && head->error().kind == FaultKind::zeros) return std::unexpected(loss_->why);
      if (!*head) return std::unexpected(damaged(head->error(), *end));
      origins_.emplace(std::move(**head));
      return &origins_->origin();
    }
    auto stepped = step_to_successor();
    if (!stepped) return propagate(stepped);
    if (*stepped) continue;
    if (auto damage = partition().damage(); damage && !nothing_behind_) return std::unexpected(*damage);
    return nullptr;
  }
}

Result<void> PartitionCursor::read_events() {
  auto end = limit();
  if (!end) return propagate(end);
  auto frame = window_->frame(point_, *end);
  if (!frame) return propagate(frame);
  if (!*frame) return std::unexpected(damaged(frame->error(), *end));
  const FrameHead& head = (*frame)->head;
  auto batch = decoder_.decode(head.header, (*frame)->body, head.extension.present_offsets);
  if (!batch) return std::unexpected(damaged(batch.error(), *end));
  batch->partition = partition().place().partition;
  events_ = std::move(*batch);
  return {};
}

Result<EventBatch> PartitionCursor::take() {
  if (!events_)
    if (auto read = read_events(); !read) return propagate(read);
  EventBatch batch = origins_->batch(*events_);
  skip();
  return batch;
}

void PartitionCursor::skip() {
  if (!origins_->is_last()) return origins_->step();
  const FrameHeader& header = origins_->frame().header;
  if (header.kind == FrameKind::gap) partition().tell_of_gap(header, window_->segment().file.path());
  point_ = after(point_, origins_->frame());
  origins_.reset();
  events_.reset();
}

Result<Offset> PartitionCursor::offset() {
  if (auto begun = begin(); !begun) return propagate(begun);
  return origins_ ? origins_->origin().header.base_offset : point_.next_offset;
}

Result<void> PartitionCursor::move_towards(Offset offset) {
  auto seen = refresh();
  if (!seen) return propagate(seen);
  while (offset >= visible_->end.point.next_offset) {
    const PartitionEnd end = visible_->end;
    if (auto entered = enter(end.segment); !entered) return entered;
    if (auto checked = check_newest(); !checked) return checked;
    if (visible_->end.segment != end.segment) continue;
    point_ = end.point;
    return {};
  }
  auto bases = list_segments(partition().seam(), partition().place().directory);
  if (!bases) return propagate(bases);
  const auto next = std::ranges::upper_bound(*bases, offset);
  if (offset < visible_->end.point.log_start || next == bases->begin()) {
    auto first = start_offset();
    if (!first) return propagate(first);
    return enter(*first);
  }
  if (auto entered = enter(*std::prev(next)); !entered) return entered;
  auto moved = move_within([&](const SharedSegment& segment, Position end) {
    return find_offset(partition().seam(), segment, end, offset);
  });
  if (!moved) return moved;
  skip_origins([&](const FrameHeader& origin) { return origin.base_offset.plus(origin.offset_span) <= offset; });
  return {};
}

template <typename Before>
void PartitionCursor::skip_origins(Before before) {
  auto head = peek();
  // Damage is told by who reads there.
  while (head && *head != nullptr && origins_->frame().is_repacked() && before((*head)->header)) {
    skip();
    head = peek();
  }
}

template <typename Find>
Result<void> PartitionCursor::move_within(Find find) {
  auto end = limit();
  if (!end) return propagate(end);
  auto found = find(window_->shared_segment(), Position{*end});
  // Damage on the way is told, with its extent, by who reads there.
  if (!found && found.error().code == Errc::corruption) return {};
  if (!found) return propagate(found);
  stand_at(SharedSegment(window_->shared_segment()), *found);
  return {};
}

Result<void> PartitionCursor::move_towards(Micros append_time) {
  auto seen = refresh();
  if (!seen) return propagate(seen);
  auto first = start_offset();
  if (!first) return propagate(first);
  auto bases = list_segments(partition().seam(), partition().place().directory);
  if (!bases) return propagate(bases);
  std::erase_if(*bases, [&](Offset base) { return base < *first; });
  // One that was made since the look is behind the end that was seen.
  while (bases->size() > 1 && bases->back() > seen->end.segment) bases->pop_back();
  // Times rise along the partition, and each header names the last one before it.
  std::size_t low = 0;
  std::size_t high = bases->size() - 1;
  while (low < high) {
    const std::size_t middle = (low + high + 1) / 2;
    if (auto entered = enter((*bases)[middle]); !entered) return entered;
    const bool all_earlier = window_->segment().start.header.previous_last_append_time < append_time;
    all_earlier ? low = middle : high = middle - 1;
  }
  if (auto entered = enter((*bases)[low]); !entered) return entered;
  auto moved = move_within([&](const SharedSegment& segment, Position end) {
    return find_append_time(partition().seam(), segment, end, append_time);
  });
  if (!moved) return moved;
  skip_origins([&](const FrameHeader& origin) { return origin.append_time < append_time; });
  return {};
}

}  // namespace kappa::log

#include "backup/whole_copy.hpp"

#include <algorithm>

#include "protocol/frame_window.hpp"

namespace kappa::log {
namespace {

bool is_recorded(const FrameHeader& gap, Offset segment, const std::set<GapRecord>& recorded) {
  const Offset end = gap.base_offset.plus(gap.offset_span);
  return std::ranges::any_of(recorded, [&](const GapRecord& one) { return one.has(segment, gap.base_offset, end); });
}

bool is_last(const ChainPoint& point, const SegmentHeader& successor) {
  return point.next_offset == successor.base_offset && point.last_sequence == successor.previous_last_sequence &&
         point.last_append_time == successor.previous_last_append_time && point.owner_epoch == successor.owner_epoch &&
         point.log_start == successor.log_start;
}

/// nullopt: there is no such place, or it is where the next segment says.
Result<std::optional<SealedEnd>> find_replaced_end(Seam& seam, const SharedSegment& segment,
                                                   const SegmentHeader& successor) {
  auto size = seam.size(segment->file);
  if (!size) return propagate(size);
  FrameWindow window(seam, segment);
  ChainPoint point = segment->start.chain();
  while (!is_last(point, successor)) {
    auto frame = window.frame(point, *size);
    if (!frame) return propagate(frame);
    if (!*frame) return std::nullopt;
    point = after(point, (*frame)->head);
  }
  if (point.position == successor.previous_end && point.chain == successor.previous_chain) return std::nullopt;
  return SealedEnd{point.position, point.chain, original_of(successor)};
}

}  // namespace

Result<void> find_end(Seam& seam, SpliceInput& input) {
  input.end = {input.next->previous_end, input.next->previous_chain, {}};
  for (const SharedSegment& segment : {input.local, input.backup}) {
    if (!segment) continue;
    auto end = sealed_end(seam, *segment, *input.next);
    // Its header, or the one that it was given here, is another form's.
    if (!end && end.error().code == Errc::corruption) continue;
    if (!end) return propagate(end);
    input.end = *end;
    if (end->replaced) return {};
  }
  if (!input.local) return {};
  auto end = find_replaced_end(seam, input.local, *input.next);
  if (!end) return propagate(end);
  if (*end) input.end = **end;
  return {};
}

Result<std::optional<Splice>> plan_whole_copy(Seam& seam, SpliceInput& input, const std::set<GapRecord>& recorded) {
  if (!input.backup || !input.next) return std::nullopt;
  const SharedSegment& copy = input.backup;
  auto end = sealed_end(seam, *copy, *input.next);
  if (!end && end.error().code == Errc::corruption) return std::nullopt;
  if (!end) return propagate(end);
  if (end->position != input.backup_end) return std::nullopt;
  FrameWindow window(seam, copy);
  ChainPoint point = copy->start.chain();
  while (point.position < end->position) {
    auto frame = window.frame(point, end->position.value);
    if (!frame) return propagate(frame);
    if (!*frame) return std::nullopt;
    const FrameHead& head = (*frame)->head;
    if (head.header.kind == FrameKind::gap && !is_recorded(head.header, copy->base(), recorded)) return std::nullopt;
    point = after(point, head);
  }
  if (point.position != end->position || point.chain != end->chain) return std::nullopt;
  input.end = *end;
  Splice splice;
  splice.from_backup = {
      {0, end->position.value, copy->base(), input.next->base_offset, "as the backup has all of it, in other frames"}};
  splice.end = end->position;
  return splice;
}

}  // namespace kappa::log

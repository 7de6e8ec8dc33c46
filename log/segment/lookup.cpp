// Finding a place in a segment. A footer has an entry for every 64 KiB, so in a sealed segment at most one stretch of
// that size is scanned. The active one has its two marks, a few MiB apart; before them it is scanned from its start,
// which reads headers only. All three name a place in the chain, so every frame on the way is checked as ever.
#include "segment/lookup.hpp"

#include <algorithm>
#include <array>

#include "protocol/frame_window.hpp"
#include "segment/seal.hpp"

namespace kappa::log {
namespace {

ChainPoint point_of(const IndexEntry& entry) {
  // The entry knows its own frame's sequence and time, not those of the one before; for reading on, less is right.
  return {entry.position, entry.previous_hash, entry.base_offset, {entry.sequence.value - 1}, entry.append_time, 0, {}};
}

/// The places from which a segment can be scanned, rising.
Result<std::vector<ChainPoint>> known_points(Seam& seam, const SegmentFile& segment, Position end) {
  std::vector<ChainPoint> points = {segment.start.chain()};
  auto footer = read_footer(seam, segment.file, segment.salt());
  if (!footer) return propagate(footer);
  if (*footer) {
    for (const IndexEntry& entry : (*footer)->index) points.push_back(point_of(entry));
    return points;
  }
  std::vector<std::byte> bytes(kFirstFramePosition);
  auto got = seam.read(segment.file, 0, bytes);
  if (!got) return propagate(got);
  for (const std::uint64_t slot : {kMarkPositionA, kMarkPositionB}) {
    const auto mark =
        decode_mark(Bytes(bytes).first(*got).subspan(std::min<std::size_t>(slot, *got)), {slot}, segment.salt());
    if (mark && mark->point.position <= end) points.push_back(mark->point);
  }
  std::ranges::sort(points, {}, &ChainPoint::position);
  return points;
}

/// The first frame for which `reached` holds. `not_past` holds for every place that is not behind that frame.
template <typename NotPast, typename Reached>
Result<ChainPoint> find(Seam& seam, const SharedSegment& segment, Position end, NotPast not_past, Reached reached) {
  auto points = known_points(seam, *segment, end);
  if (!points) return propagate(points);
  ChainPoint point = points->front();
  for (const ChainPoint& known : *points)
    if (known.position < end && not_past(known)) point = known;
  FrameWindow window(seam, segment);
  while (point.position < end) {
    auto head = window.head(point, end.value);
    if (!head) return propagate(head);
    if (!*head) return std::unexpected(fault_error(head->error(), segment->file.path()));
    if (reached(**head)) return point;
    point = after(point, **head);
  }
  return point;
}

}  // namespace

Result<ChainPoint> find_offset(Seam& seam, const SharedSegment& segment, Position end, Offset offset) {
  return find(
      seam, segment, end, [&](const ChainPoint& point) { return point.next_offset <= offset; },
      [&](const FrameHead& head) { return head.header.base_offset.plus(head.header.offset_span) > offset; });
}

Result<ChainPoint> find_append_time(Seam& seam, const SharedSegment& segment, Position end, Micros append_time) {
  // A point taken from the index carries the time of its own frame, a mark that of the frame before; either way the
  // frames before it are earlier than `append_time` if this one is.
  return find(
      seam, segment, end, [&](const ChainPoint& point) { return point.last_append_time < append_time; },
      [&](const FrameHead& head) { return head.last_append_time() >= append_time; });
}

}  // namespace kappa::log

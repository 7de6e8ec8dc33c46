// How a cursor goes on behind damage. A damaged body leaves its header, which leads on; a damaged header leaves those
// behind it, each at its own place. Where there is none up to the segment's end, the next segment's header tells how
// many events are missing.
#include <algorithm>

#include "fmt/format.h"
#include "protocol/partition_cursor.hpp"
#include "segment/find_head.hpp"
#include "segment/seal.hpp"

namespace kappa::log {

Result<SkippedRange> PartitionCursor::skip_damage() {
  if (auto begun = begin(); !begun) {
    if (begun.error().code != Errc::corruption) return propagate(begun);
    return visible_ ? skip_to_segment() : skip_end();
  }
  auto end = limit();
  // Its header is another file's: nothing of it can be told by a chain.
  if (!end && end.error().code == Errc::corruption) return skip_to_segment();
  if (!end) return propagate(end);
  if (point_.position.value < *end) return skip_within(*end);
  return window_->segment().base() == visible_->end.segment ? skip_behind_end() : skip_to_segment();
}

// The newest segment is lost, and nobody knows any more how far it went: the log ends with the last that can be opened.
Result<SkippedRange> PartitionCursor::skip_end() {
  Seam& seam = partition().seam();
  const std::string& directory = partition().place().directory;
  auto bases = list_segments(seam, directory);
  if (!bases) return propagate(bases);
  Result<SharedSegment> last = fail(Errc::corruption, directory + ": no segment can be opened");
  for (; !bases->empty(); bases->pop_back()) {
    last = open_segment(seam, directory, bases->back(), Access::read_only);
    if (last || last.error().code != Errc::corruption) break;
  }
  if (!last) return propagate(last);
  auto footer = read_footer(seam, (*last)->file, (*last)->salt());
  if (!footer) return propagate(footer);
  auto limit = *footer ? Result<std::uint64_t>((*footer)->header.end.value) : seam.size((*last)->file);
  if (!limit) return propagate(limit);
  auto end = end_of_chain(*last, (*last)->start.chain(), *limit);
  if (!end) return propagate(end);
  visible_ = Durable{{(*last)->base(), *end}, kEndOfTime};
  skips_active_ = true;
  nothing_behind_ = true;
  const Offset lost = *footer ? std::max((*footer)->header.end_offset, end->next_offset) : end->next_offset;
  return SkippedRange{segment_path(directory, lost), 0, 0, lost, {}};
}

/// Where the frames end that the chain reaches from there.
Result<ChainPoint> PartitionCursor::end_of_chain(const SharedSegment& segment, ChainPoint from, std::uint64_t limit) {
  FrameWindow window(partition().seam(), segment);
  for (;;) {
    auto head = window.head(from, limit);
    if (!head) return propagate(head);
    if (!*head) return from;
    from = after(from, **head);
  }
}

// What stands behind the last whole frame of the newest segment, and before the evidence that there were more. It is
// read as far as the chain leads from there; nobody appends to such a partition.
Result<SkippedRange> PartitionCursor::skip_behind_end() {
  const SegmentFile& segment = window_->segment();
  if (!partition().damage())
    return fail(Errc::corruption, fmt::format("{}: nothing whole stands behind the damage", segment.file.path()));
  auto size = partition().seam().size(segment.file);
  if (!size) return propagate(size);
  skips_active_ = true;
  auto skipped = skip_within(*size);
  if (!skipped) return skipped;
  auto end = end_of_chain(window_->shared_segment(), point_, *size);
  if (!end) return propagate(end);
  visible_->end.point = *end;
  return skipped;
}

Result<SkippedRange> PartitionCursor::skip_within(std::uint64_t limit) {
  SkippedRange skipped{window_->segment().file.path(), point_.position.value, 0, point_.next_offset, {}};
  origins_.reset();
  events_.reset();
  // What was read once is not asked for again.
  window_.emplace(partition().seam(), SharedSegment(window_->shared_segment()));
  auto head = window_->head(point_, limit);
  if (!head) return propagate(head);
  if (*head) {
    point_ = after(point_, **head);
  } else {
    auto found = find_head(partition().seam(), window_->segment(), point_, limit);
    if (!found) return propagate(found);
    const bool newest = window_->segment().base() == visible_->end.segment;
    if (!*found && newest && skips_active_) {
      nothing_behind_ = true;
      skipped.bytes = limit - skipped.position;
      return skipped;
    }
    if (!*found && !newest) return skip_to_segment();
    point_ = *found ? place_of(**found, point_) : visible_->end.point;
  }
  skipped.bytes = point_.position.value - skipped.position;
  skipped.end = point_.next_offset;
  return skipped;
}

/// The first that can be opened behind the one in which the cursor stands.
Result<std::optional<Offset>> PartitionCursor::next_whole_segment() {
  auto bases = list_segments(partition().seam(), partition().place().directory);
  if (!bases) return propagate(bases);
  const Offset from = window_ ? Offset{window_->segment().base().value + 1} : visible_->end.point.log_start;
  for (auto base = std::ranges::lower_bound(*bases, from); base != bases->end(); ++base) {
    auto segment = open_segment(partition().seam(), partition().place().directory, *base, Access::read_only);
    if (segment) return *base;
    if (segment.error().code != Errc::corruption) return propagate(segment);
  }
  return std::nullopt;
}

/// True if the cursor stands where the segment behind the one in which it stands would follow.
Result<bool> PartitionCursor::stands_before_loss() {
  if (!window_) return true;
  if (!loss_) return false;
  if (point_.position.value >= loss_->at) return true;
  auto head = window_->head(point_, loss_->at);
  if (!head) return propagate(head);
  return !*head && head->error().kind == FaultKind::zeros;
}

/// All of the segment that follows the one in which the cursor stands, or of the first: damaged, or missing.
Result<SkippedRange> PartitionCursor::lost_segment() {
  Seam& seam = partition().seam();
  const std::string& directory = partition().place().directory;
  auto bases = list_segments(seam, directory);
  if (!bases) return propagate(bases);
  Offset begin = visible_->end.point.log_start;
  if (window_) {
    begin = point_.next_offset;
    auto footer = read_footer(seam, window_->segment().file, window_->segment().salt());
    if (!footer) return propagate(footer);
    if (*footer) begin = std::max(begin, (*footer)->header.end_offset);
  }
  const Offset from = window_ ? Offset{window_->segment().base().value + 1} : begin;
  const auto next = std::ranges::lower_bound(*bases, from);
  SkippedRange lost{segment_path(directory, begin), 0, 0, begin, {}};
  if (next == bases->end() || open_segment(seam, directory, *next, Access::read_only)) return lost;
  lost.file = segment_path(directory, *next);
  auto file = seam.open(lost.file, OpenMode::read);
  if (!file) return propagate(file);
  auto bytes = seam.size(*file);
  if (!bytes) return propagate(bytes);
  lost.bytes = *bytes;
  return lost;
}

/// What is left of the segment in which the cursor stands, or else the whole one behind it, and up to the next that can
/// be opened; without one, up to the end that was seen.
Result<SkippedRange> PartitionCursor::skip_to_segment() {
  auto before_loss = stands_before_loss();
  if (!before_loss) return propagate(before_loss);
  auto skipped = *before_loss ? lost_segment() : Result<SkippedRange>(rest_of_segment());
  if (!skipped) return skipped;
  auto next = next_whole_segment();
  if (!next) return propagate(next);
  if (*next) {
    if (auto entered = enter(**next); !entered) return propagate(entered);
    skipped->end = **next;
    return skipped;
  }
  if (!window_) return fail(Errc::corruption, fmt::format("{}: nothing whole stands behind the damage", skipped->file));
  skipped->end = visible_->end.point.next_offset;
  skips_active_ = true;
  nothing_behind_ = true;
  visible_->end = {window_->segment().base(), point_};
  is_as_seen_ = true;
  loss_.reset();
  return skipped;
}

SkippedRange PartitionCursor::rest_of_segment() {
  const std::uint64_t at = point_.position.value;
  auto end = limit();
  const std::uint64_t bytes = end && *end > at ? *end - at : 0;
  return {window_->segment().file.path(), at, bytes, point_.next_offset, {}};
}

}  // namespace kappa::log

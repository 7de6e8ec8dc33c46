// Nothing of a segment is copied but what its frames vouch for. Marks and footer follow from header and frames, so they
// are made anew: a copy does not depend on how far the sealing of the original has come, nor on which mark it wrote
// last, and damage to them does not spread.
#include "backup/segment_copy.hpp"

#include <algorithm>

#include "fmt/format.h"
#include "format/footer.hpp"
#include "format/hash.hpp"
#include "protocol/frame_window.hpp"
#include "segment/seal.hpp"
#include "segment/segment_writer.hpp"

namespace kappa::log {
namespace {

std::unexpected<Error> unreadable(const Fault& fault, const SegmentFile& segment, const ChainPoint& at,
                                  std::uint64_t end) {
  Error error = fault_error(fault, segment.file.path());
  if (error.code == Errc::corruption)
    error.message += fmt::format(" (bytes [{}, {}), events from offset {} on, cannot be read)", at.position.value, end,
                                 at.next_offset.value);
  return std::unexpected(std::move(error));
}

/// Calls `take` with the bytes of each frame of a segment, up to the limit.
template <typename Take>
Result<FooterBuilder> walk(Seam& seam, const SharedSegment& segment, const CopyLimit& limit, Progress* progress,
                           Take take) {
  FooterBuilder builder(segment->start);
  FrameWindow window(seam, segment);
  while (builder.point().position.value < limit.end) {
    auto frame = window.frame(builder.point(), limit.end);
    if (!frame) return propagate(frame);
    if (!*frame) return unreadable(frame->error(), *segment, builder.point(), limit.end);
    if ((*frame)->head.header.sequence > limit.last) break;
    const Bytes bytes = (*frame)->bytes();
    if (auto taken = take(bytes); !taken) return propagate(taken);
    builder.add((*frame)->head);
    if (progress == nullptr) continue;
    if (auto told = progress->advance(bytes.size()); !told) return propagate(told);
  }
  return builder;
}

/// What stands behind the last one.
std::vector<std::byte> tail_bytes(const FooterBuilder& builder, const CopyLimit& limit, SegmentForm form) {
  if (form == SegmentForm::sealed) return encode_footer(builder.finish(limit.replaced));
  const std::uint64_t end = builder.point().position.value;
  return std::vector<std::byte>(std::max(end, kUnsealedBytesMin) - end);
}

SegmentCopy summary(const FooterBuilder& builder, std::size_t tail) {
  return {builder.point(), builder.point().position.value + tail, builder.finish().header.event_count};
}

/// Compares what a file has at a place.
Result<void> expect_bytes(Seam& seam, const SegmentFile& segment, std::uint64_t position, Bytes expected,
                          std::string_view what) {
  std::vector<std::byte> found(expected.size());
  auto got = seam.read(segment.file, position, found);
  if (!got) return propagate(got);
  found.resize(*got);
  const auto differs = std::ranges::mismatch(expected, found);
  if (differs.in1 == expected.end()) return {};
  const auto at = position + static_cast<std::uint64_t>(differs.in1 - expected.begin());
  return fail(Errc::corruption,
              fmt::format("{}: {} that does not fit the frames, from byte {} on", segment.file.path(), what, at));
}

}  // namespace

Result<SegmentCopy> copy_segment(Seam& seam, const SharedSegment& from, const CopyLimit& limit, SegmentForm form,
                                 const std::string& to, Progress* progress) {
  // A footer is made anew; one that says more than this version knows would be lost.
  if (auto footer = read_footer(seam, from->file, from->salt()); !footer) return propagate(footer);
  auto writer = SegmentWriter::create(seam, to, from->start);
  if (!writer) return propagate(writer);
  auto walked = walk(seam, from, limit, progress, [&](Bytes bytes) { return writer->put(bytes); });
  if (!walked) return propagate(walked);
  const std::vector<std::byte> tail = tail_bytes(*walked, limit, form);
  if (auto finished = writer->finish(walked->point(), tail); !finished) return propagate(finished);
  return summary(*walked, tail.size());
}

Result<SegmentCopy> check_segment(Seam& seam, const SharedSegment& segment, const CopyLimit& limit, SegmentForm form,
                                  Progress* progress) {
  auto walked = walk(seam, segment, limit, progress, [](Bytes) { return Result<void>{}; });
  if (!walked) return propagate(walked);
  const std::vector<std::byte> head = segment_head(segment->start, walked->point());
  const std::vector<std::byte> tail = tail_bytes(*walked, limit, form);
  const SegmentCopy copy = summary(*walked, tail.size());
  if (auto same = expect_bytes(seam, *segment, 0, head, "header or mark"); !same) return propagate(same);
  if (auto same = expect_bytes(seam, *segment, copy.bytes - tail.size(), tail, "end"); !same) return propagate(same);
  auto bytes = seam.size(segment->file);
  if (!bytes) return propagate(bytes);
  if (*bytes != copy.bytes)
    return fail(Errc::corruption,
                fmt::format("{}: it has {} bytes, expected {}", segment->file.path(), *bytes, copy.bytes));
  return copy;
}

Result<ChainPoint> find_cut(Seam& seam, const SharedSegment& segment, std::uint64_t end, Sequence last) {
  ChainPoint point = segment->start.chain();
  auto mark = read_newest_mark(seam, *segment);
  if (!mark) return propagate(mark);
  if (*mark && (*mark)->point.last_sequence <= last && (*mark)->point.position.value <= end) point = (*mark)->point;
  FrameWindow window(seam, segment);
  while (point.position.value < end) {
    auto head = window.head(point, end);
    if (!head) return propagate(head);
    if (!*head) return unreadable(head->error(), *segment, point, end);
    if ((*head)->header.sequence > last) break;
    point = after(point, **head);
  }
  return point;
}

}  // namespace kappa::log

// Repacking a segment. A frame costs some 250 bytes beside its events, and compresses alone; where every event came by
// an append of its own, that is most of the file. Nothing that a reader sees changes: each append is still there as an
// origin (format/origins.hpp), only its frame is gone. Compaction is the same with events that go.
//
// Without a filter what decides is told by headers alone, so that a plan and the work come to the same, and never
// depends on what a frame became by repacking, so that there is nothing left to do after it. With one, frames are put
// together that were repacked before; so only a segment that loses events, or pays without the filter, is worth it.
#include "segment/repack.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "format/origins.hpp"
#include "kappa/base/assert.hpp"
#include "protocol/frame_window.hpp"
#include "segment/frame_group.hpp"
#include "segment/frame_output.hpp"

namespace kappa::log {
namespace {

std::unexpected<Error> unreadable(const Fault& fault, const SegmentFile& segment, const ChainPoint& at,
                                  std::uint64_t end) {
  Error error = fault_error(fault, segment.file.path());
  if (error.code == Errc::corruption) {
    error.message += fmt::format(" (bytes [{}, {}) cannot be read)", at.position.value, end);
    error.hint = "kappa verify shows all damage; the segment stays as it is";
  }
  return std::unexpected(std::move(error));
}

/// What events come to in a body: their bytes, and what each has in the sections of times and lengths.
std::uint64_t raw_bytes(const EventColumns& columns, const std::vector<bool>& stays) {
  constexpr std::uint64_t kEachEvent = sizeof(Micros) + 3 * sizeof(std::uint32_t);
  std::uint64_t bytes = 0;
  for (std::uint32_t i = 0; i < columns.count; ++i)
    if (stays[i]) bytes += kEachEvent + columns.keys[i].size() + columns.values[i].size() + columns.headers[i].size();
  return bytes;
}

/// Goes through one segment, and writes it anew where there is an output.
class Repacker {
 public:
  Repacker(Seam& seam, const SharedSegment& segment, EventFilter* filter, FrameOutput* output)
      : segment_(segment),
        window_(seam, segment),
        filter_(filter),
        output_(output),
        group_(filter == nullptr ? Regroup::plain : Regroup::all) {}

  [[nodiscard]] Result<RepackedSegment> run(std::uint64_t end, Progress* progress) {
    for (ChainPoint point = segment_->start.chain(); point.position.value < end;) {
      auto frame = window_.frame(point, end);
      if (!frame) return propagate(frame);
      if (!*frame) return unreadable(frame->error(), *segment_, point, end);
      point = after(point, (*frame)->head);
      count((*frame)->head.header);
      if (auto held = hold(**frame); !held) return propagate(held);
      if (progress == nullptr) continue;
      if (auto told = progress->advance((*frame)->head.header.frame_bytes()); !told) return propagate(told);
    }
    if (auto written = write_group(); !written) return propagate(written);
    return done_;
  }

 private:
  void count(const FrameHeader& header) {
    ++done_.frames_before;
    done_.events += header.event_count;
    done_.bytes_before += header.frame_bytes();
  }

  [[nodiscard]] Result<void> hold(const Frame& frame) {
    FrameRemains remains = whole_remains(frame.head);
    if (filter_ != nullptr)
      if (auto filtered = filter(frame, remains); !filtered) return filtered;
    done_.removed += frame.head.header.event_count - remains.left;
    if (!group_.takes(remains))
      if (auto written = write_group(); !written) return written;
    group_.add(remains);
    if (output_ == nullptr) return {};
    // Much may go before a group is as large as a frame: of what goes nothing is held.
    if (remains.is_whole())
      remains.bytes.assign(frame.bytes().begin(), frame.bytes().end());
    else if (remains.left == 0)
      remains.decoded.reset();
    held_.push_back(std::move(remains));
    return {};
  }

  [[nodiscard]] Result<void> filter(const Frame& frame, FrameRemains& remains) {
    const FrameHeader& header = frame.head.header;
    if (header.kind != FrameKind::data || header.event_count == 0 || frame.head.extension.commit) return {};
    auto batch = decoder_.decode(header, frame.body, frame.head.extension.present_offsets);
    if (!batch) return std::unexpected(fault_error(batch.error(), segment_->file.path()));
    batch->partition = segment_->start.header.partition;
    std::vector<bool> stays;
    std::size_t number = 0;
    for (OriginWalk walk(frame.head);; walk.step(), ++number) {
      const EventBatch events = walk.batch(*batch);
      if (auto decided = filter_->decide(events, stays); !decided) return decided;
      const auto left = static_cast<std::uint32_t>(std::ranges::count(stays, true));
      remains.left -= events.columns.count - left;
      remains.origins[number].event_count = left;
      remains.stays.insert(remains.stays.end(), stays.begin(), stays.end());
      if (walk.is_last()) break;
    }
    if (!remains.is_whole()) remains.raw_bytes = raw_bytes(batch->columns, remains.stays);
    remains.decoded = std::move(*batch);
    return {};
  }

  [[nodiscard]] Result<void> write_group() {
    if (group_.frames() > 0) ++done_.frames_after;
    group_ = FrameGroup(filter_ == nullptr ? Regroup::plain : Regroup::all);
    if (held_.empty()) return {};
    const bool as_it_is = held_.size() == 1 && held_.front().is_whole();
    auto written = as_it_is ? write_as_it_is(held_.front()) : write_as_one();
    held_.clear();
    return written;
  }

  [[nodiscard]] Result<void> write_as_it_is(FrameRemains& frame) {
    return output_->put(std::span(frame.bytes).first(frame.head.header.header_length), frame.body());
  }

  [[nodiscard]] Result<void> write_as_one() {
    if (auto drafted = draft_group(held_, decoder_, draft_, segment_->file.path()); !drafted) return drafted;
    return output_->put(draft_.head, draft_.body.padded());
  }

  SharedSegment segment_;
  FrameWindow window_;
  EventFilter* filter_;
  FrameOutput* output_;
  BodyDecoder decoder_;
  FrameDraft draft_;
  FrameGroup group_;
  std::vector<FrameRemains> held_;  ///< The frames of the group, where they are written.
  RepackedSegment done_;
};

/// A header with which another chain begins.
SegmentStart rewritten_start(Seam& seam, SegmentHeader header) {
  const std::uint32_t before = header.rewriting;
  header.rewriting = static_cast<std::uint32_t>(seam.random());
  while (header.rewriting == before || header.rewriting == 0) ++header.rewriting;
  const auto start = decode_segment_header(encode_segment_header(header));
  KAPPA_ASSERT(start, "the header of a segment that was read is valid");
  return *start;
}

}  // namespace

Result<RepackedSegment> plan_repacking(Seam& seam, const SharedSegment& segment, Position end) {
  RepackedSegment plan;
  FrameGroup group(Regroup::plain);
  FrameWindow window(seam, segment);
  for (ChainPoint point = segment->start.chain(); point.position < end;) {
    auto head = window.head(point, end.value);
    if (!head) return propagate(head);
    if (!*head) return unreadable(head->error(), *segment, point, end.value);
    ++plan.frames_before;
    plan.events += (*head)->header.event_count;
    plan.bytes_before += (*head)->header.frame_bytes();
    point = after(point, **head);
    const FrameRemains frame = whole_remains(std::move(**head));
    if (group.frames() == 0 || !group.takes(frame)) {
      group = FrameGroup(Regroup::plain);
      ++plan.frames_after;
    }
    group.add(frame);
  }
  return plan;
}

Result<RepackedSegment> plan_compaction(Seam& seam, const SharedSegment& segment, Position end, EventFilter& filter) {
  return Repacker(seam, segment, &filter, nullptr).run(end.value, nullptr);
}

Result<RepackedSegment> write_repacked(Seam& seam, const SharedSegment& segment, const RepackTarget& target) {
  auto end = sealed_end(seam, *segment, target.successor);
  if (!end) return propagate(end);
  const SegmentStart start = rewritten_start(seam, segment->start.header);
  auto writer = SegmentWriter::create(seam, target.path, start);
  if (!writer) return propagate(writer);
  FrameOutput output(std::move(*writer), start);
  auto done = Repacker(seam, segment, target.filter, &output).run(end->position.value, target.progress);
  if (!done) return done;
  if (auto finished = output.finish(original_of(target.successor)); !finished) return propagate(finished);
  done->bytes_after = output.bytes();
  return done;
}

}  // namespace kappa::log

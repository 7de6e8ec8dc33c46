// Repacking a segment. A frame costs some 250 bytes beside its events, and compresses alone; where every event came by
// an append of its own, that is most of the file. Nothing that a reader sees changes: each append is still there as an
// origin (format/origins.hpp), only its frame is gone.
//
// What decides is told by headers alone, so that a plan and the work come to the same, and never depends on what a
// frame became by repacking, so that there is nothing left to do after it.
#include "segment/repack.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "format/origins.hpp"
#include "kappa/base/event_builder.hpp"
#include "protocol/frame_window.hpp"
#include "segment/segment_writer.hpp"

namespace kappa::log {
namespace {

constexpr std::uint64_t kRepackedRawBytes = 1 << 20;
/// With as many events as these, columns as wide as they can become stay far below the limit of a frame.
constexpr std::uint64_t kRepackedEvents = 1 << 16;

/// Some frames that follow each other and may become one.
class Group {
 public:
  /// True if the frame may become one with those that are in it, if any.
  [[nodiscard]] bool takes(const FrameHead& head) const {
    if (!is_plain(head) || !open_) return false;
    const FrameHeader& header = head.header;
    return frames_ == 0 || (frames_ < kFrameOriginsMax && events_ + header.event_count <= kRepackedEvents &&
                            raw_bytes_ + header.raw_length <= kRepackedRawBytes);
  }
  void add(const FrameHead& head) {
    ++frames_;
    events_ += head.header.event_count;
    raw_bytes_ += head.header.raw_length;
    open_ = is_plain(head);
  }
  [[nodiscard]] std::uint64_t frames() const { return frames_; }

 private:
  static bool is_plain(const FrameHead& head) {
    const FrameHeader& header = head.header;
    return header.kind == FrameKind::data && header.flags == 0 && header.producer_id == 0 && !head.extension.commit &&
           header.event_count > 0;
  }

  bool open_ = true;
  std::uint64_t frames_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t raw_bytes_ = 0;
};

std::unexpected<Error> unreadable(const Fault& fault, const SegmentFile& segment, const ChainPoint& at,
                                  std::uint64_t end) {
  Error error = fault_error(fault, segment.file.path());
  if (error.code == Errc::corruption) {
    error.message += fmt::format(" (bytes [{}, {}) cannot be read)", at.position.value, end);
    error.hint = "kappa verify shows all damage; the segment stays as it is";
  }
  return std::unexpected(std::move(error));
}

/// Writes one segment anew.
class Repacker {
 public:
  Repacker(Seam& seam, const SharedSegment& segment, SegmentWriter writer)
      : segment_(segment), window_(seam, segment), writer_(std::move(writer)), builder_(segment->start) {}

  [[nodiscard]] Result<RepackedSegment> run(std::uint64_t end, const FooterHeader& original, Progress* progress) {
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
    if (auto finished = writer_.finish(builder_.point(), encode_footer(builder_.finish(original))); !finished)
      return propagate(finished);
    done_.bytes_after = builder_.point().position.value - kFirstFramePosition;
    return done_;
  }

 private:
  struct Held {
    FrameHead head;
    std::vector<std::byte> bytes;
  };

  void count(const FrameHeader& header) {
    ++done_.frames_before;
    done_.events += header.event_count;
    done_.bytes_before += header.frame_bytes();
  }

  [[nodiscard]] Result<void> hold(const Frame& frame) {
    if (!group_.takes(frame.head))
      if (auto written = write_group(); !written) return written;
    group_.add(frame.head);
    held_.push_back({frame.head, {frame.bytes().begin(), frame.bytes().end()}});
    return {};
  }

  [[nodiscard]] Result<void> write_group() {
    if (held_.size() == 1)
      if (auto written = write(std::span(held_[0].bytes).first(held_[0].head.header.header_length), body_of(held_[0]));
          !written)
        return written;
    if (held_.size() > 1)
      if (auto written = write_as_one(); !written) return written;
    held_.clear();
    group_ = {};
    return {};
  }

  static Bytes body_of(const Held& held) { return Bytes(held.bytes).subspan(held.head.header.header_length); }

  [[nodiscard]] Result<void> write_as_one() {
    EventBatchBuilder events;
    std::vector<StoredOrigin> origins;
    for (const Held& held : held_) {
      const FrameHeader& header = held.head.header;
      const auto batch = decoder_.decode(header, body_of(held).first(header.stored_length));
      if (!batch) return std::unexpected(fault_error(batch.error(), segment_->file.path()));
      const EventColumns& columns = batch->columns;
      for (std::uint32_t i = 0; i < columns.count; ++i)
        events.add({columns.timestamp(i), columns.keys.get(i), columns.values.get(i), columns.headers[i]});
      origins.push_back({header.sequence, header.append_time, header.event_count, header.offset_span});
    }
    const EventColumns columns = events.columns();
    const RepackedEvents repacked{columns, origins, held_.front().head.header.base_offset, segment_->salt()};
    if (auto drafted = draft_repacked_frame(repacked, CompressionLevel::fast, draft_); !drafted) return drafted;
    return write(draft_.head, draft_.body.padded());
  }

  [[nodiscard]] Result<void> write(std::span<std::byte> head, Bytes body) {
    const ChainPoint& point = builder_.point();
    replace_frame(head, point.position, point.chain);
    auto checked = next_head(head, point, segment_->salt());
    if (!checked) return std::unexpected(fault_error(checked.error(), segment_->file.path() + ".new"));
    if (auto put = writer_.put(head); !put) return put;
    if (auto put = writer_.put(body); !put) return put;
    builder_.add(*checked);
    ++done_.frames_after;
    return {};
  }

  SharedSegment segment_;
  FrameWindow window_;
  SegmentWriter writer_;
  FooterBuilder builder_;
  BodyDecoder decoder_;
  FrameDraft draft_;
  Group group_;
  std::vector<Held> held_;  ///< The group's frames as they were.
  RepackedSegment done_;
};

}  // namespace

Result<RepackedSegment> plan_repacking(Seam& seam, const SharedSegment& segment, Position end) {
  RepackedSegment plan;
  Group group;
  FrameWindow window(seam, segment);
  for (ChainPoint point = segment->start.chain(); point.position < end;) {
    auto head = window.head(point, end.value);
    if (!head) return propagate(head);
    if (!*head) return unreadable(head->error(), *segment, point, end.value);
    if (group.frames() == 0 || !group.takes(**head)) {
      group = {};
      ++plan.frames_after;
    }
    group.add(**head);
    ++plan.frames_before;
    plan.events += (*head)->header.event_count;
    plan.bytes_before += (*head)->header.frame_bytes();
    point = after(point, **head);
  }
  return plan;
}

Result<RepackedSegment> write_repacked(Seam& seam, const SharedSegment& segment, const SegmentHeader& successor,
                                       const std::string& to, Progress* progress) {
  auto end = sealed_end(seam, *segment, successor);
  if (!end) return propagate(end);
  auto writer = SegmentWriter::create(seam, to, segment->start);
  if (!writer) return propagate(writer);
  return Repacker(seam, segment, std::move(*writer)).run(end->position.value, original_of(successor), progress);
}

}  // namespace kappa::log

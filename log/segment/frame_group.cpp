#include "segment/frame_group.hpp"

#include <limits>

#include "kappa/base/event_builder.hpp"

namespace kappa::log {
namespace {

constexpr std::uint64_t kRepackedRawBytes = 1 << 20;
/// With as many events as these, columns as wide as they can become stay far below the limit of a frame.
constexpr std::uint64_t kRepackedEvents = 1 << 16;
/// With as many offsets, which of them are present is said in 32 KiB: with it all origins have room in an extension
/// area.
constexpr std::uint64_t kRepackedOffsets = 1 << 18;

/// Appends of which nothing is left become one, the last of them.
void add_origin(std::vector<StoredOrigin>& origins, const StoredOrigin& origin) {
  const bool merges = !origins.empty() && origins.back().event_count == 0 && origin.event_count == 0;
  if (!merges) return origins.push_back(origin);
  const std::uint32_t span = origins.back().offset_span + origin.offset_span;
  origins.back() = origin;
  origins.back().offset_span = span;
}

/// The events that stay, and their offsets.
struct Gathered {
  EventBatchBuilder events;
  std::vector<Offset> offsets;

  void add(const FrameRemains& frame) {
    const EventBatch& batch = *frame.decoded;
    const EventColumns& columns = batch.columns;
    for (std::uint32_t i = 0; i < columns.count; ++i) {
      if (!frame.stays.empty() && !frame.stays[i]) continue;
      events.add({columns.timestamp(i), columns.keys.get(i), columns.values.get(i), columns.headers[i]});
      offsets.push_back(batch.offset(i));
    }
  }
};

}  // namespace

FrameRemains whole_remains(FrameHead head) {
  FrameRemains remains;
  const FrameHeader& header = head.header;
  remains.left = header.event_count;
  remains.raw_bytes = header.raw_length;
  remains.origins = head.extension.origins;
  if (remains.origins.empty())
    remains.origins.push_back({header.sequence, header.append_time, header.event_count, header.offset_span});
  remains.head = std::move(head);
  return remains;
}

bool FrameGroup::may_be_part(const FrameRemains& frame) const {
  const FrameHeader& header = frame.head.header;
  if (header.kind != FrameKind::data || header.producer_id != 0 || frame.head.extension.commit) return false;
  return which_ == Regroup::all ? header.offset_span > 0 : header.flags == 0 && header.event_count > 0;
}

bool FrameGroup::takes(const FrameRemains& frame) const {
  if (frames_ == 0) return true;
  if (!open_ || !may_be_part(frame)) return false;
  const std::uint64_t offsets = offsets_ + frame.head.header.offset_span;
  const bool is_empty = events_ + frame.left == 0;
  const std::uint64_t offsets_max = is_empty ? std::numeric_limits<std::uint32_t>::max() : kRepackedOffsets;
  return origins_ + frame.origins.size() <= kFrameOriginsMax && events_ + frame.left <= kRepackedEvents &&
         offsets <= offsets_max && raw_bytes_ + frame.raw_bytes <= kRepackedRawBytes;
}

void FrameGroup::add(const FrameRemains& frame) {
  ++frames_;
  origins_ += frame.origins.size();
  events_ += frame.left;
  offsets_ += frame.head.header.offset_span;
  raw_bytes_ += frame.raw_bytes;
  open_ = may_be_part(frame);
}

Result<void> draft_group(std::vector<FrameRemains>& frames, BodyDecoder& decoder, FrameDraft& to,
                         const std::string& path) {
  Gathered gathered;
  std::vector<StoredOrigin> origins;
  for (FrameRemains& frame : frames) {
    const FrameHead& head = frame.head;
    if (!frame.decoded && frame.left > 0) {
      auto batch =
          decoder.decode(head.header, frame.body().first(head.header.stored_length), head.extension.present_offsets);
      if (!batch) return std::unexpected(fault_error(batch.error(), path));
      frame.decoded = std::move(*batch);
    }
    if (frame.left > 0) gathered.add(frame);
    for (const StoredOrigin& origin : frame.origins) add_origin(origins, origin);
  }
  const EventColumns columns = gathered.events.columns();
  const FrameHead& first = frames.front().head;
  RepackedEvents events{columns, origins, gathered.offsets, first.header.base_offset, first.header.salt};
  if (const auto& mark = first.extension.producer)
    events.producer = ProducerMark{first.header.producer_id, mark->through, mark->digest};
  return draft_repacked_frame(events, CompressionLevel::fast, to);
}

}  // namespace kappa::log

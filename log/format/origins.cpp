#include "format/origins.hpp"

#include <algorithm>

// The unit of the one order is the append, also when the frames of several were repacked into one: a reader that merges
// topics must be able to step to another topic between two of them. So what a reader meets is not the frame but the
// frames that it stands for; the events are decoded once and shared.

namespace kappa::log {
namespace {

BytesColumn slice(const BytesColumn& column, std::uint32_t first, std::uint32_t count) {
  if (column.offsets.empty()) return {};
  BytesColumn part{column.offsets.subspan(first, std::size_t{count} + 1), {}, column.bytes};
  if (column.present.empty()) return part;
  part.present = column.present.subspan(first, count);
  const auto there = static_cast<std::size_t>(std::ranges::count_if(part.present, [](auto p) { return p != 0; }));
  if (there == 0) return {};
  if (there == count) part.present = {};
  return part;
}

}  // namespace

EventColumns slice(const EventColumns& columns, std::uint32_t first, std::uint32_t count) {
  if (count == 0) return {};
  EventColumns part{count,
                    {},
                    slice(columns.keys, first, count),
                    slice(columns.values, first, count),
                    slice(columns.headers, first, count)};
  if (columns.timestamps.empty()) return part;
  const std::span<const Micros> given = columns.timestamps.subspan(first, count);
  if (std::ranges::any_of(given, [](Micros time) { return time != kNoTimestamp; })) part.timestamps = given;
  return part;
}

EventTimes event_times(const EventColumns& columns, std::span<const StoredOrigin> origins) {
  EventTimes times;
  std::uint32_t event = 0;
  for (const StoredOrigin& origin : origins) {
    for (const std::uint32_t end = event + origin.event_count; event < end; ++event) {
      const Micros given = columns.timestamp(event);
      const Micros time = given == kNoTimestamp ? origin.append_time : given;
      times.least = event == 0 ? time : std::min(times.least, time);
      times.greatest = std::max(times.greatest, time);
    }
  }
  return times;
}

OriginWalk::OriginWalk(FrameHead frame) : frame_(std::move(frame)) {
  if (!frame_.is_repacked()) return;
  origin_.header = frame_.header;
  show();
}

void OriginWalk::show() {
  const StoredOrigin& origin = frame_.extension.origins[index_];
  FrameHeader& header = origin_.header;
  header.flags &= ~(kFlagOrigins | kFlagHoles);
  header.base_offset = frame_.header.base_offset.plus(first_offset_);
  header.sequence = header.last_sequence = origin.sequence;
  header.append_time = origin.append_time;
  header.event_count = origin.event_count;
  header.offset_span = origin.offset_span;
  if (index_ > 0) header.header_length = header.stored_length = 0;
}

void OriginWalk::step() {
  first_event_ += frame_.extension.origins[index_].event_count;
  first_offset_ += frame_.extension.origins[index_].offset_span;
  ++index_;
  show();
}

EventBatch OriginWalk::batch(const EventBatch& whole) const {
  if (!frame_.is_repacked()) return whole;
  EventBatch part = whole;
  part.sequence = origin_.header.sequence;
  part.append_time = origin_.header.append_time;
  part.first_offset = origin_.header.base_offset;
  part.offset_span = origin_.header.offset_span;
  part.stored_bytes = origin_.header.frame_bytes();
  const bool has_holes = part.offset_span != origin_.header.event_count;
  part.offsets = {};
  if (has_holes && origin_.header.event_count > 0)
    part.offsets = whole.offsets.subspan(first_event_, origin_.header.event_count);
  part.columns = slice(whole.columns, first_event_, origin_.header.event_count);
  return part;
}

}  // namespace kappa::log

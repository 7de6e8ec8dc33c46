#include "format/scan.hpp"

#include <fmt/format.h>

#include <algorithm>

// Frames of a segment are a chain: each names the hash of the header before it, which in turn covers the hash of its
// body. So whoever has walked from a trusted place to a frame knows that nothing between them is missing or replaced.
// Offsets, sequences and times are checked on the way, because a reader's order rests on them. A gap stands for frames
// that are lost: it follows the one before them and names the hash that the one behind them follows.

namespace kappa::log {

ChainPoint after(const ChainPoint& point, const FrameHead& frame) {
  ChainPoint next = point;
  next.position = point.position.plus(frame.header.frame_bytes());
  const bool leads_over = frame.header.kind == FrameKind::gap && frame.header.raw_hash != 0;
  next.chain = leads_over ? frame.header.raw_hash : frame.header.header_hash;
  next.next_offset = frame.header.base_offset.plus(frame.header.offset_span);
  next.last_sequence = frame.header.last_sequence;
  next.last_append_time = frame.last_append_time();
  next.owner_epoch = frame.extension.owner_epoch.value_or(point.owner_epoch);
  next.log_start = frame.extension.log_start.value_or(point.log_start);
  return next;
}

Checked<FrameHead> next_head(Bytes bytes, const ChainPoint& point, std::uint64_t salt) {
  auto head = read_head(bytes, point.position, salt);
  if (!head) return head;
  const FrameHeader& header = head->header;
  const std::uint64_t at = point.position.value;
  if (header.previous_hash != point.chain)
    return damaged(at, fmt::format("frame that follows {:016x}, expected {:016x}", header.previous_hash, point.chain));
  if (header.base_offset != point.next_offset)
    return damaged(at,
                   fmt::format("frame with offset {}, expected {}", header.base_offset.value, point.next_offset.value));
  if (header.sequence <= point.last_sequence)
    return damaged(at,
                   fmt::format("frame with sequence {} after {}", header.sequence.value, point.last_sequence.value));
  if (header.append_time < point.last_append_time)
    return damaged(at, fmt::format("frame with append time {} after {}", header.append_time, point.last_append_time));
  if (head->extension.log_start && *head->extension.log_start < point.log_start)
    return damaged(at, fmt::format("frame that moves the log start to {}, back from {}",
                                   head->extension.log_start->value, point.log_start.value));
  return head;
}

Checked<Frame> next_frame(Bytes bytes, const ChainPoint& point, std::uint64_t salt) {
  auto head = next_head(bytes, point, salt);
  if (!head) return pass_on(head);
  auto body = read_body(bytes, head->header);
  if (!body) return pass_on(body);
  return Frame{std::move(*head), *body};
}

Traces find_traces(Bytes bytes, Position position, std::optional<std::uint64_t> salt) {
  constexpr std::size_t kSaltPosition = 48;
  Traces traces;
  for (std::size_t at = 0; at + kFrameHeaderBytes <= bytes.size(); at += kFrameAlignment) {
    // Nearly every place fails here, so the whole check is worth its call only after it.
    if (load<std::uint32_t>(bytes.data() + at) != kFrameMagic) continue;
    const auto any = load<std::uint64_t>(bytes.data() + at + kSaltPosition);
    const auto head = read_head(bytes.subspan(at), position.plus(at), salt.value_or(any));
    if (!head) continue;
    traces.durable = std::max(traces.durable, head->header.durable_position);
    traces.highest = std::max({traces.highest, head->header.last_sequence, head->header.consumed_through});
  }
  return traces;
}

}  // namespace kappa::log

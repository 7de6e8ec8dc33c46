#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "format/fault.hpp"
#include "format/frame.hpp"

namespace kappa::log {

/// A place between two frames of a segment, with what the next frame must follow.
struct ChainPoint {
  Position position;              ///< Where the next frame begins.
  std::uint64_t chain = 0;        ///< header_hash of the frame before (of the segment header at the start).
  Offset next_offset;             ///< base_offset of the next frame.
  Sequence last_sequence;         ///< The next frame's is greater.
  Micros last_append_time = 0;    ///< The next frame's is not less.
  std::uint32_t owner_epoch = 0;  ///< In force for the next append.
  Offset log_start;               ///< First offset that is still kept.
  friend bool operator==(const ChainPoint&, const ChainPoint&) = default;
};

/// The place after a frame that stands at `point`.
[[nodiscard]] ChainPoint after(const ChainPoint& point, const FrameHead& frame);

/// The frame that stands at `point`, its head and links checked, its body not. `bytes` are those of the file from
/// point.position on, as many as are at hand; fault `cut` tells how many are needed to say more.
[[nodiscard]] Checked<FrameHead> next_head(Bytes bytes, const ChainPoint& point, std::uint64_t salt);
/// The same with the stored body's hash and the alignment zeros checked. Views into `bytes`.
[[nodiscard]] Checked<Frame> next_frame(Bytes bytes, const ChainPoint& point, std::uint64_t salt);

/// What a gap stands between: the place at which the lost frames begin, and the one at which something whole follows.
/// `to.chain` 0: nothing does, and the next append follows the gap itself.
struct GapPlace {
  ChainPoint from;
  ChainPoint to;
};
struct GapFrame {
  Position position;
  std::vector<std::byte> head;  ///< Zeros follow up to the next one, or to the place's end.
};
/// A gap fills its place, with several frames where one cannot. None if the place has not the room, or not the offsets
/// and sequences, that frames which stood there must have had.
[[nodiscard]] std::vector<GapFrame> encode_gap(const GapPlace& place, std::uint64_t salt, Micros clock);

/// What headers say that the chain no longer reaches.
struct Traces {
  Position durable;  ///< The furthest durable_position; 0 if there is none.
  Sequence highest;  ///< Of all sequences, drawn or named as consumed.
};

/// The traces of all valid headers that stand at their own place in `bytes` (which begin at `position`, a multiple of
/// kFrameAlignment). Without a salt, of any segment. A header that is cut off at the end counts as none: let windows
/// overlap by kFrameHeaderBytes + kExtensionBytesMax.
[[nodiscard]] Traces find_traces(Bytes bytes, Position position, std::optional<std::uint64_t> salt);

}  // namespace kappa::log

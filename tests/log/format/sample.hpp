#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "format/frame.hpp"
#include "format/scan.hpp"
#include "format/segment_header.hpp"
#include "kappa/base/event_builder.hpp"

namespace kappa::log::sample {

using Image = std::vector<std::byte>;

/// An event with owned parts, for comparisons.
struct Event {
  std::optional<std::string> key = {};
  std::optional<std::string> value = {};
  Micros timestamp = kNoTimestamp;
  std::optional<std::string> headers = {};
  friend bool operator==(const Event&, const Event&) = default;
};

/// Encoded headers of one header.
std::string header(std::string_view name, std::optional<std::string_view> value);
/// Columns of events; the builder owns the memory.
void fill(EventBatchBuilder& builder, const std::vector<Event>& events);
/// The events of a batch, one by one.
std::vector<Event> events_of(const EventColumns& columns);

/// The salt and the place of the sample frames.
inline constexpr std::uint64_t kSalt = 0x5A17;
ChainPoint first_point();
FramePlace place_at(const ChainPoint& point);

/// A whole frame as it stands in a file; moves `point` behind it.
Image data_frame(const std::vector<Event>& events, ChainPoint& point, CompressionLevel level = CompressionLevel::fast,
                 const std::optional<CommitFrame>& commit = std::nullopt);
/// A frame that was repacked from appends of these events, whose sequences are two apart and append times ten.
Image repacked_frame(const std::vector<std::vector<Event>>& appends, ChainPoint& point);
/// Likewise, of one append or several; where an event is missing, compaction has removed it.
using Remains = std::vector<std::vector<std::optional<Event>>>;
Image compacted_frame(const Remains& appends, ChainPoint& point, const std::optional<ProducerMark>& producer = {});
Image owner_epoch_frame(std::uint32_t epoch, ChainPoint& point);
Image log_start_frame(Offset log_start, ChainPoint& point);
/// Two events with everything in them: 300 bytes or so.
std::vector<Event> two_events();

/// Changes a frame's header and makes its hash hold again.
Image with_header(Image frame, const std::function<void(FrameHeader&)>& change);
/// A frame with this extension area (a multiple of 8 bytes) and body whatever they are, all hashes in order.
Image with_parts(const FrameHeader& header, Bytes extension, Bytes body, Bytes raw = {});

/// The message of the fault, or "" where there is none.
template <typename T>
std::string fault_of(const Checked<T>& checked) {
  return checked ? "" : checked.error().what;
}

}  // namespace kappa::log::sample

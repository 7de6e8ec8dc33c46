#pragma once
#include <optional>
#include <span>
#include <vector>

#include "format/body.hpp"
#include "format/extension.hpp"
#include "format/fault.hpp"
#include "format/format.hpp"
#include "kappa/log/appender.hpp"
#include "kappa/log/reader.hpp"

namespace kappa::log {

/// A frame in the making. Everything slow (compression, hashes of the body) is done by draft_…_frame(), outside any
/// lock; what is known only under the partition's lock is filled in by seal_frame() in about a microsecond, and may be
/// filled in again. Reusable: a second draft into it keeps its memory. Not thread-safe.
struct FrameDraft {
  std::vector<std::byte> head;  ///< Header and extension area.
  EncodedBody body;

  /// What goes into the file, in this order: head, then body.padded().
  [[nodiscard]] std::uint64_t bytes() const { return head.size() + body.padded().size(); }
  [[nodiscard]] std::uint32_t event_count() const { return body.event_count; }
};

/// What a frame learns under the partition's lock.
struct FramePlace {
  std::uint64_t salt = 0;
  Position position;
  Offset base_offset;
  Sequence sequence;
  Micros append_time = 0;
  Micros unclamped_clock = 0;
  Position durable_position;
  std::uint64_t previous_hash = 0;
};

/// What goes into a data frame beside its events.
struct FrameAdditions {
  std::optional<CommitFrame> commit = {};
  std::optional<ProducerMark> producer = {};  ///< Not with a commit.
};

/// Drafts a data frame. Errc::bad_input if an event or all together are over the limits of the format; without a
/// commit zero events are refused too.
[[nodiscard]] Result<void> draft_data_frame(const EventColumns& columns, const FrameAdditions& additions,
                                            CompressionLevel level, FrameDraft& to);
/// Drafts the control frame by which an owner of the partition takes over.
void draft_owner_epoch_frame(std::uint32_t epoch, FrameDraft& to);
void draft_log_start_frame(Offset log_start, FrameDraft& to);
/// Drafts a frame that stands for the frames of several appends, or for one of which compaction has removed events:
/// their events one behind the other. It has everything of its place but what replace_frame() fills in. Errc::bad_input
/// if it is over the limits.
struct RepackedEvents {
  const EventColumns& columns;
  std::span<const StoredOrigin> origins;  ///< At least one, as the rules for a repacked frame want them.
  std::span<const Offset> offsets;        ///< Of the events where there are holes; else it may be empty.
  Offset first;
  std::uint64_t salt = 0;
  std::optional<ProducerMark> producer = {};  ///< Only with one origin.
};
[[nodiscard]] Result<void> draft_repacked_frame(const RepackedEvents& events, CompressionLevel level, FrameDraft& to);
/// Puts a frame, given its header and extension area, behind another one in a segment that is written anew. Returns the
/// header as it stands in `head` then.
FrameHeader replace_frame(std::span<std::byte> head, Position position, std::uint64_t previous_hash);
/// Fills in the place and the header's hash. Returns the header as it stands in draft.head.
FrameHeader seal_frame(FrameDraft& draft, const FramePlace& place);

/// Header and extension of a valid frame. The body is not looked at.
struct FrameHead {
  FrameHeader header;
  Extension extension;

  [[nodiscard]] bool is_repacked() const { return !extension.origins.empty(); }
  /// Of the last append that the frame stands for.
  [[nodiscard]] Micros last_append_time() const {
    return is_repacked() ? extension.origins.back().append_time : header.append_time;
  }
};

/// A valid frame with the hash of its stored body checked. `body` is a view into the bytes given to read_frame().
struct Frame {
  FrameHead head;
  Bytes body;

  /// All of it, with the zeros that align the next one; likewise a view.
  [[nodiscard]] Bytes bytes() const { return {body.data() - head.header.header_length, head.header.frame_bytes()}; }
};

/// The same for a listing.
[[nodiscard]] FrameInfo frame_info(const FrameHead& head);

/// Checks a frame on its own: structure, hash, its own place, limits, features. Not its links to the frame before;
/// scan.hpp does that. `bytes` begin at `position` of the file. Fault `cut` tells how many bytes are needed.
[[nodiscard]] Checked<FrameHead> read_head(Bytes bytes, Position position, std::uint64_t salt);
/// Checks the stored body's hash and the zeros behind it, given the head that read_head() found in the same bytes.
[[nodiscard]] Checked<Bytes> read_body(Bytes bytes, const FrameHeader& header);

}  // namespace kappa::log

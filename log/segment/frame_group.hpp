#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "format/frame.hpp"

namespace kappa::log {

/// A frame of a segment that is written anew, and what is left of it.
struct FrameRemains {
  FrameHead head;
  std::vector<std::byte> bytes;       ///< All of it, as it was.
  std::vector<StoredOrigin> origins;  ///< The appends that it stands for, with the events that stay.
  std::vector<bool> stays;            ///< For each event. Empty: all.
  std::optional<EventBatch> decoded;  ///< Where that was needed already.
  std::uint32_t left = 0;             ///< So many events stay.
  std::uint64_t raw_bytes = 0;        ///< What they come to in a body.

  [[nodiscard]] bool is_whole() const { return left == head.header.event_count; }
  [[nodiscard]] Bytes body() const { return Bytes(bytes).subspan(head.header.header_length); }
};

/// All of a frame's events stay. Without bytes.
[[nodiscard]] FrameRemains whole_remains(FrameHead head);

/// Which frames become one: those that have just been appended, or all that are no commit's and no producer's.
enum class Regroup : std::uint8_t { plain, all };

/// Frames that follow each other and may become one. Knows their sizes only.
class FrameGroup {
 public:
  explicit FrameGroup(Regroup which) : which_(which) {}
  /// True if the frame may become one with those that are in it, if any.
  [[nodiscard]] bool takes(const FrameRemains& frame) const;
  void add(const FrameRemains& frame);
  [[nodiscard]] std::uint64_t frames() const { return frames_; }

 private:
  [[nodiscard]] bool may_be_part(const FrameRemains& frame) const;

  Regroup which_;
  bool open_ = true;
  std::uint64_t frames_ = 0;
  std::uint64_t origins_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t offsets_ = 0;
  std::uint64_t raw_bytes_ = 0;
};

/// Drafts the one frame that some become.
[[nodiscard]] Result<void> draft_group(std::vector<FrameRemains>& frames, BodyDecoder& decoder, FrameDraft& to,
                                       const std::string& path);

}  // namespace kappa::log

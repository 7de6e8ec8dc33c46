#pragma once
#include <cstddef>
#include <span>

#include "format/frame.hpp"

namespace kappa::log {

/// The event times of a frame as readers see them: an event without a timestamp has the append time of its origin.
struct EventTimes {
  Micros least = kNoTimestamp;
  Micros greatest = kNoTimestamp;
};
[[nodiscard]] EventTimes event_times(const EventColumns& columns, std::span<const StoredOrigin> origins);

/// Some events of a batch that stand one behind the other, as columns that are not longer than they must be. Views of
/// the same memory.
[[nodiscard]] EventColumns slice(const EventColumns& columns, std::uint32_t first, std::uint32_t count);

/// Walks the origins of a valid frame: each stands for the frame of one append, as it was before it was repacked. Any
/// other frame is its own only origin.
class OriginWalk {
 public:
  explicit OriginWalk(FrameHead frame);

  /// The head of the frame that the origin stands for; its event times and body are those of the whole. The bytes of a
  /// repacked frame count with its first origin. Valid until step().
  [[nodiscard]] const FrameHead& origin() const { return frame_.is_repacked() ? origin_ : frame_; }
  /// The origin's events, given those of the frame.
  [[nodiscard]] EventBatch batch(const EventBatch& whole) const;
  [[nodiscard]] bool is_last() const { return index_ + 1 >= frame_.extension.origins.size(); }
  /// To the next origin; not behind the last.
  void step();
  /// The frame as it stands in the file.
  [[nodiscard]] const FrameHead& frame() const { return frame_; }

 private:
  void show();

  FrameHead frame_;
  FrameHead origin_;  ///< Of a repacked frame only.
  std::size_t index_ = 0;
  std::uint32_t first_event_ = 0;
  std::uint64_t first_offset_ = 0;  ///< From the frame's first one.
};

}  // namespace kappa::log

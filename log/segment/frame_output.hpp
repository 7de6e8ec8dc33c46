#pragma once
#include <cstdint>
#include <span>

#include "format/footer.hpp"
#include "segment/segment_writer.hpp"

namespace kappa::log {

/// The frames of a segment that is written anew, one behind the other, each checked as a reader will check it.
class FrameOutput {
 public:
  /// `start` is that which the segment shall have.
  FrameOutput(SegmentWriter writer, const SegmentStart& start) : writer_(std::move(writer)), builder_(start) {}

  /// Fills in what a frame has of its place. `head` is header and extension area, `body` reaches to the next frame.
  [[nodiscard]] Result<void> put(std::span<std::byte> head, Bytes body);
  /// Writes the footer, with what the next segment names of the `original`. Durable, but for its name, when it returns.
  [[nodiscard]] Result<void> finish(const FooterHeader& original);
  /// Of the frames.
  [[nodiscard]] std::uint64_t bytes() const { return builder_.point().position.value - kFirstFramePosition; }

 private:
  SegmentWriter writer_;
  FooterBuilder builder_;
};

}  // namespace kappa::log

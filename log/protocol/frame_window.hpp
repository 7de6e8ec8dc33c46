#pragma once
#include <cstdint>

#include "format/buffer.hpp"
#include "format/scan.hpp"
#include "protocol/segment_file.hpp"

namespace kappa::log {

/// Reads the frames of one segment one after the other through a buffer. Not thread-safe. What lies in the buffer is
/// never read again, so bytes may be asked for only once they no longer change, or a new window is used.
class FrameWindow {
 public:
  /// `device`: past the page cache, in large pieces.
  enum class Source { cache, device };

  FrameWindow(Seam& seam, SharedSegment segment, Source source = Source::cache)
      : seam_(&seam), segment_(std::move(segment)), source_(source) {}

  [[nodiscard]] const SegmentFile& segment() const { return *segment_; }
  [[nodiscard]] const SharedSegment& shared_segment() const { return segment_; }

  /// The head of the frame at a place. Bytes at or after `limit` are not looked at: a frame that passes it is a fault.
  [[nodiscard]] Result<Checked<FrameHead>> head(const ChainPoint& point, std::uint64_t limit);
  /// The same with its body checked; views are valid until the next call.
  [[nodiscard]] Result<Checked<Frame>> frame(const ChainPoint& point, std::uint64_t limit);
  /// The bytes of the file from `position` on that are in the buffer already; valid until the next call.
  [[nodiscard]] Bytes buffered_from(std::uint64_t position) const;

 private:
  /// Bytes of the file from `position` on, at least `want` of them unless `limit` or the file ends before.
  [[nodiscard]] Result<Bytes> bytes_at(std::uint64_t position, std::uint64_t want, std::uint64_t limit);

  Seam* seam_;
  SharedSegment segment_;
  Source source_;
  Buffer buffer_;
  std::uint64_t begin_ = 0;  ///< Position in the file of the buffer's first byte.
  std::size_t filled_ = 0;
};

}  // namespace kappa::log

// Frames are from two hundred bytes to sixteen megabytes long. Small ones are served from one read of many; of a large
// one that lies half in the buffer the part that is there is kept and only the rest is read.
#include "protocol/frame_window.hpp"

#include <algorithm>
#include <cstring>

namespace kappa::log {
namespace {

constexpr std::uint64_t kReadAheadBytes = 256 << 10;
/// Nothing is read ahead behind the cache, so that the pieces must be large enough by themselves.
constexpr std::uint64_t kDeviceReadBytes = 2 << 20;
constexpr std::uint64_t kFirstLookBytes = kFrameHeaderBytes;

}  // namespace

Result<Bytes> FrameWindow::bytes_at(std::uint64_t position, std::uint64_t want, std::uint64_t limit) {
  const std::uint64_t available = limit > position ? limit - position : 0;
  if (available == 0) return Bytes{};
  want = std::min(want, available);
  const bool inside = position >= begin_ && position <= begin_ + filled_;
  const std::size_t kept = inside ? static_cast<std::size_t>(begin_ + filled_ - position) : 0;
  if (kept < want) {
    const std::uint64_t ahead = source_ == Source::device ? kDeviceReadBytes : kReadAheadBytes;
    const std::uint64_t bytes = std::min(std::max(want, ahead), available);
    const std::size_t skipped = filled_ - kept;
    if (bytes > buffer_.capacity()) {
      Buffer larger;
      std::byte* to = larger.reserve(static_cast<std::size_t>(bytes));
      if (kept > 0) std::memcpy(to, buffer_.data() + skipped, kept);
      buffer_ = std::move(larger);
    } else if (kept > 0) {
      std::memmove(buffer_.data(), buffer_.data() + skipped, kept);
    }
    begin_ = position;
    filled_ = kept;
    const std::span<std::byte> to(buffer_.data() + kept, static_cast<std::size_t>(bytes) - kept);
    auto got = source_ == Source::device ? seam_->read_device(segment_->file, position + kept, to)
                                         : seam_->read(segment_->file, position + kept, to);
    if (!got) return propagate(got);
    filled_ += *got;
  }
  return Bytes(buffer_.data() + (position - begin_), begin_ + filled_ - position)
      .first(static_cast<std::size_t>(std::min<std::uint64_t>(begin_ + filled_ - position, available)));
}

Bytes FrameWindow::buffered_from(std::uint64_t position) const {
  if (position < begin_ || position > begin_ + filled_) return {};
  return Bytes(buffer_.data(), filled_).subspan(static_cast<std::size_t>(position - begin_));
}

Result<Checked<FrameHead>> FrameWindow::head(const ChainPoint& point, std::uint64_t limit) {
  std::uint64_t want = kFirstLookBytes;
  for (;;) {
    auto bytes = bytes_at(point.position.value, want, limit);
    if (!bytes) return propagate(bytes);
    auto head = next_head(*bytes, point, segment_->salt());
    if (head || head.error().kind != FaultKind::cut || bytes->size() < want) return head;
    want = std::max(head.error().need, want + 1);
  }
}

Result<Checked<Frame>> FrameWindow::frame(const ChainPoint& point, std::uint64_t limit) {
  std::uint64_t want = kFirstLookBytes;
  for (;;) {
    auto bytes = bytes_at(point.position.value, want, limit);
    if (!bytes) return propagate(bytes);
    auto frame = next_frame(*bytes, point, segment_->salt());
    if (frame || frame.error().kind != FaultKind::cut || bytes->size() < want) return frame;
    want = std::max(frame.error().need, want + 1);
  }
}

}  // namespace kappa::log

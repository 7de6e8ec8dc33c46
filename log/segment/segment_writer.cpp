#include "segment/segment_writer.hpp"

#include <algorithm>

namespace kappa::log {
namespace {

constexpr std::size_t kWriteBytes = 1 << 20;

}  // namespace

std::vector<std::byte> segment_head(const SegmentStart& start, const ChainPoint& end) {
  std::vector<std::byte> bytes(kFirstFramePosition);
  const Block header = encode_segment_header(start.header);
  const MarkBytes mark = encode_mark({1, end}, start.header.salt);
  std::ranges::copy(header, bytes.begin());
  std::ranges::copy(mark, bytes.begin() + static_cast<std::ptrdiff_t>(mark_position(1).value));
  return bytes;
}

SegmentWriter::SegmentWriter(Seam& seam, File file, const SegmentStart& start)
    : seam_(&seam), file_(std::move(file)), start_(start) {
  buffer_.reserve(kWriteBytes);
}

Result<SegmentWriter> SegmentWriter::create(Seam& seam, const std::string& path, const SegmentStart& start) {
  auto file = seam.open(path, OpenMode::create);
  if (!file) return propagate(file);
  if (auto emptied = seam.truncate(*file, 0); !emptied) return propagate(emptied);
  return SegmentWriter(seam, std::move(*file), start);
}

Result<void> SegmentWriter::put(Bytes bytes) {
  if (buffer_.size() + bytes.size() > kWriteBytes)
    if (auto flushed = flush(); !flushed) return flushed;
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  return {};
}

Result<void> SegmentWriter::flush() {
  const Bytes parts[] = {buffer_};
  if (auto written = seam_->write(file_, position_, parts); !written) return written;
  position_ += buffer_.size();
  buffer_.clear();
  return {};
}

Result<void> SegmentWriter::finish(const ChainPoint& end, Bytes behind) {
  if (auto written = put(behind); !written) return written;
  if (auto flushed = flush(); !flushed) return flushed;
  const std::vector<std::byte> head = segment_head(start_, end);
  const Bytes parts[] = {head};
  if (auto written = seam_->write(file_, 0, parts); !written) return written;
  return seam_->sync(file_);
}

}  // namespace kappa::log

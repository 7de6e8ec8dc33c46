#pragma once
#include <vector>

#include "format/footer.hpp"
#include "kappa/base/result.hpp"
#include "protocol/segment_file.hpp"

namespace kappa::log {

/// What stands in a segment before its first frame: its header, and one mark, which vouches for all frames up to `end`.
[[nodiscard]] std::vector<std::byte> segment_head(const SegmentStart& start, const ChainPoint& end);

/// Writes a segment aside: frames, then what stands behind them, then what stands before them. Not thread-safe. Until
/// finish() has returned, and after a crash, the file may be anything.
class SegmentWriter {
 public:
  /// Makes the file, or empties it. `start` is the header that the segment shall have.
  [[nodiscard]] static Result<SegmentWriter> create(Seam& seam, const std::string& path, const SegmentStart& start);

  /// Bytes behind those that there are, as they are.
  [[nodiscard]] Result<void> put(Bytes bytes);
  /// The bytes that end the segment behind `end`, header and mark; durable, but for the file's name, when it returns.
  [[nodiscard]] Result<void> finish(const ChainPoint& end, Bytes behind);
  [[nodiscard]] const std::string& path() const { return file_.path(); }

 private:
  SegmentWriter(Seam& seam, File file, const SegmentStart& start);
  [[nodiscard]] Result<void> flush();

  Seam* seam_;
  File file_;
  SegmentStart start_;
  std::uint64_t position_ = kFirstFramePosition;
  std::vector<std::byte> buffer_;  ///< Gathers what is put into large writes.
};

}  // namespace kappa::log

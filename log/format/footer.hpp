#pragma once
#include <optional>
#include <vector>

#include "format/fault.hpp"
#include "format/format.hpp"
#include "format/scan.hpp"
#include "format/segment_header.hpp"

namespace kappa::log {

/// The footer of a sealed segment.
struct Footer {
  FooterHeader header;
  std::vector<IndexEntry> index;
};

/// False where header and footer are those of two files that had the segment's name: a write was lost.
[[nodiscard]] inline bool is_of_file(const FooterHeader& footer, const SegmentHeader& header) {
  return footer.rewriting == header.rewriting;
}
/// True for a segment that was replaced since its successor was made: its frames end elsewhere, or with another hash,
/// than the successor names.
[[nodiscard]] inline bool is_replaced(const FooterHeader& footer) {
  return footer.original_end != footer.end || footer.original_chain != footer.chain;
}

/// Gathers a footer from the heads of a segment's frames, in order. Reads no body.
class FooterBuilder {
 public:
  explicit FooterBuilder(const SegmentStart& start);
  void add(const FrameHead& frame);
  /// The chain after the frames added so far.
  [[nodiscard]] const ChainPoint& point() const { return point_; }
  /// Of a replaced segment, `replaced` has what frames do not say: where the original one ended.
  [[nodiscard]] Footer finish(const std::optional<FooterHeader>& replaced = {}) const;

 private:
  Footer footer_;
  ChainPoint point_;
  std::uint64_t next_index_position_ = 0;
};

[[nodiscard]] std::vector<std::byte> encode_footer(const Footer& footer);
/// What the last kFooterTailBytes of a file say about the footer's length; fault if they are no footer's tail (which
/// in a segment that was never sealed is the normal case).
[[nodiscard]] Checked<std::uint32_t> decode_footer_tail(Bytes tail, std::uint64_t file_bytes);
/// `bytes` are the whole footer; `position` is where it begins in the file.
[[nodiscard]] Checked<Footer> decode_footer(Bytes bytes, Position position, std::uint64_t salt);

}  // namespace kappa::log

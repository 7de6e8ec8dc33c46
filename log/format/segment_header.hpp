#pragma once
#include <array>
#include <optional>
#include <vector>

#include "format/fault.hpp"
#include "format/format.hpp"
#include "format/scan.hpp"
#include "kappa/base/bytes.hpp"
#include "kappa/log/directory.hpp"

namespace kappa::log {

using Block = std::array<std::byte, kBlockBytes>;

/// A segment's header as read, with the hash that the first frame's chain begins with.
struct SegmentStart {
  SegmentHeader header;
  std::uint64_t hash = 0;
  /// Where the first frame stands and what it follows.
  [[nodiscard]] ChainPoint chain() const;
};

/// Both are of one segment, in whatever form its frames were written.
[[nodiscard]] bool is_same_segment(SegmentHeader one, const SegmentHeader& other);
/// The first block of a segment file.
[[nodiscard]] Block encode_segment_header(const SegmentHeader& header);
/// Takes at least kBlockBytes from the file's start; fewer are a fault `cut`.
[[nodiscard]] Checked<SegmentStart> decode_segment_header(Bytes file_start);

/// A mark: the chain up to a position that was durable when the mark was written.
struct Mark {
  std::uint64_t generation = 0;  ///< The newer of two marks has the greater; starts at 1.
  ChainPoint point;
};
using MarkBytes = std::array<std::byte, kMarkBytes>;
/// Where the mark of a generation is written: the two slots alternate, so that the older survives a torn write.
[[nodiscard]] constexpr Position mark_position(std::uint64_t generation) {
  return {generation % 2 == 1 ? kMarkPositionA : kMarkPositionB};
}
[[nodiscard]] MarkBytes encode_mark(const Mark& mark, std::uint64_t salt);
/// `bytes` are those of a slot, at least kMarkBytes. Fault `zeros`: never written. A damaged slot is no evidence and
/// no reason to fail: the other one counts.
[[nodiscard]] Checked<Mark> decode_mark(Bytes bytes, Position slot, std::uint64_t salt);
/// The newer valid mark of the two slots; `bytes` are those of the file from 0 to kFirstFramePosition.
[[nodiscard]] std::optional<Mark> newest_mark(Bytes bytes, std::uint64_t salt);

/// The whole content of DIR/kappa.
[[nodiscard]] std::array<std::byte, kDirectoryFileBytes> encode_directory_file(const DirectoryId& id,
                                                                               const Features& features);
[[nodiscard]] Checked<DirectoryFile> decode_directory_file(Bytes content);
/// Refuses what this version cannot read (or, for Access::read_write, write): fault `unsupported`.
[[nodiscard]] Checked<void> check_features(const Features& features, Access access);

}  // namespace kappa::log

#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "format/segment_header.hpp"
#include "seam/seam.hpp"

namespace kappa::log {

/// An open segment with its header. Shared, because a sync may still be running on it while the partition has rolled
/// on.
struct SegmentFile {
  File file;
  SegmentStart start;
  [[nodiscard]] Offset base() const { return start.header.base_offset; }
  [[nodiscard]] std::uint64_t salt() const { return start.header.salt; }
};
using SharedSegment = std::shared_ptr<const SegmentFile>;

/// Path of the segment that begins at an offset: the offset in 20 digits, so that names sort like offsets.
[[nodiscard]] std::string segment_path(const std::string& directory, Offset base);
/// Base offsets of the segments in a partition's directory, rising.
[[nodiscard]] Result<std::vector<Offset>> list_segments(Seam& seam, const std::string& directory);

/// Opens a segment's file and checks its header, whatever its name. Errors as below.
[[nodiscard]] Result<SharedSegment> open_segment_file(Seam& seam, const std::string& path, Access access);
/// Opens a segment and checks its header. Errc::not_found if there is none of this name; Errc::corruption if its header
/// is not whole or belongs to another offset.
[[nodiscard]] Result<SharedSegment> open_segment(Seam& seam, const std::string& directory, Offset base, Access access);
/// Makes a segment, durable together with its name when it returns. The file gets its name only once it is whole, so a
/// segment with a bad header is always damage.
[[nodiscard]] Result<SharedSegment> create_segment(Seam& seam, const std::string& directory,
                                                   const SegmentHeader& header, std::uint64_t bytes);

[[nodiscard]] Result<std::optional<Mark>> read_newest_mark(Seam& seam, const SegmentFile& segment);
[[nodiscard]] Result<void> write_mark(Seam& seam, const SegmentFile& segment, const Mark& mark);
/// Overwrites [begin, end) with zeros.
[[nodiscard]] Result<void> write_zeros(Seam& seam, const File& file, std::uint64_t begin, std::uint64_t end);
/// Makes the entries of a directory durable.
[[nodiscard]] Result<void> sync_directory(Seam& seam, const std::string& directory);

}  // namespace kappa::log

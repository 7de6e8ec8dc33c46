#pragma once
#include <optional>

#include "protocol/segment_file.hpp"
#include "segment/verify_segments.hpp"

namespace kappa::log {

/// The header of a segment that has another file's (has_own_header()): what the two differ in stands in the footer. The
/// footer's index proves it; nullopt: it does not. Writes nothing.
[[nodiscard]] Result<std::optional<SegmentStart>> correct_header(Seam& seam, const SegmentFile& segment);

struct RebuiltHeader {
  SegmentStart start;
  bool is_proven = false;  ///< By the first frame, or by the footer's index. Else it only follows from what is known.
};
/// The header of a segment whose own is damaged, or that is missing: all of it follows from the segment before it, from
/// its salt, which the next one names or its frames carry, from its footer if it was written anew, and from where it
/// belongs. nullopt where one of these is unknown, or where the footer's index, and without that the first frame,
/// follows another header. Writes nothing.
[[nodiscard]] Result<std::optional<RebuiltHeader>> rebuild_header(Seam& seam, const ExpectedPartition& expected,
                                                                  Offset base,
                                                                  const std::optional<SegmentHeader>& next);

}  // namespace kappa::log

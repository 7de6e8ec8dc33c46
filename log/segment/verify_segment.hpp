#pragma once
#include <optional>

#include "protocol/segment_file.hpp"
#include "segment/verify_segments.hpp"

namespace kappa::log {

/// What the segments beside one say about it.
struct Neighbours {
  bool is_first = false;
  std::optional<ChainPoint> previous_end;  ///< Unknown for the first, and behind damage.
  std::optional<SegmentHeader> previous;
  std::optional<SegmentHeader> next;  ///< The one that names this one as its predecessor.
};

/// Checks one segment of a partition, and adds to the report what it found. The place after the last frame, which the
/// next segment must follow, if all frames are whole. Writes nothing; appends may go on.
[[nodiscard]] Result<std::optional<ChainPoint>> verify_segment(Seam& seam, const ExpectedPartition& expected,
                                                               const Neighbours& neighbours, SharedSegment segment,
                                                               VerifyReport& report, Progress* progress);

}  // namespace kappa::log

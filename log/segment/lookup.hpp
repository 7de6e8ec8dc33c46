#pragma once
#include "kappa/base/result.hpp"
#include "protocol/segment_file.hpp"

namespace kappa::log {

/// The place of the frame that contains an offset, or of the first one after it. `end` is where the segment's durable,
/// visible frames end: nothing behind it is looked at, and it is the answer if all are before. From the footer's index
/// where the segment is sealed, else by a scan of headers from the nearest mark. Of the point's members `owner_epoch`
/// may be unknown (0) and `last_sequence` too low; both are good enough to read on from.
[[nodiscard]] Result<ChainPoint> find_offset(Seam& seam, const SharedSegment& segment, Position end, Offset offset);
/// The same for the first frame that was appended at or after a time.
[[nodiscard]] Result<ChainPoint> find_append_time(Seam& seam, const SharedSegment& segment, Position end,
                                                  Micros append_time);

}  // namespace kappa::log

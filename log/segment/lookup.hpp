#pragma once
#include <optional>

#include "format/footer.hpp"
#include "kappa/base/result.hpp"
#include "seam/seam.hpp"

namespace kappa::log {

/// One segment to look something up in. `end` is where its durable, visible frames end: nothing behind it is looked at.
struct SegmentToSearch {
  const File* file = nullptr;
  SegmentStart start;
  Position end;
};

/// The place of the frame that contains an offset, or of the first one after it; the place `end` if all are before.
/// From the footer's index where the segment is sealed, else by a scan from the nearest mark. Of the point's members
/// `owner_epoch` is not known (0).
[[nodiscard]] Result<ChainPoint> find_offset(Seam& seam, const SegmentToSearch& segment, Offset offset);
/// The place of the first frame appended at or after a time; the place `end` if there is none.
[[nodiscard]] Result<ChainPoint> find_append_time(Seam& seam, const SegmentToSearch& segment, Micros append_time);

}  // namespace kappa::log

#pragma once
#include <cstdint>
#include <optional>

#include "format/frame.hpp"
#include "kappa/base/result.hpp"
#include "protocol/segment_file.hpp"

namespace kappa::log {

/// The next header that stands whole at its own place in a segment, behind `after.position` and before `limit`, and
/// does not go back in offsets. No chain leads to it: its hash, the segment's salt and its own place vouch for it; and
/// in a segment that was written anew, that a chain leads from it to a place that the footer knows.
[[nodiscard]] Result<std::optional<FrameHeader>> find_head(Seam& seam, const SegmentFile& segment,
                                                           const ChainPoint& after, std::uint64_t limit);
/// The place of a frame that was found so, with all that its header tells.
[[nodiscard]] ChainPoint place_of(const FrameHeader& header, const ChainPoint& before);

}  // namespace kappa::log

#pragma once
#include <optional>
#include <string>

#include "format/frame.hpp"
#include "protocol/segment_file.hpp"

namespace kappa::log {

/// The last frame of the last whole commit before a durable place of a segment, in it or in those before; nullopt if
/// there is none, as in a partition that is no view's. Damage on the way is passed over: what it hides, an earlier
/// commit says more weakly.
[[nodiscard]] Result<std::optional<FrameHead>> last_commit_before(Seam& seam, const std::string& directory,
                                                                  SharedSegment segment, Position place);

}  // namespace kappa::log

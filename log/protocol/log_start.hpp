#pragma once
#include "protocol/partition.hpp"

namespace kappa::log {

/// Moves the log start of a partition forward to the beginning of one of its segments, durably, and then removes the
/// segments before it. Nothing happens if the log starts there or further already, but for segments that an earlier
/// attempt has left. Errc::conflict if no segment begins there. Readers that stand in what is removed are told.
[[nodiscard]] Result<void> move_log_start(Partition& partition, Offset log_start);

/// Leaves the active segment for a new one, if it holds an event, and seals it. The offset at which the active segment
/// begins now.
[[nodiscard]] Result<Offset> begin_segment(Partition& partition);

/// Removes the files of the segments that lie before `log_start`, which must be durable.
[[nodiscard]] Result<void> remove_segments_before(Seam& seam, const std::string& directory, Offset log_start);

}  // namespace kappa::log

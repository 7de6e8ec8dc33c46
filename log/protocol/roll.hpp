#pragma once
#include "protocol/partition.hpp"

namespace kappa::log {

/// The header of the first segment of a partition.
[[nodiscard]] SegmentHeader first_segment_header(const Environment& environment, const PartitionPlace& place);

/// Leaves the active segment for a new one. The partition is whole and not poisoned. On Errc::io nothing is lost and
/// the next append tries again.
[[nodiscard]] Result<void> roll(LockedPartition& locked);

}  // namespace kappa::log

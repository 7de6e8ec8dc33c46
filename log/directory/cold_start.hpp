#pragma once
#include <string>
#include <vector>

#include "directory/layout.hpp"
#include "protocol/partition.hpp"
#include "protocol/tail.hpp"

namespace kappa::log {

/// What the views' commits in all tails say was durable in other partitions.
[[nodiscard]] Result<ConsumedEvidence> collect_evidence(Seam& seam, const Layout& layout);

/// Starts a new incarnation of a directory in which the caller is alone: recovers every partition that can be, and
/// moves the counter past everything found. Damaged partitions are left as they are; they tell when they are used.
[[nodiscard]] Result<std::vector<RecoveryNote>> cold_start(const Environment& environment, const Layout& layout);

/// Recovers one partition whose head is not current, beside others at work. Errc::corruption if it is damaged.
[[nodiscard]] Result<std::vector<RecoveryNote>> recover_one(Partition& partition, const Layout& layout,
                                                            const ConsumedEvidence& evidence);

}  // namespace kappa::log

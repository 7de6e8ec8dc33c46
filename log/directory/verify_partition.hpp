#pragma once
#include "directory/log_directory.hpp"
#include "segment/verify_segments.hpp"

namespace kappa::log {

/// What the files of a partition must be, as far as its head, its files and the catalog tell.
[[nodiscard]] Result<ExpectedPartition> expected_partition(LogDirectory& directory, const TopicInfo& topic,
                                                           std::uint32_t partition);

}  // namespace kappa::log

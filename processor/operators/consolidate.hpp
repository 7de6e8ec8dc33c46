#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "kappa/processor/column.hpp"

namespace kappa::processor {

/// The net changes of an interval: no row twice, no weight zero; by encoded key (if there is one), retract before
/// insert, encoded row. In batches of at most kBatchRows; none if nothing is left.
[[nodiscard]] std::vector<Batch> consolidate(std::vector<Batch> changes,
                                             const std::optional<std::vector<std::uint32_t>>& key);

}  // namespace kappa::processor

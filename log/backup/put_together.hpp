#pragma once
#include <string>

#include "backup/heal.hpp"
#include "backup/splice.hpp"

namespace kappa::log {

/// Makes the segment that a splice is the plan of, and gives it the name `path` in one step, durably. What had that
/// name is gone: keep it first.
[[nodiscard]] Result<void> put_together(const Healing& healing, const std::string& path, const SpliceInput& input,
                                        const Splice& splice);

}  // namespace kappa::log

#pragma once
#include <vector>

#include "kappa/processor/plan.hpp"

namespace kappa::processor {

/// The selected views and those that they read, directly or through others; by index of view.
[[nodiscard]] std::vector<bool> needed_views(const Program& program, std::vector<bool> selected);

}  // namespace kappa::processor

#pragma once
#include <functional>
#include <span>

#include "kappa/base/result.hpp"

namespace kappa::replay {

/// Does all tasks at the same time (16 of them, where there are more) and returns when all are done: the first error in
/// their order, if there is one. The tasks must not share what is not thread-safe.
[[nodiscard]] Result<void> all_at_once(std::span<const std::function<Result<void>()>> tasks);

}  // namespace kappa::replay

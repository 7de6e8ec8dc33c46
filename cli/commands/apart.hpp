#pragma once
#include <string>

#include "kappa/base/result.hpp"

namespace kappa::cli {

/// Errc::usage where a data directory and a backup are the same folder, or one lies within the other.
[[nodiscard]] Result<void> check_apart(const std::string& directory, const std::string& backup);

}  // namespace kappa::cli

#pragma once
#include <string>

#include "frame/command.hpp"

namespace kappa::cli {

/// The command that heals the directory in use from a backup, for hints.
[[nodiscard]] std::string repair_from_backup(const Context& context);

}  // namespace kappa::cli

#pragma once
#include <string>
#include <vector>

#include "commands/work_progress.hpp"
#include "frame/command.hpp"

namespace kappa::cli {

/// Verifies the named topics, or all and the catalog, and prints what they turned out to be. Gives the number of
/// damaged ranges.
[[nodiscard]] Result<std::size_t> verify_topics(Context& context, const std::vector<std::string>& names,
                                                const ProgressOptions& options);
/// The command that heals the directory in use from a backup, for hints.
[[nodiscard]] std::string repair_from_backup(const Context& context);

}  // namespace kappa::cli

#pragma once
#include "backup/manifest.hpp"
#include "backup/plan.hpp"

namespace kappa::log {

/// Checks that a plan goes on where an earlier backup of a directory of this identity ends, so that its place holds no
/// event less afterwards but what retention and deletion took. Errc::conflict if it does not: the earlier one is of a
/// directory that was copied or restored from the same beginning and went another way. Headers only, and only of
/// segments that have grown. False: retention, or the deletion of a topic, has taken something away since the cut.
[[nodiscard]] Result<bool> check_history(Seam& seam, const std::string& root, const Manifest& earlier, const Cut& cut,
                                         const BackupPlan& plan);

}  // namespace kappa::log

#pragma once
#include <optional>
#include <set>
#include <string>

#include "backup/backup_place.hpp"

namespace kappa::log {

/// Checks that there is nothing in a backup's place but an earlier backup of this directory, or what one that was cut
/// short has left: Errc::conflict. Returns the earlier one's manifest; nullopt where there is none.
[[nodiscard]] Result<std::optional<Manifest>> check_own(Seam& seam, const BackupPlace& place, const Manifest& manifest);

/// What came of a sweep.
struct Swept {
  std::uint64_t removed = 0;
  std::string failed;  ///< Not empty: files stay that are not needed; says why.
};
/// Removes segments, and parts of some, that are not `needed`. Files whose names no backup makes are left alone.
[[nodiscard]] Swept sweep(Seam& seam, const BackupPlace& place, const std::set<std::string>& needed);

}  // namespace kappa::log

#pragma once
#include <string>

#include "backup/backup_place.hpp"
#include "directory/layout.hpp"
#include "kappa/log/repair.hpp"
#include "segment/verify_segments.hpp"

namespace kappa::log {

/// What the healing of partitions shares.
struct Healing {
  Seam& seam;
  Layout layout;
  OpenBackup& backup;
  RepairMode mode;
  RepairReport& report;
};

/// Heals one partition, as far as verification finds something wrong with it, and adds to the report what it did or,
/// with RepairMode::show, would do.
[[nodiscard]] Result<void> heal_partition(const Healing& healing, const std::string& topic,
                                          const ExpectedPartition& expected);

/// Copies a file into DIR/damaged, under a name that is not taken there, durably.
[[nodiscard]] Result<void> keep_aside(const Healing& healing, const std::string& path, const std::string& name);

}  // namespace kappa::log

#pragma once
#include <set>
#include <string>
#include <vector>

#include "backup/backup_place.hpp"
#include "directory/catalog_json.hpp"
#include "directory/layout.hpp"
#include "directory/log_catalog.hpp"
#include "kappa/log/repair.hpp"
#include "segment/verify_segments.hpp"

namespace kappa::log {

/// A gap, and the name of its topic.
struct NamedGap {
  std::string topic;
  GapRecord gap;
};

/// What the healing of partitions shares.
struct Healing {
  Seam& seam;
  Layout layout;
  const OpenBackup* backup;  ///< nullptr: without one, what is lost becomes gaps.
  RepairMode mode;
  RepairReport& report;
  /// The catalog's compactions that the backup is older than.
  std::vector<LogCatalog::RecordedCompaction> compactions = {};
  std::set<GapRecord> recorded = {};     ///< Gaps that the catalog knows: only these are made.
  std::vector<NamedGap> to_record = {};  ///< That it does not know yet.
  std::vector<NamedGap> healed = {};     ///< That are filled from the backup now.
};

/// Heals one partition, as far as verification finds something wrong with it, and adds to the report what it did or,
/// with RepairMode::show, would do.
[[nodiscard]] Result<void> heal_partition(Healing& healing, const std::string& topic,
                                          const ExpectedPartition& expected);

}  // namespace kappa::log

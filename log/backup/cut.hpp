#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "directory/log_directory.hpp"

namespace kappa::log {

/// A partition of a cut. `end` is durable; frames before it may be above the cut's bound.
struct CutPartition {
  TopicInfo topic;
  std::shared_ptr<Partition> partition;
  PartitionEnd end;
};

/// A directory at one sequence: what is durable at or below `bound` in every partition that the catalog knows there.
/// Nothing at or below it is in flight.
struct Cut {
  Sequence bound;
  std::vector<CutPartition> partitions;  ///< `_catalog` first.
  std::string held_back;                 ///< As in BackupReport.
  /// Segments in which gaps were recorded, and the sequence of the newest record about each.
  std::map<LogCatalog::GapSegment, Sequence> gap_segments = {};
};

/// The bound is not below what was durable when this was called, unless `held_back` says why. Waits for appends that
/// are in flight, and sees to those that their process does not finish. Errc::corruption where a partition's end is
/// known to be damaged.
[[nodiscard]] Result<Cut> cut_directory(LogDirectory& directory);

}  // namespace kappa::log

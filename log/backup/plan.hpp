#pragma once
#include <optional>
#include <vector>

#include "backup/cut.hpp"
#include "backup/manifest.hpp"

namespace kappa::log {

/// A segment that belongs to a backup, as far as it is known before its frames are read. Lives no longer than its cut.
struct PlannedSegment {
  const CutPartition* where = nullptr;
  BackupSegment segment;  ///< Without its size.
  CopyLimit limit;
};

/// All segments of a cut, each partition's in the order of offsets, and the sequence of the newest frame among them.
struct BackupPlan {
  std::vector<PlannedSegment> segments;
  Sequence newest;
};

/// nullopt: retention, the deletion of a topic or repacking has changed something since the cut. Errc::corruption where
/// segments are lost or damaged.
[[nodiscard]] Result<std::optional<BackupPlan>> plan_backup(const Cut& cut);

/// A segment of a partition; nullptr where it was removed on purpose, also if another topic of the same name has taken
/// its place.
[[nodiscard]] Result<SharedSegment> open_planned(const CutPartition& where, Offset base);
/// True where the segment at `base` is not there because it was removed on purpose.
[[nodiscard]] bool removed_since(const CutPartition& where, Offset base);
/// True where another file has taken the place of the segment since it was planned.
[[nodiscard]] bool replaced_since(const PlannedSegment& planned);
/// An error about a file of a partition, with the partition's name.
[[nodiscard]] Error about(const CutPartition& where, Error error);

}  // namespace kappa::log

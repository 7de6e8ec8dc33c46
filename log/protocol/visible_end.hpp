#pragma once
#include <memory>
#include <optional>

#include "protocol/partition.hpp"

namespace kappa::log {

/// How far a reader may read a partition, and below which sequence nothing of it is in flight. Not thread-safe.
class VisibleEnd {
 public:
  explicit VisibleEnd(std::shared_ptr<Partition> partition) : partition_(std::move(partition)) {}

  /// The newest durable end: the published one, or one that help() found.
  [[nodiscard]] Result<Durable> look();
  /// Gets appends out of the way that their process may never finish. A read-write process repairs, syncs and
  /// publishes for all. A read-only one finds out for itself what is durable, and writes nothing.
  [[nodiscard]] Result<void> help();
  [[nodiscard]] Partition& partition() const { return *partition_; }
  [[nodiscard]] const std::shared_ptr<Partition>& shared_partition() const { return partition_; }

 private:
  [[nodiscard]] Result<Durable> look_cold();
  [[nodiscard]] Result<void> help_privately();

  std::shared_ptr<Partition> partition_;
  std::optional<Durable> private_;  ///< Found by a scan of this reader's own.
  std::optional<Durable> cold_;     ///< As long as the head is not current.
};

}  // namespace kappa::log

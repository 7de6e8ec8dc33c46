#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <optional>
#include <string>
#include <vector>

#include "kappa/log/repack.hpp"
#include "segment/repack.hpp"

namespace kappa::log {

/// Which events of a partition a compaction takes away: those that a later one replaces, and last deletions once no
/// earlier row of their key is left. learn() first, all events up to the horizon, in order, those of the topic's other
/// partitions among them; then decide(), the partition's segments in order, each followed by one of the two that say
/// what became of it. Not thread-safe.
class CompactionKeys final : public EventFilter {
 public:
  /// Deletions behind `first_gap` stay: what is lost there may be found again.
  CompactionKeys(const Compaction& compaction, std::uint32_t partition, Sequence through,
                 std::optional<Offset> first_gap)
      : compaction_(compaction), partition_(partition), through_(through), first_gap_(first_gap) {}

  [[nodiscard]] Result<void> learn(const EventBatch& batch);
  [[nodiscard]] Result<void> decide(const EventBatch& batch, std::vector<bool>& stays) override;
  /// The segment whose events were decided last is written anew.
  void segment_goes() { rows_.clear(); }
  /// It stays as it is, and the older rows in it.
  void segment_stays();

 private:
  /// The last event of a key.
  struct Last {
    std::uint32_t partition = 0;
    Offset offset;
    bool is_deletion = false;
    bool has_older_row = false;  ///< In a segment that stays as it is, or in another partition.
  };
  struct Hash {
    using is_transparent = void;
    using is_avalanching = void;
    std::size_t operator()(std::string_view key) const;
  };
  [[nodiscard]] Result<void> judge(const EventBatch& batch);
  void learn(const EventBatch& batch, std::size_t event);
  [[nodiscard]] bool may_go(const Last& last, Offset offset) const;

  const Compaction& compaction_;
  const std::uint32_t partition_;
  const Sequence through_;
  const std::optional<Offset> first_gap_;
  std::vector<KeyedEvent> said_;
  std::vector<Last> lasts_;
  boost::unordered_flat_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;  ///< Of each key, in lasts_.
  std::vector<std::uint32_t> rows_;  ///< Keys that were deleted last and have an older row in the segment.
};

}  // namespace kappa::log

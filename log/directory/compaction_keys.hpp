#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <optional>
#include <string>
#include <vector>

#include "kappa/log/repack.hpp"
#include "segment/repack.hpp"

namespace kappa::log {

/// Which events of a partition a compaction takes away: those that a later one replaces, and last deletions where no
/// file has an earlier event of their key that may be a row to anybody, also none that goes now: whoever read it in a
/// file as it was must meet the deletion, too. learn() first, all events of the topic up to the horizon, in the one
/// order; then decide(). Not thread-safe.
class CompactionKeys final : public EventFilter {
 public:
  /// Deletions behind `first_gap` stay: what is lost there may be found again.
  CompactionKeys(const Compaction& compaction, std::uint32_t partition, Sequence through,
                 std::optional<Offset> first_gap)
      : compaction_(compaction), partition_(partition), through_(through), first_gap_(first_gap) {}

  [[nodiscard]] Result<void> learn(const EventBatch& batch);
  [[nodiscard]] Result<void> decide(const EventBatch& batch, std::vector<bool>& stays) override;

 private:
  /// The last event that says something of a key, if there is one.
  struct Last {
    std::uint32_t partition = 0;
    std::optional<Offset> offset;
    bool is_deletion = false;
    bool has_row = false;  ///< Some event of the key has a value: a row, or what is one to some table only.
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
};

}  // namespace kappa::log

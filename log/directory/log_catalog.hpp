#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <tuple>

#include "directory/catalog_json.hpp"
#include "kappa/log/appender.hpp"
#include "kappa/log/catalog.hpp"
#include "protocol/partition.hpp"
#include "protocol/partition_reader.hpp"

namespace kappa::log {

/// `_catalog` read as it grows: what was read once is kept.
class LogCatalog final : public Catalog {
 public:
  explicit LogCatalog(std::shared_ptr<Partition> partition);

  Result<Contents> read() override;
  Result<Sequence> append(const std::vector<CatalogEvent>& events, std::optional<Offset> expected_end) override;
  /// As read(), when nothing that others have written is still in flight.
  [[nodiscard]] Result<Contents> read_settled();
  Result<std::vector<TopicInfo>> topics() override;
  Result<std::optional<TopicInfo>> find_topic(std::string_view name) override;
  [[nodiscard]] Result<bool> was_deleted(const TopicId& topic);
  /// Where the catalog has a partition's log start.
  [[nodiscard]] Result<Offset> log_start(const TopicId& topic, std::uint32_t partition);
  /// The gaps of a partition that were recorded and not healed, by position.
  [[nodiscard]] Result<std::vector<GapRecord>> gaps(const TopicId& topic, std::uint32_t partition);
  /// All segments, by partition and base, in which gaps were ever recorded, with the sequence of the newest record;
  /// none where all of them were healed.
  using GapSegment = std::tuple<TopicId, std::uint32_t, Offset>;
  [[nodiscard]] Result<std::map<GapSegment, Sequence>> gap_segments();
  /// All compactions that are on record, carried out or not, in order.
  struct RecordedCompaction {
    TopicCompacted what;
    Sequence recorded;
    std::optional<Sequence> finished;  ///< From here on nothing that was recorded so far is still being done.
    [[nodiscard]] bool touches(const TopicId& topic, std::uint32_t partition, Offset segment) const {
      return what.topic == topic && what.partition == partition && what.begin <= segment && segment < what.end;
    }
  };
  [[nodiscard]] Result<std::vector<RecordedCompaction>> compactions();

 private:
  [[nodiscard]] Result<void> catch_up_locked();
  [[nodiscard]] Result<void> start_over_locked();
  [[nodiscard]] Result<void> apply_locked(const EventBatch& batch);
  [[nodiscard]] Result<void> fold_locked(const CatalogEvent& event);
  [[nodiscard]] Result<void> fold_compaction_locked(const CatalogEvent& event);
  void fold_gap_locked(const GapRecord& gap, const CatalogEvent& event);

  std::mutex mutex_;
  LogPartitionReader reader_;  // This and the rest, but for the last three, are guarded by mutex_.
  Contents contents_;
  bool folding_ = false;          ///< Still true when a call begins: the one before did not come to its end.
  std::optional<Error> refused_;  ///< An event that could not be understood.
  std::map<std::string, TopicInfo, std::less<>> topics_;
  std::set<TopicId> deleted_;
  std::map<std::pair<TopicId, std::uint32_t>, Offset> log_starts_;
  std::set<GapRecord> gaps_;
  std::map<GapSegment, Sequence> gap_segments_;
  std::vector<RecordedCompaction> compactions_;
  const TopicInfo itself_;
  const std::shared_ptr<Partition> partition_;
  std::unique_ptr<Appender> appender_;  ///< None in a read-only directory.
};

}  // namespace kappa::log

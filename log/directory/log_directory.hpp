#pragma once
#include <map>
#include <memory>
#include <mutex>

#include "directory/layout.hpp"
#include "directory/log_catalog.hpp"
#include "kappa/log/directory.hpp"
#include "protocol/environment.hpp"
#include "protocol/housekeeper.hpp"
#include "protocol/sequence_page.hpp"
#include "protocol/tail.hpp"

namespace kappa::log {

/// As Directory::open, with the sizes and times of the protocol.
[[nodiscard]] Result<std::unique_ptr<Directory>> open_directory(const std::filesystem::path& path,
                                                                const OpenOptions& options,
                                                                const ProtocolOptions& protocol);

/// What stands once a directory is open, before any topic is used. Made by open_directory().
struct OpenedDirectory {
  Layout layout;
  Seam& seam;
  Access access;
  ProtocolOptions protocol;
  File lifetime;  ///< Shared lock on DIR/lock; not open in a read-only process.
  SequencePage sequence;
  DirectoryId id;
  std::function<void(const std::string&)> notice = {};
};

/// The open data directory: partitions by topic, the catalog, topics made and removed.
class LogDirectory final : public Directory {
 public:
  explicit LogDirectory(OpenedDirectory opened, std::filesystem::path path);

  /// Second step of opening: the catalog.
  [[nodiscard]] Result<void> start(std::vector<RecoveryNote> notes);
  [[nodiscard]] const Environment& environment() const { return environment_; }
  [[nodiscard]] LogCatalog& log_catalog() { return *catalog_; }
  [[nodiscard]] const Layout& layout() const { return opened_.layout; }
  [[nodiscard]] Result<void> check_writable() const;
  /// Appends an event about a topic to the catalog, if the topic is still there then.
  [[nodiscard]] Result<void> record_about(const TopicInfo& topic, std::string_view kind, const std::string& body);
  /// The same on condition that nothing was appended to the catalog since `catalog_end`. False: something was.
  [[nodiscard]] Result<bool> record_if(const TopicInfo& topic, std::string_view kind, const std::string& body,
                                       Offset catalog_end);
  /// Errc::not_found once the topic is gone; Errc::corruption where its segments are lost. Shared by all who use it.
  [[nodiscard]] Result<std::shared_ptr<Partition>> partition(const TopicInfo& topic, std::uint32_t number);
  /// Events before it were durable, for the commit of some view says that it has consumed them. Looked up once, so
  /// whatever is read of the partition later has them, or has lost them.
  [[nodiscard]] Offset consumed(const TopicId& topic, std::uint32_t number);

  const std::filesystem::path& path() const override { return path_; }
  std::vector<RecoveryNote> take_recovery_notes() override;
  Catalog& catalog() override { return *catalog_; }
  Result<TopicInfo> create_topic(std::string_view name, TopicKind kind, std::uint32_t partitions) override;
  Result<void> delete_topic(const TopicInfo& topic) override;
  Result<void> set_retention(const TopicInfo& topic, const Retention& retention) override;
  Result<bool> set_compaction(const TopicInfo& topic, std::optional<Micros> after, Offset catalog_end) override;
  Result<std::vector<Trim>> plan_retention(const TopicInfo& topic) override;
  Result<bool> trim(const TopicInfo& topic, std::span<const Trim> trims, Offset catalog_end) override;
  Result<void> finish_trims(const TopicInfo& topic) override;
  Result<PartitionStatus> status(const TopicInfo& topic, std::uint32_t partition) override;
  Result<std::unique_ptr<Appender>> appender(const TopicInfo& topic, std::uint32_t partition) override;
  Result<std::unique_ptr<Appender>> once_appender(const TopicInfo& topic, std::uint32_t number,
                                                  OnceOptions options) override;
  Result<std::unique_ptr<PartitionReader>> reader(const TopicInfo& topic, std::uint32_t partition) override;
  Result<std::unique_ptr<OrderedReader>> ordered_reader(std::span<const TopicInfo> inputs) override;

 private:
  using PartitionKey = std::pair<TopicId, std::uint32_t>;
  [[nodiscard]] Result<std::shared_ptr<Partition>> open_partition(const TopicInfo& topic, std::uint32_t number);
  /// Why a partition has no segments: its topic is gone, or they are lost.
  [[nodiscard]] Error missing_partition(const TopicInfo& topic, std::uint32_t number);
  [[nodiscard]] Result<File> lock_topics();
  /// Errc::not_found where the name means no topic any more, or another one.
  [[nodiscard]] Result<void> check_still_there(const TopicInfo& topic);
  /// Errc::conflict where there are events of a topic that was not deleted.
  [[nodiscard]] Result<void> check_leftovers(const std::string& topic);
  [[nodiscard]] Result<void> make_partitions(const TopicInfo& topic);
  void forget(const TopicInfo& topic);
  /// Who only reads recovers nothing, but a partition that lacks what a view has consumed is damaged for him, too.
  void check_consumed_locked(Partition& partition);
  [[nodiscard]] ConsumedEvidence evidence_for_readers();
  [[nodiscard]] Offset consumed_locked(const TopicId& topic, std::uint32_t partition);
  /// By compaction, from these segments.
  [[nodiscard]] Result<std::uint64_t> removed_events(const Partition& partition, std::span<const Offset> bases,
                                                     std::span<const GapRecord> gaps);
  /// Trims to the last segments that begin at or before the ends. Where the catalog ends then; nullopt: it had grown.
  [[nodiscard]] Result<std::optional<Offset>> trim_to_segments(const TopicInfo& topic, std::span<const Trim> trims,
                                                               Offset catalog_end);

  OpenedDirectory opened_;
  std::filesystem::path path_;
  Environment environment_;
  std::mutex mutex_;
  std::map<PartitionKey, std::shared_ptr<Partition>> partitions_;  ///< Guarded by mutex_.
  std::vector<RecoveryNote> notes_;                                ///< Guarded by mutex_.
  std::optional<ConsumedEvidence> evidence_;                       ///< Guarded by mutex_.
  std::unique_ptr<LogCatalog> catalog_;
  std::unique_ptr<Housekeeper> housekeeper_;  ///< Last: ends before the partitions it looks after.
};

}  // namespace kappa::log

#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kappa/base/result.hpp"
#include "kappa/log/appender.hpp"
#include "kappa/log/catalog.hpp"
#include "kappa/log/once.hpp"
#include "kappa/log/reader.hpp"
#include "kappa/log/topic.hpp"

namespace kappa::log {

class Seam;

/// `read_only` writes nothing to any file and works with read permission only; `read_write` needs permission to write
/// to everything in the directory.
enum class Access { read_only, read_write };

struct OpenOptions {
  Access access = Access::read_write;
  bool create = false;   ///< Make the directory if there is none (read_write only).
  Seam* seam = nullptr;  ///< Files, pages, locks, clock; nullptr: the real ones. Outlives the Directory.
  /// Told, from any thread, when a lock has been waited for longer than a second, and which process holds it; and once
  /// of each gap that a reader passes.
  std::function<void(const std::string&)> notice = {};
};

/// Something recovery did that an operator should see.
struct RecoveryNote {
  std::string file;
  std::uint64_t position = 0;
  std::uint64_t bytes = 0;
  std::string kept_aside;  ///< Where the torn bytes were copied to.
};

/// What a partition holds on disk.
struct PartitionStatus {
  PartitionExtent extent;
  std::uint64_t bytes = 0;
  std::uint32_t segments = 0;
  Micros first_append_time = 0;      ///< 0 where the partition is empty.
  std::uint64_t lost_events = 0;     ///< Of the extent: in gaps on record.
  std::uint64_t removed_events = 0;  ///< Of the extent: by compaction.
};

/// What retention takes from one partition: the segments that hold the offsets [begin, end).
struct Trim {
  std::uint32_t partition = 0;
  Offset begin;
  Offset end;
  std::uint64_t bytes = 0;
  std::uint32_t segments = 0;
  Micros last_append_time = 0;  ///< Of the newest event that goes.
  /// The active segment has events that are older than the age: it is left for a new one first, so that it may go, now
  /// or once all of it is old enough.
  bool leaves_active = false;
  [[nodiscard]] bool takes_any() const { return begin < end; }
};

/// An open data directory. Thread-safe. Many processes may have one open; there is no server. Appenders and readers
/// made by it must be gone before it is. A killed process leaves nothing that blocks others for longer than
/// milliseconds.
class Directory {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Directory>> open(const std::filesystem::path& path,
                                                               const OpenOptions& options);
  virtual ~Directory() = default;

  [[nodiscard]] virtual const std::filesystem::path& path() const = 0;
  /// What recovery cut off and kept aside when this open (or a topic's first use through it) recovered; taken once.
  [[nodiscard]] virtual std::vector<RecoveryNote> take_recovery_notes() = 0;
  /// Definitions and topics, as the topic `_catalog` has them now.
  [[nodiscard]] virtual Catalog& catalog() = 0;

  /// Durable, and in the catalog, when it returns. Errc::conflict if a topic of this name exists.
  [[nodiscard]] virtual Result<TopicInfo> create_topic(std::string_view name, TopicKind kind,
                                                       std::uint32_t partitions = 1) = 0;
  /// Removes the topic and its events; recorded in the catalog first. Open readers and appenders of it fail with
  /// Errc::not_found.
  [[nodiscard]] virtual Result<void> delete_topic(const TopicInfo& topic) = 0;
  /// Records in the catalog how long the topic's events are kept from now on. Errc::usage for a topic that is not a
  /// user's. Removes nothing.
  [[nodiscard]] virtual Result<void> set_retention(const TopicInfo& topic, const Retention& retention) = 0;
  /// What the topic's retention takes now: one entry for each partition of which something is to be done.
  [[nodiscard]] virtual Result<std::vector<Trim>> plan_retention(const TopicInfo& topic) = 0;
  /// Records what goes in the catalog, on condition that nothing was appended there since `catalog_end`, and then
  /// removes it. False: something was, so plan again. A death in between is made good by finish_trims().
  [[nodiscard]] virtual Result<bool> trim(const TopicInfo& topic, std::span<const Trim> trims, Offset catalog_end) = 0;
  /// Records in the catalog that compaction by key is on (for events older than `after`) or off, on condition that
  /// nothing was appended there since `catalog_end`. False: something was, so decide again. Errc::usage for a topic
  /// that is not a user's. Removes nothing.
  [[nodiscard]] virtual Result<bool> set_compaction(const TopicInfo& topic, std::optional<Micros> after,
                                                    Offset catalog_end) = 0;
  /// Moves each partition's log start to where the catalog has it.
  [[nodiscard]] virtual Result<void> finish_trims(const TopicInfo& topic) = 0;
  /// Errc::corruption where damage is known that hides the end.
  [[nodiscard]] virtual Result<PartitionStatus> status(const TopicInfo& topic, std::uint32_t partition) = 0;

  [[nodiscard]] virtual Result<std::unique_ptr<Appender>> appender(const TopicInfo& topic,
                                                                   std::uint32_t partition = 0) = 0;
  /// An appender that leaves out what has been appended before. A stamp with first == end: all of it had been, and is
  /// durable. It makes each frame durable before it writes the next, and takes turns with others of its kind; appends
  /// take no options. One thread writes; any may await.
  [[nodiscard]] virtual Result<std::unique_ptr<Appender>> once_appender(const TopicInfo& topic, std::uint32_t partition,
                                                                        OnceOptions options) = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<PartitionReader>> reader(const TopicInfo& topic,
                                                                        std::uint32_t partition = 0) = 0;
  /// Merges the topics in the given order of inputs (EventBatch::input is the index), from their starts.
  [[nodiscard]] virtual Result<std::unique_ptr<OrderedReader>> ordered_reader(std::span<const TopicInfo> inputs) = 0;
};

}  // namespace kappa::log

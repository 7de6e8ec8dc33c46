#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kappa/base/result.hpp"
#include "kappa/base/units.hpp"
#include "kappa/log/commit_block.hpp"

namespace kappa::log {

/// Who may append to a topic: users (`user`), the runs of a view (`changelog`, `errors`), kappa itself (`catalog`).
enum class TopicKind : std::uint8_t { user = 1, changelog = 2, errors = 3, catalog = 4 };

/// How long the events of a topic are kept: for ever, unless one of these is set. Whole segments go, so an event stays
/// until all of its segment may go.
struct Retention {
  std::optional<Micros> age;           ///< By append time; above 0.
  std::optional<std::uint64_t> bytes;  ///< Of its segments' files, for each partition; above 0.
  friend bool operator==(const Retention&, const Retention&) = default;
};

/// What a topic may have: as many that an append, a reader and a view keep within 1024 open files.
inline constexpr std::uint32_t kPartitionsMax = 128;

/// A topic as `_catalog` knows it. `created` is the sequence of the catalog event that made it.
struct TopicInfo {
  std::string name;
  TopicId id;
  TopicKind kind = TopicKind::user;
  std::uint32_t partitions = 1;
  Sequence created;
  Retention retention = {};
  /// Compaction by key is on: of what is older than this, by append time, only the present rows stay. 0 or above.
  std::optional<Micros> compact_after = {};
  /// The highest horizon that was recorded: below it, what a table was is not in the log any more.
  Sequence compacted_through = {};
  Sequence compacted_at = {};  ///< Of the newest record of a compaction in the catalog.
};

/// Names are [A-Za-z0-9._-]{1,200}, never `.` or `..`.
[[nodiscard]] Result<void> check_topic_name(std::string_view name);
/// For users moreover none beginning with `_` or ending in `.errors` or `.late`, none with `@` (checked above).
[[nodiscard]] Result<void> check_user_topic_name(std::string_view name);

inline constexpr std::string_view kCatalogTopic = "_catalog";

}  // namespace kappa::log

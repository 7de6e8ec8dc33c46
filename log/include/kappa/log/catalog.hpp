#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kappa/base/result.hpp"
#include "kappa/base/units.hpp"
#include "kappa/log/topic.hpp"

namespace kappa::log {

/// One event of `_catalog`. `kind` is topic_created, topic_deleted, retention_set, topic_trimmed, topic_repacked,
/// compaction_set, topic_compacted, compaction_finished, gap_recorded or gap_healed (the log's own), or a kind that a
/// higher layer defines (view_defined, view_dropped …); `name` is what it is about; `body` is a JSON object whose
/// members the owner of the kind defines. Stored as a JSON object {"event":kind,"name":name,"body":{…}}.
struct CatalogEvent {
  std::string kind;
  std::string name;
  std::string body = "{}";
  Sequence sequence = {};  ///< Set by reading.
};

/// The topic `_catalog`: everything durable that is not an event of a user's topic. Thread-safe.
class Catalog {
 public:
  virtual ~Catalog() = default;
  /// All events, oldest first; `end` is what append() can be made conditional on.
  struct Contents {
    std::vector<CatalogEvent> events;
    Offset end;
  };
  [[nodiscard]] virtual Result<Contents> read() = 0;
  /// Appends events in one frame, durable when it returns. With `expected_end`, Errc::conflict if somebody else has
  /// appended since: read again and decide again.
  [[nodiscard]] virtual Result<Sequence> append(const std::vector<CatalogEvent>& events,
                                                std::optional<Offset> expected_end) = 0;
  /// The topics that exist now, `_catalog` not among them, sorted by name.
  [[nodiscard]] virtual Result<std::vector<TopicInfo>> topics() = 0;
  /// As topics(), and moreover `_catalog` itself, also where its events are damaged.
  [[nodiscard]] virtual Result<std::optional<TopicInfo>> find_topic(std::string_view name) = 0;
};

}  // namespace kappa::log

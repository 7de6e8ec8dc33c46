#pragma once
#include <string>

#include "kappa/log/catalog.hpp"

namespace kappa::log {

inline constexpr std::string_view kTopicCreated = "topic_created";
inline constexpr std::string_view kTopicDeleted = "topic_deleted";
inline constexpr std::string_view kRetentionSet = "retention_set";
inline constexpr std::string_view kTopicTrimmed = "topic_trimmed";
inline constexpr std::string_view kTopicRepacked = "topic_repacked";
inline constexpr std::string_view kCompactionSet = "compaction_set";
inline constexpr std::string_view kTopicCompacted = "topic_compacted";
inline constexpr std::string_view kCompactionFinished = "compaction_finished";
inline constexpr std::string_view kGapRecorded = "gap_recorded";
inline constexpr std::string_view kGapHealed = "gap_healed";

/// {"event":kind,"name":name,"body":{…}}. Errc::bad_input if the body is no JSON object.
[[nodiscard]] Result<std::string> encode_catalog_event(const CatalogEvent& event);
[[nodiscard]] Result<CatalogEvent> decode_catalog_event(std::string_view json);

/// Body of topic_created; `created` and name are the event's.
[[nodiscard]] std::string topic_body(const TopicInfo& topic);
[[nodiscard]] Result<TopicInfo> decode_topic(const CatalogEvent& event);

/// Body of retention_set: {"id":…,"age_us":number or null,"bytes":number or null}.
[[nodiscard]] std::string retention_body(const TopicId& topic, const Retention& retention);
struct RetentionSet {
  TopicId topic;
  Retention retention;
};
[[nodiscard]] Result<RetentionSet> decode_retention(const CatalogEvent& event);

/// Body of topic_trimmed: from where on a partition is kept; what was before it is no part of the log any more.
struct TopicTrimmed {
  TopicId topic;
  std::uint32_t partition = 0;
  Offset log_start;
};
[[nodiscard]] std::string trimmed_body(const TopicTrimmed& trimmed);
[[nodiscard]] Result<TopicTrimmed> decode_trimmed(const CatalogEvent& event);

/// Body of topic_repacked: segments of a partition, within the offsets [begin, end), may be written anew from now on.
struct TopicRepacked {
  TopicId topic;
  std::uint32_t partition = 0;
  Offset begin;
  Offset end;
};
[[nodiscard]] std::string repacked_body(const TopicRepacked& repacked);

/// Body of compaction_set: {"id":…,"after_us":number or null}; null: compaction by key is off.
struct CompactionSet {
  TopicId topic;
  std::optional<Micros> after;
};
[[nodiscard]] std::string compaction_body(const CompactionSet& set);
[[nodiscard]] Result<CompactionSet> decode_compaction(const CatalogEvent& event);

/// Body of topic_compacted: of the events of a partition at or below the sequence `through`, within the offsets [begin,
/// end), those that do not say what the table is there go from now on.
struct TopicCompacted {
  TopicId topic;
  std::uint32_t partition = 0;
  Sequence through;
  Offset begin;
  Offset end;
  friend bool operator==(const TopicCompacted&, const TopicCompacted&) = default;
};
[[nodiscard]] std::string compacted_body(const TopicCompacted& compacted);
[[nodiscard]] Result<TopicCompacted> decode_compacted(const CatalogEvent& event);

/// Body of compaction_finished: all that was recorded of the partition before is carried out, or nobody is at it.
struct CompactionFinished {
  TopicId topic;
  std::uint32_t partition = 0;
  friend bool operator==(const CompactionFinished&, const CompactionFinished&) = default;
};
[[nodiscard]] std::string finished_body(const CompactionFinished& finished);
[[nodiscard]] Result<CompactionFinished> decode_finished(const CatalogEvent& event);

/// Body of gap_recorded and gap_healed: the events [begin, end) of a partition, which stood at `position` of the
/// segment that begins at `segment`.
struct GapRecord {
  TopicId topic;
  std::uint32_t partition = 0;
  Offset segment;
  std::uint64_t position = 0;
  std::uint64_t bytes = 0;
  Offset begin;
  Offset end;
  /// True if it has these events, wherever they stood: repacking moves what is left of a segment, its gaps as well.
  [[nodiscard]] bool has(Offset in_segment, Offset from, Offset to) const {
    return segment == in_segment && begin <= from && to <= end;
  }
  friend auto operator<=>(const GapRecord&, const GapRecord&) = default;
};
[[nodiscard]] std::string gap_body(const GapRecord& gap);
[[nodiscard]] Result<GapRecord> decode_gap(const CatalogEvent& event);

}  // namespace kappa::log

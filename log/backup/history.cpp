// A directory and one that was restored from a backup of it have the same DIR/kappa; only the chains tell them apart.
// An earlier backup holds all frames at or below its sequence. So where its segment ends, the planned one of the same
// base has its last frame at or below that sequence, with the same hash; behind that it may go on.
//
// What lies before the first planned segment is below the log start. A topic that is not planned was deleted, which the
// catalog says; the catalog itself is always planned.
#include "backup/history.hpp"

#include <algorithm>
#include <map>

#include "backup/backup_place.hpp"
#include "fmt/format.h"
#include "format/origins.hpp"
#include "kappa/base/shell_quoted.hpp"
#include "protocol/frame_window.hpp"
#include "segment/replace.hpp"

namespace kappa::log {
namespace {

class History {
 public:
  History(Seam& seam, BackupPlace place, Sequence sequence, const BackupPlan& plan)
      : seam_(seam), place_(std::move(place)), sequence_(sequence) {
    for (const PlannedSegment& one : plan.segments)
      partitions_[{one.segment.id, one.segment.partition}].push_back(&one);
  }

  /// False: it does not. nullopt: something was taken away.
  [[nodiscard]] Result<std::optional<bool>> goes_on_from(const BackupSegment& earlier) const {
    const auto partition = partitions_.find({earlier.id, earlier.partition});
    if (partition == partitions_.end()) return earlier.topic != kCatalogTopic;
    if (earlier.base < partition->second.front()->segment.base) return true;
    const auto planned =
        std::ranges::find(partition->second, earlier.base, [](const PlannedSegment* one) { return one->segment.base; });
    if (planned == partition->second.end()) return false;
    return is_prefix(earlier, **planned);
  }

 private:
  [[nodiscard]] Result<std::optional<bool>> is_prefix(const BackupSegment& earlier,
                                                      const PlannedSegment& planned) const {
    if (planned.segment.end == earlier.end && planned.segment.chain == earlier.chain) return true;
    if (planned.limit.replaced && earlier.form != SegmentForm::sealed) return has_place(earlier, planned);
    if (earlier.form == SegmentForm::sealed) return has_same_original(earlier, planned);
    if (planned.segment.end <= earlier.end) return false;
    auto segment = open_planned(*planned.where, earlier.base);
    if (!segment) return propagate(segment);
    if (*segment == nullptr) return std::nullopt;
    auto end = find_cut(seam_, *segment, planned.limit.end, sequence_);
    if (!end && removed_since(*planned.where, earlier.base)) return std::nullopt;
    if (!end) return std::unexpected(about(*planned.where, std::move(end.error())));
    return end->position == earlier.end && end->chain == earlier.chain;
  }

  /// Of a segment that was replaced since, the earlier backup has the original, or what took its place before; or
  /// the other way round, where a repair has put back what the backup before had.
  [[nodiscard]] Result<std::optional<bool>> has_same_original(const BackupSegment& earlier,
                                                              const PlannedSegment& planned) const {
    const auto& replaced = planned.limit.replaced;
    const Position end = replaced ? replaced->original_end : planned.segment.end;
    const std::uint64_t chain = replaced ? replaced->original_chain : planned.segment.chain;
    if (earlier.end == end && earlier.chain == chain) return true;
    auto segment = open_backup_segment(seam_, place_, earlier);
    if (!segment && segment.error().code == Errc::io) return propagate(segment);
    if (!segment) return false;
    auto footer = replaced_footer(seam_, **segment);
    if (!footer && footer.error().code == Errc::corruption) return false;
    if (!footer) return propagate(footer);
    return *footer && (*footer)->original_end == end && (*footer)->original_chain == chain;
  }

  /// The beginning of the original ended behind an append that is still there as one: at the same offset, with the same
  /// sequence and the same time, which two directories that parted before will not both have given. Or it ended within
  /// appends that compaction has left nothing of: then offset, sequence and time are between what is left around them.
  [[nodiscard]] Result<std::optional<bool>> has_place(const BackupSegment& earlier,
                                                      const PlannedSegment& planned) const {
    auto beginning = open_backup_segment(seam_, place_, earlier);
    if (!beginning && beginning.error().code == Errc::io) return propagate(beginning);
    if (!beginning) return false;
    auto mark = read_newest_mark(seam_, **beginning);
    if (!mark) return propagate(mark);
    if (!*mark) return false;
    auto segment = open_planned(*planned.where, earlier.base);
    if (!segment) return propagate(segment);
    if (*segment == nullptr) return std::nullopt;
    return meets(*segment, planned.limit.end, (*mark)->point);
  }

  [[nodiscard]] Result<std::optional<bool>> meets(const SharedSegment& segment, std::uint64_t end,
                                                  const ChainPoint& place) const {
    FrameWindow window(seam_, segment);
    ChainPoint point = segment->start.chain();
    bool met = is_place(point, place);
    while (!met && point.position.value < end && point.last_sequence < place.last_sequence) {
      auto head = window.head(point, end);
      if (!head) return propagate(head);
      if (!*head) return std::unexpected(fault_error(head->error(), segment->file.path()));
      met = meets(**head, point, place);
      point = after(point, **head);
    }
    return met;
  }

  static bool meets(FrameHead head, ChainPoint before, const ChainPoint& place) {
    for (OriginWalk walk(std::move(head));; walk.step()) {
      const ChainPoint behind = after(before, walk.origin());
      const bool is_empty = walk.origin().header.event_count == 0;
      if (is_place(behind, place) || (is_empty && is_between(before, behind, place))) return true;
      if (walk.is_last()) return false;
      before = behind;
    }
  }

  static bool is_place(const ChainPoint& point, const ChainPoint& place) {
    return point.next_offset == place.next_offset && point.last_sequence == place.last_sequence &&
           point.last_append_time == place.last_append_time;
  }

  /// Several appends of which compaction has left nothing have become one, and the place was between two of them.
  static bool is_between(const ChainPoint& before, const ChainPoint& behind, const ChainPoint& place) {
    return before.next_offset < place.next_offset && place.next_offset < behind.next_offset &&
           before.last_sequence < place.last_sequence && place.last_sequence < behind.last_sequence &&
           before.last_append_time <= place.last_append_time && place.last_append_time <= behind.last_append_time;
  }

  Seam& seam_;
  const BackupPlace place_;
  const Sequence sequence_;
  std::map<std::pair<TopicId, std::uint32_t>, std::vector<const PlannedSegment*>> partitions_;
};

}  // namespace

Result<bool> check_history(Seam& seam, const std::string& root, const Manifest& earlier, const Cut& cut,
                           const BackupPlan& plan) {
  if (!cut.held_back.empty() && plan.newest < earlier.sequence)
    return fail(Errc::conflict,
                fmt::format("{} has a backup up to sequence {}, and one now would end at {}: {}", root,
                            earlier.sequence.value, plan.newest.value, cut.held_back),
                "kappa append TOPIC < /dev/null recovers what a crash has left; then try again");
  for (const BackupSegment& segment : earlier.segments) {
    const auto recorded = cut.gap_segments.find({segment.id, segment.partition, segment.base});
    if (recorded == cut.gap_segments.end() || recorded->second <= earlier.sequence) continue;
    return fail(
        Errc::conflict,
        fmt::format("{} was taken before gaps were recorded in {}/{}, segment at offset {}, and may have what is "
                    "lost here",
                    root, segment.topic, segment.partition, segment.base.value),
        fmt::format("name a new folder; what it has is put back by: kappa repair --from {}", shell_quoted(root)));
  }
  const History history(seam, {root}, earlier.sequence, plan);
  for (const BackupSegment& segment : earlier.segments) {
    auto goes_on = history.goes_on_from(segment);
    if (!goes_on) return propagate(goes_on);
    if (!*goes_on) return false;
    if (!**goes_on)
      return fail(
          Errc::conflict,
          fmt::format("{} is a backup with another history: its {}/{}, segment at offset {}, does not go on here", root,
                      segment.topic, segment.partition, segment.base.value),
          "it is kept as it is, with events that this directory does not have: name a new folder");
  }
  return true;
}

}  // namespace kappa::log

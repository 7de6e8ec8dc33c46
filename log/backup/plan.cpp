// Which segments hold a partition up to the cut's bound, from the newest back to the log start that is in force there.
// Each header says where and with what hash the segment before it ends, so nothing else of that one is read here.
#include "backup/plan.hpp"

#include <algorithm>

#include "fmt/format.h"
#include "protocol/visible_end.hpp"
#include "segment/replace.hpp"

namespace kappa::log {
namespace {

class PartitionPlan {
 public:
  PartitionPlan(const CutPartition& where, Sequence bound) : where_(where), bound_(bound) {}

  /// Newest first; nullopt as for plan_backup().
  [[nodiscard]] Result<std::optional<std::vector<PlannedSegment>>> make() {
    auto found = find_newest();
    if (!found) return propagate(found);
    if (!*found) return std::nullopt;
    auto end = find_cut(seam(), segment_, limit_, bound_);
    if (!end && removed_since(where_, segment_->base())) return std::nullopt;
    if (!end) return std::unexpected(about(where_, std::move(end.error())));
    // Replaced since the cut, the segment may have frames that reach across it.
    if (replaced_ && end->position.value != limit_) return std::nullopt;
    end_ = *end;
    add(*end, {end->position.value, bound_, {}}, SegmentForm::open);
    while (segment_->base() > end->log_start && segment_->start.header.previous_salt != 0) {
      const SegmentHeader next = segment_->start.header;
      auto stepped = step_back();
      if (!stepped) return propagate(stepped);
      if (!*stepped) return std::nullopt;
      auto sealed = sealed_end(seam(), *segment_, next);
      if (!sealed) return propagate(sealed);
      ChainPoint whole;
      whole.position = sealed->position;
      whole.chain = sealed->chain;
      add(whole, {sealed->position.value, kEndOfTime, sealed->replaced}, SegmentForm::sealed);
    }
    return std::move(segments_);
  }
  [[nodiscard]] Sequence newest() const { return end_.last_sequence; }

 private:
  [[nodiscard]] Seam& seam() const { return where_.partition->seam(); }

  /// The segment in which the bound lies. False: it has been removed, or replaced.
  [[nodiscard]] Result<bool> find_newest() {
    limit_ = where_.end.point.position.value;
    auto there = enter(where_.end.segment);
    if (!there || !*there) return there;
    // It was the newest when the cut was made. Another file in its place has other positions.
    auto since = replaced_footer(seam(), *segment_);
    if (!since) return propagate(since);
    if (*since) return false;
    while (there && *there && segment_->start.header.previous_last_sequence > bound_) {
      const SegmentHeader next = segment_->start.header;
      there = step_back();
      if (!there || !*there) return there;
      auto end = sealed_end(seam(), *segment_, next);
      if (!end) return propagate(end);
      limit_ = end->position.value;
      replaced_ = end->replaced.has_value();
    }
    return there;
  }

  [[nodiscard]] Result<bool> step_back() {
    const SegmentHeader next = segment_->start.header;
    auto there = enter(next.previous_base);
    if (there && *there && segment_->salt() != next.previous_salt) {
      if (removed_since(where_, next.previous_base)) return false;
      return std::unexpected(
          about(where_, {Errc::corruption, fmt::format("{}: the segment at offset {} does not follow it",
                                                       segment_->file.path(), next.base_offset.value)}));
    }
    return there;
  }

  [[nodiscard]] Result<bool> enter(Offset base) {
    auto segment = open_planned(where_, base);
    if (!segment) return propagate(segment);
    if (*segment == nullptr) return false;
    segment_ = std::move(*segment);
    return true;
  }

  void add(const ChainPoint& end, const CopyLimit& limit, SegmentForm form) {
    const std::uint32_t number = where_.partition->place().partition;
    segments_.push_back(
        {&where_,
         {where_.topic.name, where_.topic.id, number, segment_->base(), end.position, end.chain, form, 0},
         limit});
  }

  const CutPartition& where_;
  const Sequence bound_;
  SharedSegment segment_;
  std::uint64_t limit_ = 0;
  bool replaced_ = false;  ///< The segment in which the bound lies.
  ChainPoint end_;
  std::vector<PlannedSegment> segments_;
};

}  // namespace

Result<SharedSegment> open_planned(const CutPartition& where, Offset base) {
  const Partition& partition = *where.partition;
  auto segment = open_segment(partition.seam(), partition.place().directory, base, Access::read_only);
  if (segment && (*segment)->start.header.topic != where.topic.id)
    segment = fail(Errc::corruption, fmt::format("{}: it belongs to another topic", (*segment)->file.path()));
  if (segment) return segment;
  Error& error = segment.error();
  const bool suspicious = error.code == Errc::not_found || error.code == Errc::corruption;
  if (suspicious && removed_since(where, base)) return SharedSegment{};
  if (suspicious) error.code = Errc::corruption;
  return std::unexpected(about(where, std::move(error)));
}

bool removed_since(const CutPartition& where, Offset base) {
  VisibleEnd end(where.partition);
  const auto seen = end.look();
  if (!seen) return seen.error().code == Errc::not_found;
  return seen->end.point.log_start > base;
}

bool replaced_since(const PlannedSegment& planned) {
  const Partition& partition = *planned.where->partition;
  auto segment = open_segment(partition.seam(), partition.place().directory, planned.segment.base, Access::read_only);
  if (!segment) return false;
  const auto footer = replaced_footer(partition.seam(), **segment);
  return footer && *footer && (*footer)->chain != planned.segment.chain;
}

Error about(const CutPartition& where, Error error) {
  error.message = fmt::format("{}: {}", where.partition->place().label, error.message);
  if (error.code == Errc::corruption) error.hint = "kappa verify shows all damage";
  return error;
}

Result<std::optional<BackupPlan>> plan_backup(const Cut& cut) {
  BackupPlan plan;
  for (const CutPartition& where : cut.partitions) {
    PartitionPlan partition(where, cut.bound);
    auto segments = partition.make();
    if (!segments) return propagate(segments);
    if (!*segments) return std::nullopt;
    plan.segments.insert(plan.segments.end(), (*segments)->rbegin(), (*segments)->rend());
    plan.newest = std::max(plan.newest, partition.newest());
  }
  return plan;
}

}  // namespace kappa::log

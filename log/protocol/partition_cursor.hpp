#pragma once
#include <memory>
#include <optional>

#include "format/origins.hpp"
#include "protocol/frame_window.hpp"
#include "protocol/visible_end.hpp"
#include "segment/replace.hpp"

namespace kappa::log {

/// Walks the visible frames of a partition in order, over all its segments and of every kind; of a repacked one, those
/// that it stands for. Not thread-safe.
class PartitionCursor {
 public:
  explicit PartitionCursor(std::shared_ptr<Partition> partition) : end_(std::move(partition)) {}

  [[nodiscard]] Partition& partition() const { return end_.partition(); }
  [[nodiscard]] VisibleEnd& visible_end() { return end_; }
  /// Looks how far may be read now; until then a cursor goes no further than it saw last.
  [[nodiscard]] Result<Durable> refresh();

  /// The head of the next frame; nullptr: there is none up to the end seen last. Valid until the next call.
  [[nodiscard]] Result<const FrameHead*> peek();
  /// Reads, checks and decodes the frame that peek() showed, and steps over it.
  [[nodiscard]] Result<EventBatch> take();
  /// Steps over the frame that peek() showed.
  void skip();
  /// To the next place behind damage: see PartitionReader::skip_damage().
  [[nodiscard]] Result<SkippedRange> skip_damage();

  /// True if every frame from here on has a sequence above this one.
  [[nodiscard]] bool has_passed(Sequence sequence) const { return window_ && point_.last_sequence >= sequence; }

  /// Offset of the next frame.
  [[nodiscard]] Result<Offset> offset();
  /// To the frame that holds an offset; to the end seen last if the offset is at or past it. Damage in between leaves
  /// the cursor before it.
  [[nodiscard]] Result<void> move_towards(Offset offset);
  /// To the first frame appended at or after a time; likewise.
  [[nodiscard]] Result<void> move_towards(Micros append_time);
  /// The log start: the first offset of the partition that is kept.
  [[nodiscard]] Result<Offset> start_offset();

 private:
  [[nodiscard]] Result<void> begin();
  [[nodiscard]] Result<void> enter(Offset base);
  /// To where `find` leads in the segment that was entered last.
  template <typename Find>
  [[nodiscard]] Result<void> move_within(Find find);
  /// Within a repacked frame, over the origins for which `before` holds.
  template <typename Before>
  void skip_origins(Before before);
  void stand_at(SharedSegment segment, const ChainPoint& point);
  [[nodiscard]] Result<void> check_newest();
  [[nodiscard]] Result<std::uint64_t> limit();
  [[nodiscard]] Result<SkippedRange> skip_within(std::uint64_t limit);
  [[nodiscard]] Result<SkippedRange> skip_behind_end();
  [[nodiscard]] Result<SkippedRange> skip_end();
  [[nodiscard]] Result<ChainPoint> end_of_chain(const SharedSegment& segment, ChainPoint from, std::uint64_t limit);
  [[nodiscard]] Result<SkippedRange> skip_to_segment();
  [[nodiscard]] Result<bool> stands_before_loss();
  [[nodiscard]] Result<SkippedRange> lost_segment();
  [[nodiscard]] SkippedRange rest_of_segment();
  [[nodiscard]] Result<std::optional<Offset>> next_whole_segment();
  [[nodiscard]] Result<SharedSegment> find_successor();
  [[nodiscard]] Result<void> stand_before(SharedSegment successor);
  [[nodiscard]] Result<void> stand_before_loss(Error why);
  [[nodiscard]] Result<bool> step_to_successor();
  [[nodiscard]] Error missing(Error why, Offset base);
  [[nodiscard]] Result<void> read_events();
  [[nodiscard]] Error damaged(const Fault& fault, std::uint64_t limit) const;

  VisibleEnd end_;
  std::optional<Durable> visible_;
  std::optional<FrameWindow> window_;  ///< On the segment in which the cursor stands; none before begin().
  bool is_as_seen_ = false;            ///< If it is the newest one, visible_ is a place in its file.
  ChainPoint point_;
  SharedSegment successor_;  ///< Of the segment in which the cursor stands, once it is needed.
  SealedEnd end_here_;       ///< Where that segment's frames end, then.
  /// Stands in for a successor that is lost: what is left up to there is read first.
  struct Loss {
    Error why;
    std::uint64_t at = 0;
  };
  std::optional<Loss> loss_;
  std::optional<OriginWalk> origins_;  ///< Of the frame at point_, once it was looked at.
  std::optional<EventBatch> events_;   ///< All of that frame, once one of its origins was taken.
  bool skips_active_ = false;          ///< visible_ is behind the partition's end: damage there is left out.
  bool nothing_behind_ = false;        ///< Of that damage.
  BodyDecoder decoder_;
};

}  // namespace kappa::log

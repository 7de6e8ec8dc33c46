#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "kappa/base/event.hpp"
#include "kappa/base/result.hpp"
#include "kappa/log/appender.hpp"
#include "kappa/log/commit_block.hpp"

namespace kappa::log {

/// Where a partition begins and ends for a reader at one moment: offsets [start, end) are durable and visible.
/// `last` is the sequence of the last durable frame (kNoSequence: none).
struct PartitionExtent {
  Offset start;
  Offset end;
  Sequence last;
  Micros last_append_time = 0;
};

/// A frame as its header tells it, without decoding its body.
struct FrameInfo {
  Sequence sequence;
  Micros append_time = 0;
  Offset first_offset;
  std::uint32_t offset_span = 0;  ///< Offsets from there on that the frame takes up.
  std::uint32_t count = 0;        ///< Its events; fewer than offsets where compaction has removed some.
  std::uint64_t stored_bytes = 0;
  Sequence through;          ///< Consumed-through of a commit's frame, else kNoSequence.
  bool group_begin = false;  ///< First frame of a commit.
  bool group_end = false;    ///< Last frame of a commit.
  std::optional<CommitBlock> commit;
  std::optional<ProducerMark> producer;

  [[nodiscard]] Offset end_offset() const { return first_offset.plus(offset_span); }
};

/// What a reader left out because it is damaged: bytes [position, position + bytes) of a file, with the events [begin,
/// end); how many there were is not known where nothing whole stands behind.
struct SkippedRange {
  std::string file;
  std::uint64_t position = 0;
  std::uint64_t bytes = 0;
  Offset begin;
  std::optional<Offset> end;
};

/// Reads one partition in offset order: durable, visible data frames only, each hash checked before its bytes are
/// served. Not thread-safe; owns its cursor; lives no longer than its Directory. Damage is Errc::corruption with file
/// and byte range, never skipped unless skip_damage() is called. Gaps on record are passed, and told to
/// OpenOptions::notice. Appends of which compaction has left nothing are delivered too, without events, so that who
/// counts offsets or sequences gets past them.
class PartitionReader {
 public:
  virtual ~PartitionReader() = default;
  [[nodiscard]] virtual Result<PartitionExtent> extent() = 0;
  /// The next batch ends behind this offset (one that contains it is delivered from its first event).
  [[nodiscard]] virtual Result<void> seek(Offset offset) = 0;
  /// The first offset of the first frame appended at or after this time; the end if there is none.
  [[nodiscard]] virtual Result<Offset> offset_at(Micros append_time) = 0;
  /// The next frame, or nullopt: nothing more is visible now.
  [[nodiscard]] virtual Result<std::optional<EventBatch>> next() = 0;
  /// As next(), but only the header; the body is neither read nor checked.
  [[nodiscard]] virtual Result<std::optional<FrameInfo>> next_info() = 0;
  /// The header of the batch that next() returned last.
  [[nodiscard]] virtual const FrameInfo& info() const = 0;
  /// After next() has told of damage: goes to the next frame behind it that stands whole at its own place, else to the
  /// next segment, else to the end. Nothing is written. Errc::corruption where there is no damage in the way that could
  /// be left out; Errc::usage for a view's changes, which are read in whole commits.
  [[nodiscard]] virtual Result<SkippedRange> skip_damage() = 0;
  /// Waits until something at or after the cursor is visible. Errc::interrupted when asked to stop.
  [[nodiscard]] virtual Result<void> wait(std::stop_token stop) = 0;
};

/// Several topics (all their partitions) merged into the one order: by sequence. Not thread-safe; lives no longer
/// than its Directory. The same merge serves a live run and a replay.
class OrderedReader {
 public:
  virtual ~OrderedReader() = default;
  /// Before the first next(): begins in each partition behind what is visible now, instead of at its start.
  [[nodiscard]] virtual Result<void> skip_to_end() = 0;
  /// Likewise at the first frame appended at or after this time. Append times rise with the sequence, so that is one
  /// place in the one order.
  [[nodiscard]] virtual Result<void> skip_to(Micros append_time) = 0;
  /// Nothing is in flight at or below it; it never goes back. May be above every frame there is; never store or show
  /// it.
  [[nodiscard]] virtual Result<Sequence> bound() = 0;
  /// The next batch in the one order whose sequence is at or below `upto` (which is at or below a bound() seen);
  /// nullopt: nothing more up to there.
  [[nodiscard]] virtual Result<std::optional<EventBatch>> next(Sequence upto) = 0;
  /// Waits until there may be a frame of these topics past `past`, or for `limit`, and returns the new bound.
  /// Errc::interrupted when asked to stop, Errc::io when the directory has been removed.
  [[nodiscard]] virtual Result<Sequence> wait_past(Sequence past, std::chrono::nanoseconds limit,
                                                   std::stop_token stop) = 0;
  static constexpr std::chrono::nanoseconds kNoLimit = std::chrono::nanoseconds::max();
  /// How far each partition has been consumed by next(): what a commit block names.
  [[nodiscard]] virtual std::vector<ConsumedInput> consumed() const = 0;
};

}  // namespace kappa::log

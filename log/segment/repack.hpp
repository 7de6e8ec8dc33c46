#pragma once
#include <cstdint>
#include <vector>

#include "kappa/base/event.hpp"
#include "kappa/log/progress.hpp"
#include "segment/replace.hpp"

namespace kappa::log {

/// What becomes of a segment's frames by repacking.
struct RepackedSegment {
  std::uint64_t frames_before = 0;
  std::uint64_t frames_after = 0;
  std::uint64_t events = 0;        ///< Before.
  std::uint64_t removed = 0;       ///< Of these.
  std::uint64_t bytes_before = 0;  ///< Of the frames.
  std::uint64_t bytes_after = 0;   ///< Where it was written; else 0.
  /// Writing the whole segment anew is worth it: for the frames that it saves, for the events that go.
  [[nodiscard]] bool pays() const { return is_tenth(frames_before - frames_after, frames_before); }
  [[nodiscard]] bool pays_by_events() const { return is_tenth(removed, events); }

 private:
  static bool is_tenth(std::uint64_t part, std::uint64_t all) { return part > 0 && part >= (all + 9) / 10; }
};

/// Says which events of a segment stay.
class EventFilter {
 public:
  virtual ~EventFilter() = default;
  /// Leaves in `stays` one entry for each event of the batch, which is one append's. The same whenever it is asked.
  [[nodiscard]] virtual Result<void> decide(const EventBatch& batch, std::vector<bool>& stays) = 0;
};

/// Which frames become one: small ones of plain appends that follow each other, up to about 1 MiB of raw bytes. All
/// others stay what they are: those of commits and of producers, control frames, gaps, and what is repacked already.
/// So repacking twice is repacking once.
///
/// Looks at headers only; `end` is where the segment's frames end.
[[nodiscard]] Result<RepackedSegment> plan_repacking(Seam& seam, const SharedSegment& segment, Position end);
/// What write_repacked() would come to with a filter; reads all of the segment. Its frames of appends are all put
/// together anew then, those that were repacked before, too; a producer's stays a frame of its own, commits' as it is.
[[nodiscard]] Result<RepackedSegment> plan_compaction(Seam& seam, const SharedSegment& segment, Position end,
                                                      EventFilter& filter);

struct RepackTarget {
  const SegmentHeader& successor;
  const std::string& path;
  EventFilter* filter = nullptr;  ///< Null: all events stay.
  Progress* progress = nullptr;
};
/// Writes the segment repacked to a file, as replace_segment() wants it, every hash checked on the way; what is not
/// whole is Errc::corruption. Durable, but for its name, when it returns.
[[nodiscard]] Result<RepackedSegment> write_repacked(Seam& seam, const SharedSegment& segment,
                                                     const RepackTarget& target);

}  // namespace kappa::log

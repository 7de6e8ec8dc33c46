#pragma once
#include <cstdint>

#include "kappa/log/progress.hpp"
#include "segment/replace.hpp"

namespace kappa::log {

/// What becomes of a segment's frames by repacking.
struct RepackedSegment {
  std::uint64_t frames_before = 0;
  std::uint64_t frames_after = 0;
  std::uint64_t events = 0;
  std::uint64_t bytes_before = 0;  ///< Of the frames.
  std::uint64_t bytes_after = 0;   ///< Where it was written; else 0.
  /// Writing the whole segment anew is worth it.
  [[nodiscard]] bool pays() const {
    return frames_before - frames_after >= (frames_before + 9) / 10 && frames_before > frames_after;
  }
};

/// Which frames become one: small ones of plain appends that follow each other, up to about 1 MiB of raw bytes. All
/// others stay what they are: those of commits and of producers, control frames, gaps, and what is repacked already.
/// So repacking twice is repacking once.
///
/// Looks at headers only; `end` is where the segment's frames end.
[[nodiscard]] Result<RepackedSegment> plan_repacking(Seam& seam, const SharedSegment& segment, Position end);
/// Writes the segment repacked to the file `to`, as replace_segment() wants it, every hash checked on the way; what is
/// not whole is Errc::corruption. Durable, but for its name, when it returns.
[[nodiscard]] Result<RepackedSegment> write_repacked(Seam& seam, const SharedSegment& segment,
                                                     const SegmentHeader& successor, const std::string& to,
                                                     Progress* progress);

}  // namespace kappa::log

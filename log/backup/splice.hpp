#pragma once
#include <optional>
#include <string>
#include <vector>

#include "backup/segment_copy.hpp"
#include "segment/replace.hpp"

namespace kappa::log {

/// A segment that is damaged, and what is known about it from elsewhere.
struct SpliceInput {
  SharedSegment local;   ///< nullptr: the file is missing. Its header may be the backup's, where its own is bad.
  SharedSegment backup;  ///< nullptr: the backup has nothing of it.
  Position backup_end;
  std::optional<SegmentHeader> next;    ///< Of the segment after it.
  SealedEnd end;                        ///< Where its frames end, if it has a segment after it.
  bool own_header = true;               ///< The local header is whole, or was made anew.
  Offset consumed = {};                 ///< Of the newest segment: events before it were durable.
  std::optional<SegmentStart> rebuilt;  ///< The header that was made anew.

  /// Of its frames. There must be a local file, or a header that was made anew.
  [[nodiscard]] std::uint64_t salt() const { return (local ? local->start : *rebuilt).header.salt; }
};

/// Bytes, and the events in them: offsets [begin, end).
struct SpliceRange {
  std::uint64_t position = 0;
  std::uint64_t bytes = 0;
  Offset begin;
  std::optional<Offset> end;
  std::string why;
};

/// How a segment becomes whole: what to take from the backup, and what neither has. Where nothing is lost, the chain
/// ends at `end`.
struct Splice {
  std::vector<SpliceRange> from_backup;
  std::vector<SpliceRange> lost;
  std::vector<GapPlace>
      gaps;  ///< Of each of `lost`, without a backup, what it stands between. Fewer: not all is known.
  Position end;
  bool lacks_consumed = false;  ///< The last of `lost` is behind every trace, but a view has consumed it.
  bool is_cut_off = false;      ///< The file ends before its newest mark: behind that there may have been more.
};

/// Walks both copies at once. What is taken from the backup follows what is local by the chain, and something local
/// follows it: else it is not proven to be of the same history, and counts as lost. Writes nothing.
[[nodiscard]] Result<Splice> plan_splice(Seam& seam, const SpliceInput& input);

}  // namespace kappa::log

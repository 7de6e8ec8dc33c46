#pragma once
#include <optional>
#include <string>

#include "format/footer.hpp"
#include "format/scan.hpp"
#include "kappa/base/result.hpp"
#include "kappa/log/progress.hpp"
#include "protocol/segment_file.hpp"

namespace kappa::log {

/// `sealed`: a segment with a successor; it ends in its footer. `open`: the newest of its partition; it ends in zeros.
enum class SegmentForm : std::uint8_t { open, sealed };

/// How far a segment is copied: up to the first frame above `last`, and never past the byte `end`, up to which all of
/// it must be whole.
struct CopyLimit {
  std::uint64_t end = 0;
  Sequence last = kEndOfTime;
  std::optional<FooterHeader> replaced =
      {};  ///< Of a segment that was replaced: its footer, of which the copy's has the rest.
};

/// What came of it.
struct SegmentCopy {
  ChainPoint end;
  std::uint64_t bytes = 0;  ///< Size of the file.
  std::uint64_t events = 0;
};

/// Makes the file `to` from a segment: its header; one mark, which vouches for all that follows; the frames; a footer
/// or zeros. So the same frames make the same bytes. The hashes of every frame are checked on the way: what is not
/// whole is Errc::corruption, with the range and the first offset that cannot be read. Durable, but for its name, when
/// it returns; after an error or a crash the file may be anything.
[[nodiscard]] Result<SegmentCopy> copy_segment(Seam& seam, const SharedSegment& from, const CopyLimit& limit,
                                               SegmentForm form, const std::string& to, Progress* progress);

/// Checks that a segment is such a file, every byte of it, up to `limit.end`. Errc::corruption with the first place
/// that differs.
[[nodiscard]] Result<SegmentCopy> check_segment(Seam& seam, const SharedSegment& segment, const CopyLimit& limit,
                                                SegmentForm form, Progress* progress);

/// The place in a segment behind its last frame at or below `last`, before the byte `end`. Looks at headers only.
[[nodiscard]] Result<ChainPoint> find_cut(Seam& seam, const SharedSegment& segment, std::uint64_t end, Sequence last);

}  // namespace kappa::log

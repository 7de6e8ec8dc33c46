#pragma once
#include <optional>
#include <string>

#include "format/footer.hpp"
#include "kappa/base/result.hpp"
#include "seam/seam.hpp"

namespace kappa::log {

/// What became of an attempt to seal. `busy`: another process is sealing it now.
enum class SealOutcome { sealed, already_sealed, busy };

/// Gives a rolled segment its footer and cuts off the zeros that were allocated behind its frames. `successor` is the
/// header of the next segment, which says where the chain must end; a chain that ends elsewhere is Errc::corruption
/// and nothing is written. Called by any process at any time after the roll, outside the partition's lock; the lock on
/// the segment's own file keeps a second one out.
///
/// After a crash: the segment is sealed, or it is as before but for a footer (or a part of one) behind its frames,
/// where it means nothing; sealing again writes the same bytes.
[[nodiscard]] Result<SealOutcome> seal_segment(Seam& seam, const std::string& path, const SegmentHeader& successor);
/// Seals every segment of a partition's directory that was left and has no footer yet, newest first, up to the first
/// that has one. Returns how many. What another process is sealing, or has removed, is passed over.
[[nodiscard]] Result<std::uint32_t> seal_left_segments(Seam& seam, const std::string& directory);

/// The footer of a sealed segment. A footer can be computed again from the frames, so one that is damaged counts as
/// none: nullopt; only verification tells the two apart. Errc::conflict for one of a newer version.
[[nodiscard]] Result<std::optional<Footer>> read_footer(Seam& seam, const File& file, std::uint64_t salt);

}  // namespace kappa::log

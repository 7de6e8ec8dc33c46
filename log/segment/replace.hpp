#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "format/footer.hpp"
#include "kappa/base/result.hpp"
#include "protocol/segment_file.hpp"
#include "seam/seam.hpp"

namespace kappa::log {

/// Where the frames of a segment that has a successor end, and with what hash.
struct SealedEnd {
  Position position;
  std::uint64_t chain = 0;
  /// Of a segment that was replaced: its footer, which alone says so. Else position and chain are the successor's word.
  std::optional<FooterHeader> replaced = {};
};
/// False: its header is that of another file that had the segment's name; a write was lost, and left it there.
/// Errc::conflict for a footer of a newer version.
[[nodiscard]] Result<bool> has_own_header(Seam& seam, const SegmentFile& segment);
/// Errc::conflict for a footer of a newer version, Errc::corruption where the header is not the segment's own.
[[nodiscard]] Result<SealedEnd> sealed_end(Seam& seam, const SegmentFile& segment, const SegmentHeader& successor);
/// The footer of a segment that was replaced; nullopt for any other. Errors like sealed_end().
[[nodiscard]] Result<std::optional<FooterHeader>> replaced_footer(Seam& seam, const SegmentFile& segment);

/// What the footer of a segment that takes another's place has beside what its frames say: for FooterBuilder::finish().
/// The same for the first one that does and for all that follow it.
[[nodiscard]] FooterHeader original_of(const SegmentHeader& successor);

/// Puts the file `path + ".new"` in the place of the segment `path`. It must be a whole segment (frames, one mark,
/// footer) with the same header, and its footer must name, as the original, what `successor` follows: else
/// Errc::corruption, and nothing is changed. It gets the owner and the permissions of the old file. Durable when it
/// returns. False: somebody else is sealing or replacing the segment; try again.
///
/// Who has the old file open reads on in it, as in a copy. After a crash the old or the new file has the name; what is
/// left as `.new` means nothing.
[[nodiscard]] Result<bool> replace_segment(Seam& seam, const std::string& path, const SegmentHeader& successor);

}  // namespace kappa::log

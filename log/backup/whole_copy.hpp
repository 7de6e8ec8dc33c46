#pragma once
#include <optional>
#include <set>

#include "backup/splice.hpp"
#include "directory/catalog_json.hpp"

namespace kappa::log {

/// Puts into `input` where the frames of a segment end that has one after it: by its footer or, where that is damaged,
/// by the backup's. Where no footer says that the segment was replaced, it is behind the frame that the next segment
/// names as the last by offset, sequence and time, if that is there, else where the next segment says.
[[nodiscard]] Result<void> find_end(Seam& seam, SpliceInput& input);

/// For a segment whose copy in the backup stands in other frames, because one of the two was repacked since: frames of
/// the one do not follow those of the other. The copy takes its place as a whole, from the header to the end, if it is
/// whole and ends where the next segment says that the first segment of this name did: then it has all of its events.
/// A gap in it may only stand for events of which one in `recorded` says that they are missing here, too.
///
/// Puts the end of the copy into `input`. nullopt: there is no such copy. Writes nothing.
[[nodiscard]] Result<std::optional<Splice>> plan_whole_copy(Seam& seam, SpliceInput& input,
                                                            const std::set<GapRecord>& recorded);

}  // namespace kappa::log

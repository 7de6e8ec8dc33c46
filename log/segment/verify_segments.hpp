#pragma once
#include <string>

#include "format/format.hpp"
#include "kappa/log/verify.hpp"
#include "seam/seam.hpp"

namespace kappa::log {

/// What the files of a partition must be and hold. `last_durable` is the sequence of the newest frame known to be
/// durable: up to it everything must be whole. What stands behind it in the newest segment is still being written, or
/// is a torn tail that the next recovery will report; neither is damage.
struct ExpectedPartition {
  std::string directory;
  TopicId topic;
  std::uint32_t partition = 0;
  Sequence last_durable;
  Offset log_start = {};      ///< Segments before it are to be removed, and not looked at.
  Offset log_start_max = {};  ///< The first segment may begin as late as that.
  Offset consumed = {};       ///< Some view has consumed the events before it, so they were durable.
};

/// Checks all segments of a partition: headers, marks, the chain, every body, what follows the frames, and the links
/// from each segment to the one before. Goes on behind damage where an index or the next segment gives a place to.
/// Writes nothing and takes no lock; appends may go on.
[[nodiscard]] Result<VerifyReport> verify_segments(Seam& seam, ExpectedPartition expected, Progress* progress);

}  // namespace kappa::log

#pragma once
#include <cstdint>
#include <string_view>

#include "kappa/base/result.hpp"
#include "kappa/base/units.hpp"

namespace kappa::cli {

/// A place in a topic as a user names it.
struct RangePoint {
  enum class From : std::uint8_t { start, end, time } from = From::start;
  std::uint64_t distance = 0;  ///< Forwards from offset 0, or backwards from the end.
  Micros time = 0;             ///< The first event appended then or later.

  [[nodiscard]] bool is_time() const { return from == From::time; }
  /// An offset, or a number of events before the end: it means something in one partition only.
  [[nodiscard]] bool is_offset() const { return !is_time() && distance != 0; }
};

/// What to read, as a user names it: `RANGE = POINT | [POINT] ":" [POINT]`, `POINT = start | end | N | -N | @TIME |
/// @-AGE`. A single point is where to begin, to the end; `N:M` holds N and not M; `-N` is N before the end. TIME is RFC
/// 3339 (UTC where there is no zone), a date, or a number as take_timestamp() has it; AGE is a length of time.
struct Range {
  RangePoint begin{RangePoint::From::start, 0};
  RangePoint end{RangePoint::From::end, 0};

  /// Errc::usage where the text is no range. `now` is what an age is counted from.
  [[nodiscard]] static Result<Range> parse(std::string_view text, Micros now);
};

/// Offsets [begin, end).
struct OffsetSpan {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// The range over a partition that holds [start, end) now; clipped to it. Its points are no times.
[[nodiscard]] OffsetSpan resolve(const Range& range, std::uint64_t start, std::uint64_t end);

}  // namespace kappa::cli

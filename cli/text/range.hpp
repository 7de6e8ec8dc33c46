#pragma once
#include <cstdint>
#include <string_view>

#include "kappa/base/result.hpp"

namespace kappa::cli {

/// A place in a partition as a user names it.
struct RangePoint {
  enum class From : std::uint8_t { start, end } from = From::start;
  std::uint64_t distance = 0;  ///< Forwards from offset 0, or backwards from the end.
};

/// Offsets as a user names them: `RANGE = POINT | [POINT] ":" [POINT]`, `POINT = start | end | N | -N`. A single point
/// is where to begin, to the end; `N:M` holds N and not M; `-N` is N before the end.
struct Range {
  RangePoint begin{RangePoint::From::start, 0};
  RangePoint end{RangePoint::From::end, 0};

  /// Errc::usage where the text is no range, with what a time or a `+N` is refused for.
  [[nodiscard]] static Result<Range> parse(std::string_view text);
};

/// Offsets [begin, end).
struct OffsetSpan {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// The range over a partition that holds [start, end) now; clipped to it.
[[nodiscard]] OffsetSpan resolve(const Range& range, std::uint64_t start, std::uint64_t end);

}  // namespace kappa::cli

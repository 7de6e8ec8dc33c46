// The ranges of `-o`. An input is a partition's start and end, then the text.
#include "fuzz.hpp"
#include "text/range.hpp"

void kappa::fuzz::run(Bytes input) {
  FuzzInput take(input);
  auto start = take.take<std::uint64_t>();
  auto end = take.take<std::uint64_t>();
  if (start > end) std::swap(start, end);
  const auto range = cli::Range::parse(as_text(take.rest()));
  if (!range)
    return require(range.error().code == Errc::usage, "what is no range is a wrong use", range.error().message);
  const cli::OffsetSpan span = cli::resolve(*range, start, end);
  require(span.begin <= span.end, "a range does not go back");
  require(start <= span.begin && span.end <= end, "a range is clipped to its partition");
}

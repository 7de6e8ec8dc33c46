// What options are given: the ranges of `-o`, lengths of time, numbers of bytes. An input is a partition's start and
// end, then the text.
#include "fuzz.hpp"
#include "text/quantity.hpp"
#include "text/range.hpp"

namespace kappa::fuzz {
namespace {

void range(std::uint64_t start, std::uint64_t end, std::string_view text) {
  const auto parsed = cli::Range::parse(text, 0);
  if (!parsed) return require(parsed.error().code == Errc::usage, "what is no range is a wrong use", text);
  if (parsed->begin.is_time() || parsed->end.is_time()) return;  // A reader says what offsets these are.
  const cli::OffsetSpan span = cli::resolve(*parsed, start, end);
  require(span.begin <= span.end, "a range does not go back");
  require(start <= span.begin && span.end <= end, "a range is clipped to its partition");
}

void quantities(std::string_view text) {
  const auto bytes = cli::parse_bytes(text);
  require(!bytes || *bytes > 0, "a number of bytes is more than nothing", text);
  const auto duration = cli::parse_duration(text);
  if (!duration) return;
  require(*duration > 0, "a length of time is more than nothing", text);
  std::string again = cli::duration_text(*duration);
  std::erase(again, ' ');
  require(cli::parse_duration(again) == *duration, "a length of time comes back from its text", again);
}

}  // namespace

void run(Bytes input) {
  FuzzInput take(input);
  const auto first = take.take<std::uint64_t>();
  const auto second = take.take<std::uint64_t>();
  range(std::min(first, second), std::max(first, second), as_text(take.rest()));
  quantities(as_text(take.rest()));
}

}  // namespace kappa::fuzz

#include "commands/time_range.hpp"

#include <fmt/format.h>

#include <chrono>

#include "text/time_text.hpp"

namespace kappa::cli {
namespace {

Micros now() {
  using std::chrono::microseconds;
  return std::chrono::floor<microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Result<RangePoint> in_offsets(const RangePoint& point, log::PartitionReader& reader) {
  if (!point.is_time()) return point;
  auto offset = reader.offset_at(point.time);
  if (!offset) return propagate(offset);
  return RangePoint{RangePoint::From::start, offset->value, 0};
}

}  // namespace

Result<Range> parse_range(std::string_view text) {
  return Range::parse(text, now());
}

Result<Range> in_offsets(const Range& range, log::PartitionReader& reader) {
  auto begin = in_offsets(range.begin, reader);
  if (!begin) return propagate(begin);
  auto end = in_offsets(range.end, reader);
  if (!end) return propagate(end);
  return Range{*begin, *end};
}

Result<void> check_times_to_follow(const Range& range) {
  if (range.end.is_time())
    return fail(Errc::usage, "tail: a range that ends at a time is for read", "kappa read TOPIC -o @FROM:@TO");
  if (range.begin.is_time() && range.begin.time > now())
    return fail(Errc::usage, fmt::format("tail: {} is still to come", rfc3339(range.begin.time)),
                "kappa tail TOPIC begins with what comes next");
  return {};
}

}  // namespace kappa::cli

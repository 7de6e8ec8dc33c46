#include "text/range.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "text/quantity.hpp"
#include "text/time_text.hpp"

namespace kappa::cli {
namespace {

constexpr const char* kGrammar =
    "start, end, N, -N (N before the end), N:M (N and not M), 8:end, :5, @2025-01-01T12:00:00Z, @-1h:";

std::unexpected<Error> refuse(std::string_view text, std::string_view why) {
  return fail(Errc::usage, fmt::format("\"{}\" is no range{}", text, why), kGrammar);
}

/// `-1h`, `2025-01-01`, `2025-01-01T12:00:00Z`, `1735689600`.
std::optional<Micros> parse_time(std::string_view text, Micros now) {
  if (text.starts_with('-')) {
    const auto age = parse_duration(text.substr(1));
    return age ? std::optional(now - *age) : std::nullopt;
  }
  if (const auto time = take_timestamp(text, TimestampFormat::automatic)) return time;
  return take_rfc3339(std::string(text) + "T00:00:00Z", Zone::required);
}

Result<RangePoint> parse_point(std::string_view point, std::string_view whole, Micros now) {
  if (point == "start") return RangePoint{RangePoint::From::start, 0, 0};
  if (point == "end") return RangePoint{RangePoint::From::end, 0, 0};
  if (point.starts_with('@')) {
    const auto time = parse_time(point.substr(1), now);
    if (!time) return refuse(whole, fmt::format(": {} is no time", point));
    return RangePoint{RangePoint::From::time, 0, *time};
  }
  if (point.starts_with('+')) return refuse(whole, ": +N is not supported in this version");
  const bool backwards = point.starts_with('-');
  if (backwards) point.remove_prefix(1);
  RangePoint parsed{backwards ? RangePoint::From::end : RangePoint::From::start, 0, 0};
  const auto number = std::from_chars(point.data(), point.data() + point.size(), parsed.distance);
  if (number.ec != std::errc{} || number.ptr != point.data() + point.size()) return refuse(whole, "");
  return parsed;
}

/// The colon between two points. A time has colons too: then it is the last one before which there is a whole time.
std::size_t separator(std::string_view text, Micros now) {
  if (!text.starts_with('@')) return text.find(':');
  if (parse_time(text.substr(1), now)) return std::string_view::npos;
  std::size_t at = text.rfind(':');
  while (at != std::string_view::npos && !parse_time(text.substr(1, at - 1), now)) at = text.rfind(':', at - 1);
  return at;
}

bool ends_before_it_begins(const Range& range) {
  if (range.begin.from != range.end.from) return false;
  if (range.begin.is_time()) return range.begin.time > range.end.time;
  const bool forwards = range.begin.from == RangePoint::From::start;
  return forwards ? range.begin.distance > range.end.distance : range.begin.distance < range.end.distance;
}

std::uint64_t resolve(const RangePoint& point, std::uint64_t start, std::uint64_t end) {
  const bool forwards = point.from == RangePoint::From::start;
  const std::uint64_t offset = forwards ? point.distance : end - std::min(point.distance, end);
  return std::clamp(offset, start, end);
}

}  // namespace

Result<Range> Range::parse(std::string_view text, Micros now) {
  Range range;
  const std::size_t colon = separator(text, now);
  const std::string_view first = text.substr(0, colon);
  const std::string_view second = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  if (first.empty() && colon == std::string_view::npos) return refuse(text, "");
  if (!first.empty()) {
    const auto begin = parse_point(first, text, now);
    if (!begin) return std::unexpected(begin.error());
    range.begin = *begin;
  }
  if (!second.empty()) {
    const auto end = parse_point(second, text, now);
    if (!end) return std::unexpected(end.error());
    range.end = *end;
  }
  if (ends_before_it_begins(range)) return refuse(text, ": it ends before it begins");
  return range;
}

OffsetSpan resolve(const Range& range, std::uint64_t start, std::uint64_t end) {
  OffsetSpan span{resolve(range.begin, start, end), resolve(range.end, start, end)};
  span.end = std::max(span.begin, span.end);
  return span;
}

}  // namespace kappa::cli

#include "text/range.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace kappa::cli {
namespace {

constexpr const char* kGrammar = "start, end, N, -N (N before the end), N:M (N and not M), 8:end, :5";

std::unexpected<Error> refuse(std::string_view text, std::string_view why) {
  return fail(Errc::usage, fmt::format("\"{}\" is no range of offsets{}", text, why), kGrammar);
}

Result<RangePoint> parse_point(std::string_view point, std::string_view whole) {
  if (point == "start") return RangePoint{RangePoint::From::start, 0};
  if (point == "end") return RangePoint{RangePoint::From::end, 0};
  if (point.starts_with('@')) return refuse(whole, ": times are not supported in this version");
  if (point.starts_with('+')) return refuse(whole, ": +N is not supported in this version");
  const bool backwards = point.starts_with('-');
  if (backwards) point.remove_prefix(1);
  RangePoint parsed{backwards ? RangePoint::From::end : RangePoint::From::start, 0};
  const auto number = std::from_chars(point.data(), point.data() + point.size(), parsed.distance);
  if (number.ec != std::errc{} || number.ptr != point.data() + point.size()) return refuse(whole, "");
  return parsed;
}

std::uint64_t resolve(const RangePoint& point, std::uint64_t start, std::uint64_t end) {
  const bool forwards = point.from == RangePoint::From::start;
  const std::uint64_t offset = forwards ? point.distance : end - std::min(point.distance, end);
  return std::clamp(offset, start, end);
}

}  // namespace

Result<Range> Range::parse(std::string_view text) {
  Range range;
  const std::size_t colon = text.find(':');
  const std::string_view first = text.substr(0, colon);
  const std::string_view second = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  if (first.empty() && colon == std::string_view::npos) return refuse(text, "");
  if (!first.empty()) {
    const auto begin = parse_point(first, text);
    if (!begin) return std::unexpected(begin.error());
    range.begin = *begin;
  }
  if (!second.empty()) {
    const auto end = parse_point(second, text);
    if (!end) return std::unexpected(end.error());
    range.end = *end;
  }
  const bool comparable = range.begin.from == range.end.from;
  const bool forwards = range.begin.from == RangePoint::From::start;
  const bool backwards_span =
      forwards ? range.begin.distance > range.end.distance : range.begin.distance < range.end.distance;
  if (comparable && backwards_span) return refuse(text, ": it ends before it begins");
  return range;
}

OffsetSpan resolve(const Range& range, std::uint64_t start, std::uint64_t end) {
  OffsetSpan span{resolve(range.begin, start, end), resolve(range.end, start, end)};
  span.end = std::max(span.begin, span.end);
  return span;
}

}  // namespace kappa::cli

// The small pieces that timestamps and intervals share: integers, fractions, times of day, offsets of zones. A
// fraction goes through a double and is rounded half to even, because PostgreSQL's does: .1234565 is 123456.

#include "types/datetime_scan.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "types/scalar_error.hpp"

namespace kappa::processor {

RowError time_error(TimeFault fault, std::string_view type, std::string_view text, std::string_view word) {
  constexpr SqlState kInvalidZoneDisplacement{'2', '2', '0', '0', '9'};
  switch (fault) {
    case TimeFault::field_overflow:
      return {kDatetimeFieldOverflow, fmt::format("date/time field value out of range: \"{}\"", text)};
    case TimeFault::interval_overflow:
      return {kIntervalFieldOverflow, fmt::format("interval field value out of range: \"{}\"", text)};
    case TimeFault::zone_overflow:
      return {kInvalidZoneDisplacement, fmt::format("time zone displacement out of range: \"{}\"", text)};
    case TimeFault::unknown_zone:
      return {kInvalidParameterValue, fmt::format("time zone \"{}\" not recognized", word)};
    case TimeFault::clock:
      return {kFeatureNotSupported, fmt::format("\"{}\" as a {} would read a clock, which no view does", word, type)};
    case TimeFault::none:
    case TimeFault::bad_format:
      break;
  }
  return {kInvalidDatetimeFormat, fmt::format("invalid input syntax for type {}: \"{}\"", type, text)};
}

bool take_integer(std::string_view& rest, std::int64_t max, std::int64_t& value) {
  value = 0;
  std::string_view digits = rest;
  const bool negative = !digits.empty() && digits.front() == '-';
  if (!digits.empty() && (negative || digits.front() == '+')) digits.remove_prefix(1);
  if (digits.empty() || !is_digit(digits.front())) return true;
  bool fits = true;
  for (; !digits.empty() && is_digit(digits.front()); digits.remove_prefix(1)) {
    const std::int64_t digit = digits.front() - '0';
    fits = fits && !__builtin_mul_overflow(value, 10, &value) && !__builtin_sub_overflow(value, digit, &value);
  }
  rest = digits;
  if (!fits || value < -max - (negative ? 1 : 0)) return false;
  if (!negative) value = -value;
  return true;
}

bool read_fraction(std::string_view text, double& fraction) {
  fraction = 0;
  if (text.empty() || text.front() != '.') return false;
  if (text.size() == 1) return true;
  const auto [end, outcome] = std::from_chars(text.data(), text.data() + text.size(), fraction);
  return outcome == std::errc{} && end == text.data() + text.size();
}

bool read_fractional_second(std::string_view text, std::int64_t& micros) {
  double fraction = 0;
  if (!read_fraction(text, fraction)) return false;
  micros = static_cast<std::int64_t>(std::nearbyint(fraction * 1e6));
  return true;
}

namespace {

/// What follows hh:mm in a time.
[[nodiscard]] TimeFault read_seconds(std::string_view rest, ClockTime& time) {
  if (rest.empty()) return TimeFault::none;
  if (rest.front() == '.') {
    // A point after two fields makes them minutes and seconds.
    if (!read_fractional_second(rest, time.micros)) return TimeFault::bad_format;
    if (time.hour > kInt32Max) return TimeFault::field_overflow;
    time = {0, time.hour, time.minute, time.micros};
    return TimeFault::none;
  }
  if (rest.front() != ':') return TimeFault::bad_format;
  rest.remove_prefix(1);
  if (!take_integer(rest, kInt32Max, time.second)) return TimeFault::field_overflow;
  if (rest.empty()) return TimeFault::none;
  return read_fractional_second(rest, time.micros) ? TimeFault::none : TimeFault::bad_format;
}

/// A number of digits up to `max`.
[[nodiscard]] bool take_digits(std::string_view& rest, std::int64_t max) {
  std::int64_t value = 0;
  return !rest.empty() && is_digit(rest.front()) && take_integer(rest, max, value);
}

[[nodiscard]] bool take_posix_name(std::string_view& rest) {
  const std::size_t end = std::min(rest.find_first_of("0123456789,+-"), rest.size());
  rest.remove_prefix(end);
  return end > 0;
}

[[nodiscard]] bool take_posix_offset(std::string_view& rest) {
  constexpr std::int64_t kHourMax = 7 * 24 - 1;
  constexpr std::int64_t kMinuteMax = 59;
  constexpr std::int64_t kSecondMax = 60;
  if (!rest.empty() && (rest.front() == '+' || rest.front() == '-')) rest.remove_prefix(1);
  if (!take_digits(rest, kHourMax)) return false;
  for (const std::int64_t max : {kMinuteMax, kSecondMax}) {
    if (!rest.starts_with(':')) return true;
    rest.remove_prefix(1);
    if (!take_digits(rest, max)) return false;
  }
  return true;
}

}  // namespace

bool is_posix_zone(std::string_view text) {
  if (!take_posix_name(text) || !take_posix_offset(text)) return false;
  if (text.empty()) return true;
  return take_posix_name(text) && (text.empty() || (take_posix_offset(text) && text.empty()));
}

TimeFault read_clock(std::string_view text, ClockTime& time) {
  time = {};
  if (!take_integer(text, std::numeric_limits<std::int64_t>::max(), time.hour)) return TimeFault::field_overflow;
  if (text.empty() || text.front() != ':') return TimeFault::bad_format;
  text.remove_prefix(1);
  if (!take_integer(text, kInt32Max, time.minute)) return TimeFault::field_overflow;
  if (const TimeFault fault = read_seconds(text, time); fault != TimeFault::none) return fault;
  const bool fits = time.hour >= 0 && time.minute >= 0 && time.minute <= 59 && time.second >= 0 && time.second <= 60;
  return fits ? TimeFault::none : TimeFault::field_overflow;
}

TimeFault check_zone_offset(std::string_view text) {
  constexpr std::int64_t kHourMax = 15;
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return TimeFault::bad_format;
  const std::size_t length = text.size();
  text.remove_prefix(1);
  std::int64_t hour = 0;
  std::int64_t minute = 0;
  std::int64_t second = 0;
  if (!take_integer(text, kInt32Max, hour)) return TimeFault::zone_overflow;
  if (!text.empty() && text.front() == ':') {
    text.remove_prefix(1);
    if (!take_integer(text, kInt32Max, minute)) return TimeFault::zone_overflow;
    if (!text.empty() && text.front() == ':') {
      text.remove_prefix(1);
      if (!take_integer(text, kInt32Max, second)) return TimeFault::zone_overflow;
    }
  } else if (text.empty() && length > 3) {
    minute = hour % 100;
    hour /= 100;
  }
  const bool fits = hour >= 0 && hour <= kHourMax && minute >= 0 && minute <= 59 && second >= 0 && second <= 59;
  if (!fits) return TimeFault::zone_overflow;
  return text.empty() ? TimeFault::none : TimeFault::bad_format;
}

}  // namespace kappa::processor

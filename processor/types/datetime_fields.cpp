// How the numbers in a time's text find their meaning. The rules are PostgreSQL's with DateStyle ISO, MDY: three digits
// or more make a year where none is known; otherwise month, day, year in turn, unless a month stands there as a word.
// Six digits or more in a row are a date, or a time where the date is known.

#include "types/datetime_fields.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "types/calendar.hpp"
#include "types/datetime_words.hpp"
#include "types/scalar_error.hpp"

namespace kappa::processor {
namespace {

constexpr std::size_t kPartsMax = 25;

/// The letters or the digits of one part of a date.
[[nodiscard]] std::string_view take_part(std::string_view& rest) {
  const bool digits = is_digit(rest.front());
  std::size_t length = 0;
  while (length < rest.size() && (digits ? is_digit(rest[length]) : is_letter(rest[length]))) ++length;
  const std::string_view part = rest.substr(0, length);
  // Whatever follows counts as one separator, even a letter behind a digit.
  rest.remove_prefix(std::min(length + 1, rest.size()));
  return part;
}

/// A number of digits as C's atoi gives it, which cuts it to 32 bits.
[[nodiscard]] std::int64_t run_to_integer(std::string_view digits) {
  std::int64_t value = 0;
  if (!take_integer(digits, std::numeric_limits<std::int64_t>::max(), value)) return -1;
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
}

}  // namespace

TimeFault DatetimeFields::mark(FieldSet set) {
  if ((found_ & set) != 0) return TimeFault::bad_format;
  found_ |= set;
  return TimeFault::none;
}

TimeFault DatetimeFields::take_date(std::string_view text) {
  std::array<std::string_view, kPartsMax> parts;
  std::size_t count = 0;
  while (!text.empty() && count < kPartsMax) {
    while (!text.empty() && !is_digit(text.front()) && !is_letter(text.front())) text.remove_prefix(1);
    if (text.empty()) return TimeFault::bad_format;
    parts[count++] = take_part(text);
  }
  // The word first: it settles what the numbers beside it are.
  bool month_is_named = false;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_letter(parts[i].front())) continue;
    const std::optional<Word> word = find_datetime_word(parts[i]);
    if (word && word->kind == WordKind::ignored) continue;
    if (!word || word->kind != WordKind::month) return TimeFault::bad_format;
    month = word->value;
    month_is_named = true;
    if (const TimeFault fault = mark(field::kMonth); fault != TimeFault::none) return fault;
    parts[i] = {};
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (parts[i].empty()) continue;
    if (const TimeFault fault = take_single(parts[i], month_is_named); fault != TimeFault::none) return fault;
  }
  const FieldSet beside = field::kYearDay | field::kZone;
  return (found_ & ~beside) == field::kDate ? TimeFault::none : TimeFault::bad_format;
}

TimeFault DatetimeFields::take_number(std::string_view text) {
  constexpr std::size_t kRunMin = 6;
  const std::size_t point = text.find('.');
  const bool decimal = point != std::string_view::npos;
  if (decimal && !has_any(field::kDate)) return take_date(text);
  if (decimal && point > 2) return take_run(text);
  if (text.size() >= kRunMin && (!has_any(field::kDate) || !has_any(field::kTime))) return take_run(text);
  return take_single(text, named_month);
}

TimeFault DatetimeFields::take_single(std::string_view text, bool month_is_named) {
  std::int64_t value = 0;
  std::string_view rest = text;
  if (!take_integer(rest, kInt32Max, value)) return TimeFault::field_overflow;
  if (rest.size() == text.size()) return TimeFault::bad_format;
  if (!rest.empty()) {
    if (rest.front() != '.') return TimeFault::bad_format;
    if (text.size() - rest.size() > 2) return take_run(text, found_ | field::kDate);
    if (!read_fractional_second(rest, micros)) return TimeFault::bad_format;
  }
  const bool is_year_day = text.size() == 3 && (found_ & field::kDate) == field::kYear && value >= 1 && value <= 366;
  if (is_year_day) {
    year_day = value;
    return mark(field::kYearDay | field::kMonth | field::kDay);
  }
  if (has(field::kDate)) return take_run(text, found_);
  return place(text.size(), value, month_is_named);
}

TimeFault DatetimeFields::place(std::size_t length, std::int64_t value, bool month_is_named) {
  const auto set_year = [&] {
    year = value;
    short_year = length <= 2;
    return mark(field::kYear);
  };
  const auto set_month = [&] {
    month = value;
    return mark(field::kMonth);
  };
  const auto set_day = [&] {
    day = value;
    return mark(field::kDay);
  };
  switch (found_ & field::kDate) {
    case 0:
      return length >= 3 ? set_year() : set_month();
    case field::kYear:
      return set_month();
    case field::kMonth:
      return month_is_named && length >= 3 ? set_year() : set_day();
    case field::kYear | field::kMonth:
      if (month_is_named && length >= 3 && short_year) {
        // 08-Jan-1999: what was taken for a year is the day.
        day = year;
        year = value;
        short_year = false;
        return mark(field::kDay);
      }
      return set_day();
    case field::kDay:
      return set_month();
    case field::kMonth | field::kDay:
      return set_year();
    default:
      return TimeFault::bad_format;
  }
}

TimeFault DatetimeFields::take_run(std::string_view text) {
  return take_run(text, found_);
}
TimeFault DatetimeFields::take_time_run(std::string_view text) {
  return take_run(text, found_ | field::kDate);
}

TimeFault DatetimeFields::take_run(std::string_view text, FieldSet known) {
  const std::size_t point = text.find('.');
  const std::string_view digits = text.substr(0, point);
  const std::size_t length = digits.size();
  if (point != std::string_view::npos) {
    if (!read_fractional_second(text.substr(point), micros)) return TimeFault::bad_format;
  } else if ((known & field::kDate) != field::kDate && length >= 6) {
    day = run_to_integer(digits.substr(length - 2));
    month = run_to_integer(digits.substr(length - 4, 2));
    year = run_to_integer(digits.substr(0, length - 4));
    if (length == 6) short_year = true;
    return mark(field::kDate);
  }
  if ((known & field::kTime) == field::kTime || (length != 6 && length != 4)) return TimeFault::bad_format;
  hour = run_to_integer(digits.substr(0, 2));
  minute = run_to_integer(digits.substr(2, 2));
  second = length == 6 ? run_to_integer(digits.substr(4)) : 0;
  return mark(field::kTime);
}

TimeFault DatetimeFields::take_clock(std::string_view text) {
  ClockTime time;
  if (const TimeFault fault = read_clock(text, time); fault != TimeFault::none) return fault;
  constexpr std::int64_t kHourMax = 24;
  const std::int64_t rest = time.minute * kMicrosPerMinute + time.second * kMicrosPerSecond + time.micros;
  if (time.hour > kHourMax || time.hour * kMicrosPerHour + rest > kMicrosPerDay) return TimeFault::field_overflow;
  hour = time.hour;
  minute = time.minute;
  second = time.second;
  micros = time.micros;
  return mark(field::kTime);
}

}  // namespace kappa::processor

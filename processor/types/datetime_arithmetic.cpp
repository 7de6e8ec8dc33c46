// Timestamps plus intervals, dates plus days. The three parts of an interval are added one after the other, months
// first: the day is clamped to the month's end, so that January 31 plus a month is the last day of February. Every step
// must stay in range, not only the last.

#include <algorithm>

#include "types/calendar.hpp"
#include "types/scalar_error.hpp"

namespace kappa::processor {
namespace {

/// An interval with room for the negation of every part.
struct Shift {
  std::int64_t months = 0;
  std::int64_t days = 0;
  Int128 micros = 0;
};

[[nodiscard]] std::unexpected<RowError> out_of_range(std::string_view type) {
  return row_error(kDatetimeFieldOverflow, fmt::format("{} out of range", type));
}

/// Where PostgreSQL's timestamps end, some years after those that are counted from 1970: a step may pass there.
constexpr std::int64_t kEndDay = days_from_civil({.year = 294'277, .month = 1, .day = 1});

/// A moment between two steps: a day, and the microseconds since it began.
struct Moment {
  std::int64_t day;
  std::int64_t micros;

  [[nodiscard]] bool is_step() const { return day >= kFirstDay && day < kEndDay; }
};

[[nodiscard]] std::int64_t shift_months(std::int64_t months, std::int64_t day) {
  CivilDate date = civil_from_days(day);
  const std::int64_t month = date.month - 1 + months;
  date.year += floor_divide(month, kMonthsPerYear);
  date.month = static_cast<int>(floor_modulo(month, kMonthsPerYear)) + 1;
  date.day = std::min(date.day, days_in_month(date.year, date.month));
  return days_from_civil(date);
}

[[nodiscard]] Scalar<std::int64_t> shift(std::int64_t timestamp, const Shift& by) {
  if (is_infinite(timestamp)) return timestamp;
  Moment moment{floor_divide(timestamp, kMicrosPerDay), floor_modulo(timestamp, kMicrosPerDay)};
  if (by.months != 0) moment.day = shift_months(by.months, moment.day);
  if (!moment.is_step()) return out_of_range("timestamp");
  moment.day += by.days;
  if (!moment.is_step()) return out_of_range("timestamp");
  const Int128 shifted = Int128{moment.day} * kMicrosPerDay + moment.micros + by.micros;
  if (shifted < kFirstMicros || shifted >= kTimestampInfinity) return out_of_range("timestamp");
  return static_cast<std::int64_t>(shifted);
}

[[nodiscard]] Scalar<std::int32_t> shift_date(std::int32_t date, std::int64_t days) {
  if (is_infinite_date(date)) return date;
  const std::int64_t shifted = date + days;
  if (shifted < kFirstDay || shifted > kLastDay) return out_of_range("date");
  return static_cast<std::int32_t>(shifted);
}

}  // namespace

Scalar<std::int64_t> add_interval(std::int64_t timestamp, const Interval& interval) {
  return shift(timestamp, {interval.months, interval.days, interval.micros});
}

Scalar<std::int64_t> subtract_interval(std::int64_t timestamp, const Interval& interval) {
  return shift(timestamp, {-std::int64_t{interval.months}, -std::int64_t{interval.days}, -Int128{interval.micros}});
}

Scalar<std::int64_t> date_to_timestamp(std::int32_t date) {
  if (date == kDateInfinity) return kTimestampInfinity;
  if (date == kDateMinusInfinity) return kTimestampMinusInfinity;
  std::int64_t result = 0;
  if (!micros_from_days(date, 0, result)) return row_error(kDatetimeFieldOverflow, "date out of range for timestamp");
  return result;
}

Scalar<std::int32_t> add_days(std::int32_t date, std::int32_t days) {
  return shift_date(date, days);
}
Scalar<std::int32_t> subtract_days(std::int32_t date, std::int32_t days) {
  return shift_date(date, -std::int64_t{days});
}

Scalar<std::int32_t> subtract_dates(std::int32_t a, std::int32_t b) {
  if (is_infinite_date(a) || is_infinite_date(b))
    return row_error(kDatetimeFieldOverflow, "cannot subtract infinite dates");
  return static_cast<std::int32_t>(std::int64_t{a} - b);
}

}  // namespace kappa::processor

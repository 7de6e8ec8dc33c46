#pragma once
#include <cstdint>
#include <limits>

/// The proleptic Gregorian calendar on days and microseconds since 1970-01-01. Years are astronomical: 1 BC is 0.
namespace kappa::processor {

inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
inline constexpr std::int64_t kMicrosPerHour = 60 * kMicrosPerMinute;
inline constexpr std::int64_t kMicrosPerDay = 24 * kMicrosPerHour;
inline constexpr int kMonthsPerYear = 12;

/// Julian day number of 1970-01-01.
inline constexpr std::int64_t kEpochJulianDay = 2'440'588;

// Infinite times are the extremes of their integers. The finite ones begin with Julian day 0 (4714-11-24 BC); dates
// end with 5874897-12-31 and timestamps where 64 bits of microseconds do, in January 294247.
inline constexpr std::int64_t kTimestampInfinity = std::numeric_limits<std::int64_t>::max();
inline constexpr std::int64_t kTimestampMinusInfinity = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int32_t kDateInfinity = std::numeric_limits<std::int32_t>::max();
inline constexpr std::int32_t kDateMinusInfinity = std::numeric_limits<std::int32_t>::min();
inline constexpr std::int64_t kFirstDay = -kEpochJulianDay;
inline constexpr std::int64_t kLastDay = 2'147'483'493 - kEpochJulianDay;
inline constexpr std::int64_t kFirstMicros = kFirstDay * kMicrosPerDay;

[[nodiscard]] constexpr bool is_infinite(std::int64_t timestamp) {
  return timestamp == kTimestampInfinity || timestamp == kTimestampMinusInfinity;
}
[[nodiscard]] constexpr bool is_infinite_date(std::int32_t date) {
  return date == kDateInfinity || date == kDateMinusInfinity;
}
[[nodiscard]] constexpr bool is_finite_timestamp(std::int64_t value) {
  return value >= kFirstMicros && value != kTimestampInfinity;
}

struct CivilDate {
  std::int64_t year = 1970;
  int month = 1;
  int day = 1;
};

struct CivilTime {
  CivilDate date;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::int64_t micros = 0;  ///< Below one second.
};

[[nodiscard]] constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}
[[nodiscard]] constexpr std::int64_t floor_modulo(std::int64_t a, std::int64_t b) {
  return a - floor_divide(a, b) * b;
}

[[nodiscard]] constexpr bool is_leap_year(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}
[[nodiscard]] constexpr int days_in_month(std::int64_t year, int month) {
  if (month == 2) return is_leap_year(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Years are counted from March, so that the leap day is the last of its year, in eras of 400 years, which all have the
// same number of days. The months from March on have 153 days in every five.
inline constexpr std::int64_t kDaysPerEra = 146'097;
inline constexpr std::int64_t kDaysFromEraToEpoch = 719'468;  ///< 0000-03-01 to 1970-01-01.

[[nodiscard]] constexpr std::int64_t days_from_civil(const CivilDate& date) {
  const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const std::int64_t era = floor_divide(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t month_from_march = date.month > 2 ? date.month - 3 : date.month + 9;
  const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * kDaysPerEra + day_of_era - kDaysFromEraToEpoch;
}

[[nodiscard]] constexpr CivilDate civil_from_days(std::int64_t days) {
  const std::int64_t shifted = days + kDaysFromEraToEpoch;
  const std::int64_t era = floor_divide(shifted, kDaysPerEra);
  const std::int64_t day_of_era = shifted - era * kDaysPerEra;
  const std::int64_t leap_days = day_of_era / 1460 - day_of_era / 36'524 + day_of_era / (kDaysPerEra - 1);
  const std::int64_t year_of_era = (day_of_era - leap_days) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  const int month = static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

[[nodiscard]] constexpr CivilTime civil_from_micros(std::int64_t timestamp) {
  const std::int64_t day = floor_divide(timestamp, kMicrosPerDay);
  const std::int64_t rest = timestamp - day * kMicrosPerDay;
  return {civil_from_days(day), static_cast<int>(rest / kMicrosPerHour), static_cast<int>(rest / kMicrosPerMinute % 60),
          static_cast<int>(rest / kMicrosPerSecond % 60), rest % kMicrosPerSecond};
}

/// Microseconds of a day and a time of day; false where they overflow or are before the first timestamp.
[[nodiscard]] constexpr bool micros_from_days(std::int64_t days, std::int64_t time_of_day, std::int64_t& result) {
  if (__builtin_mul_overflow(days, kMicrosPerDay, &result)) {
    // The last day begins in range but for a negative time of day, which does not occur.
    return false;
  }
  return !__builtin_add_overflow(result, time_of_day, &result) && is_finite_timestamp(result);
}

}  // namespace kappa::processor

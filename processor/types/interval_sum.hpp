#pragma once
#include <cmath>
#include <cstdint>
#include <optional>

#include "kappa/processor/value.hpp"
#include "types/calendar.hpp"
#include "types/datetime_words.hpp"

namespace kappa::processor {

/// An interval while its text is read: each verb adds a number of units with a fraction, and says false where a part
/// overflows. A fraction of a year becomes months, of a month or week days, of a day or less microseconds.
class IntervalSum {
 public:
  /// `unit` is one that find_interval_word() gives and not quarter or a zone.
  [[nodiscard]] bool add(std::int64_t value, double fraction, TimeUnit unit) {
    switch (unit) {
      case TimeUnit::microsecond:
        return add_micros(value, fraction, 1);
      case TimeUnit::millisecond:
        return add_micros(value, fraction, 1000);
      case TimeUnit::second:
        return add_micros(value, fraction, kMicrosPerSecond);
      case TimeUnit::minute:
        return add_micros(value, fraction, kMicrosPerMinute);
      case TimeUnit::hour:
        return add_micros(value, fraction, kMicrosPerHour);
      case TimeUnit::day:
        return add_whole(value, 1, days_) && add_fraction(fraction, kMicrosPerDay);
      case TimeUnit::week:
        return add_whole(value, kDaysPerWeek, days_) && add_fractional_days(fraction, kDaysPerWeek);
      case TimeUnit::month:
        return add_whole(value, 1, months_) && add_fractional_days(fraction, kDaysPerMonth);
      case TimeUnit::year:
        return add_years(value, fraction, 1);
      case TimeUnit::decade:
        return add_years(value, fraction, 10);
      case TimeUnit::century:
        return add_years(value, fraction, 100);
      case TimeUnit::millennium:
        return add_years(value, fraction, 1000);
      default:
        return false;
    }
  }

  /// A time of day takes the place of what fractions of the days behind it left, as in PostgreSQL.
  void replace_micros(std::int64_t micros) { micros_ = micros; }

  [[nodiscard]] bool negate() {
    return !__builtin_sub_overflow(0, micros_, &micros_) && !__builtin_sub_overflow(0, days_, &days_) &&
           !__builtin_sub_overflow(0, months_, &months_) && !__builtin_sub_overflow(0, years_, &years_);
  }

  /// Nothing where years and months are too many together.
  [[nodiscard]] std::optional<Interval> result() const {
    std::int32_t months = 0;
    if (__builtin_mul_overflow(years_, kMonthsPerYear, &months) || __builtin_add_overflow(months, months_, &months))
      return std::nullopt;
    return Interval{months, days_, micros_};
  }

 private:
  static constexpr int kDaysPerWeek = 7;
  static constexpr int kDaysPerMonth = 30;

  [[nodiscard]] static bool add_whole(std::int64_t value, std::int32_t scale, std::int32_t& to) {
    std::int32_t scaled = 0;
    return !__builtin_mul_overflow(value, scale, &scaled) && !__builtin_add_overflow(to, scaled, &to);
  }
  [[nodiscard]] bool add_micros(std::int64_t value, double fraction, std::int64_t scale) {
    std::int64_t scaled = 0;
    return !__builtin_mul_overflow(value, scale, &scaled) && !__builtin_add_overflow(micros_, scaled, &micros_) &&
           add_fraction(fraction, scale);
  }
  /// Microseconds, rounded to the nearest, halves towards zero.
  [[nodiscard]] bool add_fraction(double fraction, std::int64_t scale) {
    const double exact = fraction * static_cast<double>(scale);
    const auto whole = static_cast<std::int64_t>(exact);
    const double rest = exact - static_cast<double>(whole);
    const int rounding = static_cast<int>(rest > 0.5) - static_cast<int>(rest < -0.5);
    return !__builtin_add_overflow(micros_, whole, &micros_) && !__builtin_add_overflow(micros_, rounding, &micros_);
  }
  [[nodiscard]] bool add_fractional_days(double fraction, int scale) {
    const double exact = fraction * scale;
    const auto whole = static_cast<std::int32_t>(exact);
    return !__builtin_add_overflow(days_, whole, &days_) && add_fraction(exact - whole, kMicrosPerDay);
  }
  [[nodiscard]] bool add_years(std::int64_t value, double fraction, std::int32_t scale) {
    const auto extra = static_cast<std::int32_t>(std::nearbyint(fraction * scale * kMonthsPerYear));
    return add_whole(value, scale, years_) && !__builtin_add_overflow(months_, extra, &months_);
  }

  std::int64_t micros_ = 0;
  std::int32_t days_ = 0;
  std::int32_t months_ = 0;
  std::int32_t years_ = 0;
};

}  // namespace kappa::processor

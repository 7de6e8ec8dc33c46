#pragma once
#include <cstdint>
#include <string_view>

#include "types/datetime_scan.hpp"

namespace kappa::processor {

/// A set of the parts a time is made of.
using FieldSet = std::uint32_t;
namespace field {
inline constexpr FieldSet kYear = 1U << 0;
inline constexpr FieldSet kMonth = 1U << 1;
inline constexpr FieldSet kDay = 1U << 2;
inline constexpr FieldSet kYearDay = 1U << 3;
inline constexpr FieldSet kHour = 1U << 4;
inline constexpr FieldSet kMinute = 1U << 5;
inline constexpr FieldSet kSecond = 1U << 6;
inline constexpr FieldSet kMicros = 1U << 7;
inline constexpr FieldSet kZone = 1U << 8;
inline constexpr FieldSet kDaylightSaving = 1U << 9;
inline constexpr FieldSet kWeekday = 1U << 10;
inline constexpr FieldSet kMeridiem = 1U << 11;
inline constexpr FieldSet kEra = 1U << 12;
inline constexpr FieldSet kReserved = 1U << 13;
inline constexpr FieldSet kDate = kYear | kMonth | kDay;
inline constexpr FieldSet kTime = kHour | kMinute | kSecond | kMicros;
}  // namespace field

/// The parts of a time while its text is being read, and the rules by which a bare number finds its part: by what is
/// there already, by how many digits it has, and by the order month, day, year.
class DatetimeFields {
 public:
  std::int64_t year = 0;
  std::int64_t month = 0;
  std::int64_t day = 0;
  std::int64_t year_day = 0;
  std::int64_t hour = 0;
  std::int64_t minute = 0;
  std::int64_t second = 0;
  std::int64_t micros = 0;
  bool short_year = false;   ///< The year was written with one or two digits.
  bool named_month = false;  ///< The month was written as a word.

  [[nodiscard]] bool has(FieldSet set) const { return (found_ & set) == set; }
  [[nodiscard]] bool has_any(FieldSet set) const { return (found_ & set) != 0; }
  [[nodiscard]] FieldSet found() const { return found_; }

  /// Marks parts as found; a part found twice is a bad format.
  [[nodiscard]] TimeFault mark(FieldSet set);

  /// A date in one piece: 2015-07-15, 15-Jul-2015, 7/15/2015, 2015.196.
  [[nodiscard]] TimeFault take_date(std::string_view text);
  /// A number alone.
  [[nodiscard]] TimeFault take_number(std::string_view text);
  /// Digits run together: 20150715, 040506, 040506.789.
  [[nodiscard]] TimeFault take_run(std::string_view text);
  /// Likewise where the date is known, so it is a time.
  [[nodiscard]] TimeFault take_time_run(std::string_view text);
  [[nodiscard]] TimeFault take_clock(std::string_view text);

 private:
  [[nodiscard]] TimeFault take_single(std::string_view text, bool month_is_named);
  [[nodiscard]] TimeFault place(std::size_t length, std::int64_t value, bool month_is_named);
  [[nodiscard]] TimeFault take_run(std::string_view text, FieldSet known);

  FieldSet found_ = 0;
};

}  // namespace kappa::processor

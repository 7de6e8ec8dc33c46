#pragma once
#include <optional>
#include <string_view>

namespace kappa::processor {

/// What a word in a time's text, or the name of a field, stands for. Units are in the order of their size.
enum class WordKind {
  month,
  weekday,
  meridiem,
  era,
  ignored,
  label,     ///< A unit named before its number: y2001.
  iso_time,  ///< The T before a time.
  zone,
  daylight_saving,
  epoch,
  infinity,
  minus_infinity,
  midnight,
  clock,  ///< now, today: refused.
  unit,
  ago
};

enum class TimeUnit {
  microsecond,
  millisecond,
  second,
  minute,
  hour,
  day,
  week,
  month,
  quarter,
  year,
  decade,
  century,
  millennium,
  // Only fields of extract, and labels.
  julian,
  day_of_week,
  iso_day_of_week,
  day_of_year,
  iso_year,
  epoch,
  iso_time,
  time_zone,
  time_zone_hour,
  time_zone_minute
};

struct Word {
  WordKind kind = WordKind::ignored;
  int value = 0;  ///< Month 1-12, 0 am or 1 pm, 0 AD or 1 BC.
  TimeUnit unit = TimeUnit::second;
};

/// A word of a timestamp or date, without zones; in lower case.
[[nodiscard]] std::optional<Word> find_datetime_word(std::string_view word);
/// An abbreviation of a time zone, as PostgreSQL's default set has them; in lower case.
[[nodiscard]] bool is_zone_abbreviation(std::string_view word);
/// A unit of an interval, `ago`; in lower case.
[[nodiscard]] std::optional<Word> find_interval_word(std::string_view word);

}  // namespace kappa::processor

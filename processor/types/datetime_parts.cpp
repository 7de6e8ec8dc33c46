// date_trunc and extract. Centuries and millennia begin with year 1, decades with year 0; weeks are ISO's, which begin
// on Monday and belong to the year of their Thursday. An infinite time has infinite years, and no months.

#include <algorithm>
#include <array>
#include <optional>

#include "kappa/base/utf8.hpp"
#include "types/calendar.hpp"
#include "types/datetime_words.hpp"
#include "types/scalar_error.hpp"

namespace kappa::processor {
namespace {

constexpr std::string_view kTimestampType = "timestamp without time zone";
constexpr std::size_t kIdentifierMax = 63;

/// A field's name as PostgreSQL reads it: lower case, cut like any identifier. Nothing is allocated.
class FieldName {
 public:
  explicit FieldName(std::string_view name) : length_(std::min(name.size(), kIdentifierMax)) {
    if (length_ < name.size())
      while (length_ > 0 && !begins_character(name[length_])) --length_;
    std::transform(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(length_), bytes_.begin(), to_lower);
  }
  [[nodiscard]] std::string_view text() const { return {bytes_.data(), length_}; }

 private:
  std::array<char, kIdentifierMax> bytes_{};
  std::size_t length_;
};

[[nodiscard]] std::unexpected<RowError> not_recognized(const FieldName& name, std::string_view type) {
  return row_error(kInvalidParameterValue, fmt::format("unit \"{}\" not recognized for type {}", name.text(), type));
}
[[nodiscard]] std::unexpected<RowError> not_supported(const FieldName& name, std::string_view type) {
  return row_error(kFeatureNotSupported, fmt::format("unit \"{}\" not supported for type {}", name.text(), type));
}

[[nodiscard]] std::int64_t iso_day_of_week(std::int64_t days) {
  return floor_modulo(days + 3, 7) + 1;
}

/// The year that the ISO week of a day belongs to: its Thursday's.
[[nodiscard]] std::int64_t iso_year(std::int64_t days) {
  return civil_from_days(days - iso_day_of_week(days) + 4).year;
}
[[nodiscard]] std::int64_t iso_week(std::int64_t days) {
  const std::int64_t thursday = days - iso_day_of_week(days) + 4;
  return (thursday - days_from_civil({civil_from_days(thursday).year, 1, 1})) / 7 + 1;
}

/// The number of a century or millennium, which there is no zeroth of: the first before Christ is -1.
[[nodiscard]] std::int64_t period_number(std::int64_t year, std::int64_t length) {
  const std::int64_t period = floor_divide(year - 1, length);
  return period >= 0 ? period + 1 : period;
}

[[nodiscard]] std::int64_t written_year(std::int64_t year) {
  return year > 0 ? year : year - 1;
}

/// The first day of the period around a date; for units from a day up.
[[nodiscard]] std::int64_t first_day(std::int64_t days, TimeUnit unit) {
  const CivilDate date = civil_from_days(days);
  switch (unit) {
    case TimeUnit::week:
      return days - iso_day_of_week(days) + 1;
    case TimeUnit::month:
      return days_from_civil({date.year, date.month, 1});
    case TimeUnit::quarter:
      return days_from_civil({date.year, (date.month - 1) / 3 * 3 + 1, 1});
    case TimeUnit::year:
      return days_from_civil({date.year, 1, 1});
    case TimeUnit::decade:
      return days_from_civil({floor_divide(date.year, 10) * 10, 1, 1});
    case TimeUnit::century:
      return days_from_civil({floor_divide(date.year - 1, 100) * 100 + 1, 1, 1});
    case TimeUnit::millennium:
      return days_from_civil({floor_divide(date.year - 1, 1000) * 1000 + 1, 1, 1});
    default:
      return days;
  }
}

/// Microseconds of the units below a day.
[[nodiscard]] std::optional<std::int64_t> unit_micros(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::microsecond:
      return 1;
    case TimeUnit::millisecond:
      return 1000;
    case TimeUnit::second:
      return kMicrosPerSecond;
    case TimeUnit::minute:
      return kMicrosPerMinute;
    case TimeUnit::hour:
      return kMicrosPerHour;
    default:
      return std::nullopt;
  }
}

[[nodiscard]] Numeric whole(std::int64_t value) {
  return {value, 0, Numeric::Kind::finite};
}
[[nodiscard]] Numeric decimal(std::int64_t value, std::int16_t scale) {
  return {value, scale, Numeric::Kind::finite};
}

/// The fields that a date has; nothing for the others.
[[nodiscard]] std::optional<std::int64_t> extract_of_day(TimeUnit unit, std::int64_t days) {
  const CivilDate date = civil_from_days(days);
  switch (unit) {
    case TimeUnit::day:
      return date.day;
    case TimeUnit::week:
      return iso_week(days);
    case TimeUnit::month:
      return date.month;
    case TimeUnit::quarter:
      return (date.month - 1) / 3 + 1;
    case TimeUnit::year:
      return written_year(date.year);
    case TimeUnit::decade:
      return floor_divide(date.year, 10);
    case TimeUnit::century:
      return period_number(date.year, 100);
    case TimeUnit::millennium:
      return period_number(date.year, 1000);
    case TimeUnit::julian:
      return days + kEpochJulianDay;
    case TimeUnit::day_of_week:
      return iso_day_of_week(days) % 7;
    case TimeUnit::iso_day_of_week:
      return iso_day_of_week(days);
    case TimeUnit::day_of_year:
      return days - days_from_civil({date.year, 1, 1}) + 1;
    case TimeUnit::iso_year:
      return written_year(iso_year(days));
    default:
      return std::nullopt;
  }
}

/// Whether a field grows for ever, so that an infinite time has an infinite one.
[[nodiscard]] bool grows(TimeUnit unit) {
  return unit == TimeUnit::year || unit == TimeUnit::decade || unit == TimeUnit::century ||
         unit == TimeUnit::millennium || unit == TimeUnit::julian || unit == TimeUnit::iso_year ||
         unit == TimeUnit::epoch;
}

[[nodiscard]] std::optional<Numeric> extract_of_infinity(TimeUnit unit, bool positive) {
  if (!grows(unit)) return std::nullopt;
  return Numeric{0, 0, positive ? Numeric::Kind::positive_infinity : Numeric::Kind::negative_infinity};
}

/// The unit a field's name means; the error where none, or a keyword that is no field.
[[nodiscard]] Scalar<TimeUnit> find_field(const FieldName& name, std::string_view type) {
  if (const std::optional<Word> word = find_interval_word(name.text())) {
    if (word->kind == WordKind::unit) return word->unit;
    return not_recognized(name, type);
  }
  const std::optional<Word> word = find_datetime_word(name.text());
  if (!word) return not_recognized(name, type);
  switch (word->kind) {
    case WordKind::label:
      return word->unit;
    case WordKind::epoch:
      return TimeUnit::epoch;
    case WordKind::infinity:
    case WordKind::minus_infinity:
    case WordKind::midnight:
    case WordKind::clock:
      return not_supported(name, type);
    default:
      return not_recognized(name, type);
  }
}

[[nodiscard]] Scalar<std::optional<Numeric>> extract_finite(TimeUnit unit, const FieldName& name,
                                                            std::int64_t timestamp) {
  const std::int64_t days = floor_divide(timestamp, kMicrosPerDay);
  const std::int64_t time_of_day = timestamp - days * kMicrosPerDay;
  const std::int64_t micros_of_minute = time_of_day % kMicrosPerMinute;
  switch (unit) {
    case TimeUnit::microsecond:
      return whole(micros_of_minute);
    case TimeUnit::millisecond:
      return decimal(micros_of_minute, 3);
    case TimeUnit::second:
      return decimal(micros_of_minute, 6);
    case TimeUnit::minute:
      return whole(time_of_day / kMicrosPerMinute % 60);
    case TimeUnit::hour:
      return whole(time_of_day / kMicrosPerHour);
    case TimeUnit::epoch:
      return decimal(timestamp, 6);
    case TimeUnit::julian: {
      const Scalar<Numeric> part_of_day = divide(whole(time_of_day), whole(kMicrosPerDay));
      if (!part_of_day) return std::unexpected(part_of_day.error());
      return add(whole(days + kEpochJulianDay), *part_of_day);
    }
    default:
      if (const std::optional<std::int64_t> value = extract_of_day(unit, days)) return whole(*value);
      return not_supported(name, kTimestampType);
  }
}

}  // namespace

Scalar<std::int64_t> date_trunc(std::string_view field, std::int64_t timestamp) {
  if (is_infinite(timestamp)) return timestamp;
  const FieldName name(field);
  const std::optional<Word> word = find_interval_word(name.text());
  if (!word || word->kind != WordKind::unit) return not_recognized(name, kTimestampType);
  if (const std::optional<std::int64_t> micros = unit_micros(word->unit))
    return floor_divide(timestamp, *micros) * *micros;
  if (word->unit > TimeUnit::millennium) return not_supported(name, kTimestampType);
  std::int64_t result = 0;
  if (!micros_from_days(first_day(floor_divide(timestamp, kMicrosPerDay), word->unit), 0, result))
    return row_error(kDatetimeFieldOverflow, "timestamp out of range");
  return result;
}

Scalar<std::optional<Numeric>> extract_timestamp(std::string_view field, std::int64_t timestamp) {
  const FieldName name(field);
  const Scalar<TimeUnit> unit = find_field(name, kTimestampType);
  if (!unit) return std::unexpected(unit.error());
  if (is_infinite(timestamp)) return extract_of_infinity(*unit, timestamp > 0);
  return extract_finite(*unit, name, timestamp);
}

Scalar<std::optional<Numeric>> extract_date(std::string_view field, std::int32_t date) {
  constexpr std::string_view kDateType = "date";
  constexpr std::int64_t kSecondsPerDay = 86'400;
  const FieldName name(field);
  const Scalar<TimeUnit> unit = find_field(name, kDateType);
  if (!unit) return std::unexpected(unit.error());
  const bool has_field = *unit == TimeUnit::epoch || extract_of_day(*unit, 0).has_value();
  if (!has_field) return not_supported(name, kDateType);
  if (is_infinite_date(date)) return extract_of_infinity(*unit, date > 0);
  if (*unit == TimeUnit::epoch) return whole(date * kSecondsPerDay);
  return whole(*extract_of_day(*unit, date));
}

}  // namespace kappa::processor

#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kappa/base/units.hpp"

namespace kappa::cli {

/// Appends RFC 3339 to the microsecond, UTC: `2025-01-01T00:00:00.000000Z`. Years outside 0000 to 9999, which RFC 3339
/// does not have, get a sign and six digits, so that every Micros has a text and take_rfc3339 gives it back.
void put_rfc3339(Micros time, std::string& to);
[[nodiscard]] std::string rfc3339(Micros time);

enum class Zone : std::uint8_t { required, utc_if_absent };

/// The inverse, and every other RFC 3339 time: `T`, `t` or a blank, any fraction (finer than a microsecond is rounded,
/// halves up), `Z` or an offset. nullopt where it is none.
[[nodiscard]] std::optional<Micros> take_rfc3339(std::string_view text, Zone zone);

/// How `append --timestamp-format` reads a field.
///   rfc3339  a string with a zone
///   unix_s, unix_ms, unix_us  a number, or a string that is one; a fraction is taken to the microsecond
///   automatic  RFC 3339 (UTC where there is no zone), or a number: seconds below 10^11, milliseconds below 10^14,
///              microseconds below 10^17, each in absolute value; refused from there on
enum class TimestampFormat : std::uint8_t { automatic, rfc3339, unix_s, unix_ms, unix_us };

/// The format of that name (`auto` for automatic).
[[nodiscard]] std::optional<TimestampFormat> timestamp_format(std::string_view name);

[[nodiscard]] std::optional<Micros> take_timestamp(std::string_view text, TimestampFormat format);

/// A calendar date as days since 1970-01-01 (proleptic Gregorian).
[[nodiscard]] std::int64_t days_of_date(std::int64_t year, std::int64_t month, std::int64_t day);

}  // namespace kappa::cli

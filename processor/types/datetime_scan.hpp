#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "kappa/processor/value.hpp"

namespace kappa::processor {

/// Why a text is no time.
enum class TimeFault {
  none,
  bad_format,
  field_overflow,
  interval_overflow,
  zone_overflow,
  unknown_zone,  ///< A zone by its full name; only abbreviations, offsets and POSIX rules are known.
  clock          ///< now, today and the like.
};

/// PostgreSQL's error for a fault in a text; `type` as its messages name it, `word` the zone or keyword at fault.
[[nodiscard]] RowError time_error(TimeFault fault, std::string_view type, std::string_view text, std::string_view word);

/// Takes an integer (sign allowed) off the front; leaves `rest` as it was where there is none, then value is 0.
/// False where the value is beyond [-max - 1, max].
[[nodiscard]] bool take_integer(std::string_view& rest, std::int64_t max, std::int64_t& value);
inline constexpr std::int64_t kInt32Max = 2'147'483'647;

/// A whole text ".123" as a number below one; "." is 0. False where it is none.
[[nodiscard]] bool read_fraction(std::string_view text, double& fraction);
/// Likewise, as microseconds rounded half to even.
[[nodiscard]] bool read_fractional_second(std::string_view text, std::int64_t& micros);

/// hh:mm, hh:mm:ss.fff, or mm:ss.fff. Only the hour is not checked against an upper limit.
struct ClockTime {
  std::int64_t hour = 0;
  std::int64_t minute = 0;
  std::int64_t second = 0;
  std::int64_t micros = 0;
};
[[nodiscard]] TimeFault read_clock(std::string_view text, ClockTime& time);

/// Checks an offset from UTC (+8, -08:30, +0830); its value means nothing to types without a zone.
[[nodiscard]] TimeFault check_zone_offset(std::string_view text);

/// Whether a text names a zone by its own rules, as POSIX has it: est5edt, gmt+3.
[[nodiscard]] bool is_posix_zone(std::string_view text);

}  // namespace kappa::processor

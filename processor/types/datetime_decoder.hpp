#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "types/datetime_scan.hpp"

namespace kappa::processor {

enum class TimeMeaning { calendar, epoch, infinity, minus_infinity };

/// The outcome of decode_datetime. Unless there is a fault, `days` since 1970-01-01 and `time_of_day` in microseconds
/// (up to some days, where a text says 24:00 or hour 30) are those of the calendar.
struct DecodedTime {
  TimeFault fault = TimeFault::none;
  TimeMeaning meaning = TimeMeaning::calendar;
  std::int64_t days = 0;
  std::int64_t time_of_day = 0;
  std::string word;  ///< The zone or keyword at fault.
};

/// PostgreSQL's limits on the pieces of a text, in bytes.
inline constexpr std::size_t kTimestampTextMax = 128 + 25;
inline constexpr std::size_t kDateTextMax = 128 + 1;

/// Any text of a timestamp or date that PostgreSQL accepts with DateStyle ISO, MDY, but for zones by full name. Zones
/// are checked and ignored. A date's range is not checked.
[[nodiscard]] DecodedTime decode_datetime(std::string_view text, std::size_t bytes_max);

[[nodiscard]] inline RowError time_error(const DecodedTime& decoded, std::string_view type, std::string_view text) {
  return time_error(decoded.fault, type, text, decoded.word);
}

}  // namespace kappa::processor

// Text of timestamp and date. Almost every text of an event has one plain form, which is read by position; whatever
// differs from it by a byte goes to the general decoder, which also words the error.

#include <optional>

#include "types/calendar.hpp"
#include "types/datetime_decoder.hpp"
#include "types/iso_timestamp.hpp"
#include "types/scalar_error.hpp"

namespace kappa::processor {
namespace {

/// Digits at [at, at + count) of a text; negative where one is none.
[[nodiscard]] int digits_at(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (!is_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

constexpr std::size_t kDateLength = 10;  // 2015-07-15

[[nodiscard]] std::optional<std::int64_t> plain_days(std::string_view text) {
  if (text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = digits_at(text, 0, 4);
  const int month = digits_at(text, 5, 2);
  const int day = digits_at(text, 8, 2);
  if (year < 1 || month < 1 || month > kMonthsPerYear || day < 1 || day > days_in_month(year, month))
    return std::nullopt;
  return days_from_civil({year, month, day});
}

/// The text of a time while it is written: long enough for the longest, so that it is appended at once.
class TimeText {
 public:
  /// At least `width` digits, more where the value needs them.
  void put(std::int64_t value, int width) {
    std::int64_t limit = 10;
    for (int i = 1; i < width; ++i) limit *= 10;
    for (; value >= limit; ++width) limit *= 10;
    char* at = end_ + width;
    for (end_ = at; width > 0; --width, value /= 10) *--at = static_cast<char>('0' + value % 10);
  }
  void put(char c) { *end_++ = c; }

  void put_date(const CivilDate& date) {
    put(date.year > 0 ? date.year : 1 - date.year, 4);
    put('-');
    put(date.month, 2);
    put('-');
    put(date.day, 2);
  }
  void put_clock(const CivilTime& time) {
    put(time.hour, 2);
    put(':');
    put(time.minute, 2);
    put(':');
    put(time.second, 2);
    if (time.micros == 0) return;
    put('.');
    put(time.micros, 6);
    while (end_[-1] == '0') --end_;
  }
  void finish(const CivilDate& date, std::string& to) const {
    to.append(bytes_, static_cast<std::size_t>(end_ - bytes_));
    if (date.year <= 0) to.append(" BC");
  }

 private:
  char bytes_[64];
  char* end_ = bytes_;
};

[[nodiscard]] std::unexpected<RowError> out_of_range(std::string_view type, std::string_view text) {
  return row_error(kDatetimeFieldOverflow, fmt::format("{} out of range: \"{}\"", type, text));
}

/// PostgreSQL counts from 2000 and takes a sum above zero for an overflow if its day was two or more before: the end of
/// 1999 with a time of more than a day, which "t 804073" can say, is refused.
[[nodiscard]] bool is_over_by_sign(const DecodedTime& decoded, std::int64_t result) {
  constexpr std::int64_t kDay2000 = days_from_civil({.year = 2000, .month = 1, .day = 1});
  return decoded.days < kDay2000 - 1 && result > kDay2000 * kMicrosPerDay;
}

}  // namespace

Scalar<std::int64_t> parse_timestamp(std::string_view text) {
  const bool in_utc = text.ends_with('Z');  // Ignored as any zone, but the one that programs write.
  if (const auto plain = iso_timestamp(in_utc ? text.substr(0, text.size() - 1) : text)) return *plain;
  const DecodedTime decoded = decode_datetime(text, kTimestampTextMax);
  if (decoded.fault != TimeFault::none) return std::unexpected(time_error(decoded, "timestamp", text));
  if (decoded.meaning == TimeMeaning::infinity) return kTimestampInfinity;
  if (decoded.meaning == TimeMeaning::minus_infinity) return kTimestampMinusInfinity;
  if (decoded.meaning == TimeMeaning::epoch) return 0;
  std::int64_t result = 0;
  const bool known = decoded.days >= kFirstDay && decoded.days <= kLastDay;
  if (!known || !micros_from_days(decoded.days, decoded.time_of_day, result)) return out_of_range("timestamp", text);
  if (is_over_by_sign(decoded, result)) return out_of_range("timestamp", text);
  return result;
}

Scalar<std::int32_t> parse_date(std::string_view text) {
  if (text.size() == kDateLength)
    if (const std::optional<std::int64_t> plain = plain_days(text)) return static_cast<std::int32_t>(*plain);
  const DecodedTime decoded = decode_datetime(text, kDateTextMax);
  if (decoded.fault != TimeFault::none) return std::unexpected(time_error(decoded, "date", text));
  if (decoded.meaning == TimeMeaning::infinity) return kDateInfinity;
  if (decoded.meaning == TimeMeaning::minus_infinity) return kDateMinusInfinity;
  if (decoded.meaning == TimeMeaning::epoch) return 0;
  if (decoded.days < kFirstDay || decoded.days > kLastDay) return out_of_range("date", text);
  return static_cast<std::int32_t>(decoded.days);
}

void format_timestamp(std::int64_t value, std::string& to) {
  if (is_infinite(value)) {
    to.append(value == kTimestampInfinity ? "infinity" : "-infinity");
    return;
  }
  const CivilTime time = civil_from_micros(value);
  TimeText text;
  text.put_date(time.date);
  text.put(' ');
  text.put_clock(time);
  text.finish(time.date, to);
}

void format_date(std::int32_t value, std::string& to) {
  if (is_infinite_date(value)) {
    to.append(value == kDateInfinity ? "infinity" : "-infinity");
    return;
  }
  const CivilDate date = civil_from_days(value);
  TimeText text;
  text.put_date(date);
  text.finish(date, to);
}

}  // namespace kappa::processor

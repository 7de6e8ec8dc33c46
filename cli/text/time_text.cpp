// Times as text, over the whole range of 64-bit microseconds: <chrono>'s years are 16-bit and end at 32767, ours at
// 294247. Days and dates are converted through years that begin in March, so that the leap day is the last of its
// year and month lengths follow a straight line.
#include "text/time_text.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <limits>
#include <utility>

namespace kappa::cli {
namespace {

using Wide = __int128;  // Intermediate sums leave 64 bits at both ends of the range.

constexpr Micros kSecond = 1'000'000;
constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kDaysIn400Years = 146'097;
constexpr std::int64_t kEpochFromMarchZero = 719'468;  // Days from 0000-03-01 to 1970-01-01.

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

struct Date {
  std::int64_t year;
  std::int64_t month;
  std::int64_t day;
};

Date date_of_days(std::int64_t days) {
  const std::int64_t shifted = days + kEpochFromMarchZero;
  const std::int64_t era = floor_div(shifted, kDaysIn400Years);
  const std::int64_t in_era = shifted - era * kDaysIn400Years;
  const std::int64_t year = (in_era - in_era / 1460 + in_era / 36'524 - in_era / 146'096) / 365;
  const std::int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
  const std::int64_t march_month = (5 * in_year + 2) / 153;
  const std::int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
  return {era * 400 + year + (month <= 2 ? 1 : 0), month, in_year - (153 * march_month + 2) / 5 + 1};
}

std::int64_t days_in_month(std::int64_t year, std::int64_t month) {
  constexpr std::array<std::int64_t, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

/// Takes text apart from its front; every function says whether it found what it wanted.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool take(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    taken_ = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] char taken() const { return taken_; }

  bool number(std::size_t digits, std::int64_t& value) {
    if (rest_.size() < digits) return false;
    value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return false;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    return true;
  }
  std::string_view digits() {
    const std::size_t count = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    const std::string_view found = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return found;
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  char taken_ = '\0';
};

/// `0.FRACTION` in units of 10^-digits, rounded with halves up.
std::int64_t scaled_fraction(std::string_view fraction, std::size_t digits) {
  std::int64_t value = 0;
  for (std::size_t i = 0; i < digits; ++i) value = value * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  return value + (fraction.size() > digits && fraction[digits] >= '5' ? 1 : 0);
}

bool take_date(Cursor& cursor, Date& date) {
  const bool is_long = cursor.take("+-");
  const bool negative = is_long && cursor.taken() == '-';
  if (!cursor.number(is_long ? 6 : 4, date.year)) return false;
  if (negative) date.year = -date.year;
  const bool shaped =
      cursor.take("-") && cursor.number(2, date.month) && cursor.take("-") && cursor.number(2, date.day);
  return shaped && date.month >= 1 && date.month <= 12 && date.day >= 1 &&
         date.day <= days_in_month(date.year, date.month);
}

bool take_clock(Cursor& cursor, std::int64_t& seconds, std::int64_t& micros) {
  std::int64_t hour = 0;
  std::int64_t minute = 0;
  std::int64_t second = 0;
  const bool shaped = cursor.number(2, hour) && cursor.take(":") && cursor.number(2, minute) && cursor.take(":") &&
                      cursor.number(2, second);
  if (!shaped || hour > 23 || minute > 59 || second > 60) return false;  // 60: a leap second is the next second.
  seconds = (hour * 60 + minute) * 60 + second;
  micros = 0;
  if (!cursor.take(".")) return true;
  const std::string_view fraction = cursor.digits();
  micros = scaled_fraction(fraction, 6);
  return !fraction.empty();
}

bool take_zone(Cursor& cursor, Zone zone, std::int64_t& offset_seconds) {
  offset_seconds = 0;
  if (cursor.at_end()) return zone == Zone::utc_if_absent;
  if (cursor.take("Zz")) return true;
  if (!cursor.take("+-")) return false;
  const std::int64_t sign = cursor.taken() == '-' ? -1 : 1;
  std::int64_t hours = 0;
  std::int64_t minutes = 0;
  if (!cursor.number(2, hours) || !cursor.take(":") || !cursor.number(2, minutes)) return false;
  offset_seconds = sign * (hours * 60 + minutes) * 60;
  return hours <= 23 && minutes <= 59;
}

/// The smallest Micros stands for "no timestamp", so it is no time.
std::optional<Micros> to_micros(Wide micros) {
  if (micros <= std::numeric_limits<Micros>::min() || micros > std::numeric_limits<Micros>::max()) return std::nullopt;
  return static_cast<Micros>(micros);
}

/// Micros of one unit and the digits by which it is coarser than a microsecond.
struct Unit {
  Micros micros;
  std::size_t digits;
};

Unit unit_of(TimestampFormat format, Wide whole) {
  constexpr Wide kFirstMilliseconds = 100'000'000'000;
  constexpr Wide kFirstMicroseconds = kFirstMilliseconds * 1000;
  constexpr Wide kFirstUnknown = kFirstMicroseconds * 1000;
  const bool automatic = format == TimestampFormat::automatic;
  if (format == TimestampFormat::unix_s || (automatic && whole < kFirstMilliseconds)) return {kSecond, 6};
  if (format == TimestampFormat::unix_ms || (automatic && whole < kFirstMicroseconds)) return {1000, 3};
  if (format == TimestampFormat::unix_us || (automatic && whole < kFirstUnknown)) return {1, 0};
  return {0, 0};
}

std::optional<Micros> take_number(std::string_view text, TimestampFormat format) {
  constexpr std::size_t kDigitsMax = 19;
  Cursor cursor(text);
  const bool negative = cursor.take("-");
  const std::string_view whole_text = cursor.digits();
  if (whole_text.empty() || whole_text.size() > kDigitsMax) return std::nullopt;
  Wide whole = 0;
  for (const char digit : whole_text) whole = whole * 10 + (digit - '0');
  std::string_view fraction;
  if (cursor.take(".")) {
    fraction = cursor.digits();
    if (fraction.empty()) return std::nullopt;
  }
  const Unit unit = unit_of(format, whole);
  if (!cursor.at_end() || unit.micros == 0) return std::nullopt;
  const Wide micros = whole * unit.micros + scaled_fraction(fraction, unit.digits);
  return to_micros(negative ? -micros : micros);
}

}  // namespace

std::int64_t days_of_date(std::int64_t year, std::int64_t month, std::int64_t day) {
  const std::int64_t march_year = month <= 2 ? year - 1 : year;
  const std::int64_t era = floor_div(march_year, 400);
  const std::int64_t in_era = march_year - era * 400;
  const std::int64_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * kDaysIn400Years + in_era * 365 + in_era / 4 - in_era / 100 + in_year - kEpochFromMarchZero;
}

void put_rfc3339(Micros time, std::string& to) {
  const std::int64_t all_seconds = floor_div(time, kSecond);
  const std::int64_t days = floor_div(all_seconds, kDaySeconds);
  const std::int64_t seconds = all_seconds - days * kDaySeconds;
  const auto micros = static_cast<Micros>(static_cast<Wide>(time) - static_cast<Wide>(all_seconds) * kSecond);
  const Date date = date_of_days(days);
  const bool plain_year = date.year >= 0 && date.year <= 9999;
  const auto out = std::back_inserter(to);
  plain_year ? fmt::format_to(out, "{:04}", date.year) : fmt::format_to(out, "{:+07}", date.year);
  fmt::format_to(out, "-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", date.month, date.day, seconds / 3600, seconds / 60 % 60,
                 seconds % 60, micros);
}

std::string rfc3339(Micros time) {
  std::string text;
  put_rfc3339(time, text);
  return text;
}

std::optional<Micros> take_rfc3339(std::string_view text, Zone zone) {
  Cursor cursor(text);
  Date date{};
  std::int64_t seconds = 0;
  std::int64_t micros = 0;
  std::int64_t offset = 0;
  const bool shaped = take_date(cursor, date) && cursor.take("Tt ") && take_clock(cursor, seconds, micros) &&
                      take_zone(cursor, zone, offset) && cursor.at_end();
  if (!shaped) return std::nullopt;
  const Wide all = static_cast<Wide>(days_of_date(date.year, date.month, date.day)) * kDaySeconds + seconds - offset;
  return to_micros(all * kSecond + micros);
}

std::optional<TimestampFormat> timestamp_format(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, TimestampFormat>, 5> kFormats{
      {{"auto", TimestampFormat::automatic},
       {"rfc3339", TimestampFormat::rfc3339},
       {"unix_s", TimestampFormat::unix_s},
       {"unix_ms", TimestampFormat::unix_ms},
       {"unix_us", TimestampFormat::unix_us}}};
  for (const auto& [known, format] : kFormats) {
    if (known == name) return format;
  }
  return std::nullopt;
}

std::optional<Micros> take_timestamp(std::string_view text, TimestampFormat format) {
  if (format == TimestampFormat::rfc3339) return take_rfc3339(text, Zone::required);
  if (format != TimestampFormat::automatic) return take_number(text, format);
  const auto number = take_number(text, format);
  return number ? number : take_rfc3339(text, Zone::utc_if_absent);
}

}  // namespace kappa::cli

// A short way for timestamps as programs write them. What it accepts means the same to PostgreSQL's parser; what it
// does not goes there.
#include "types/iso_timestamp.hpp"

#include <chrono>

namespace kappa::processor {
namespace {

constexpr std::size_t kSecondsEnd = 19;  // Bytes of `YYYY-MM-DD HH:MM:SS`.
constexpr std::size_t kFractionDigitsMax = 6;

/// The number at [at, at + Digits), with a set bit in `bad` if any byte is no digit.
template <std::size_t Digits>
unsigned number(std::string_view text, std::size_t at, unsigned& bad) {
  unsigned value = 0;
  for (std::size_t i = 0; i < Digits; ++i) {
    const auto digit = static_cast<unsigned>(static_cast<unsigned char>(text[at + i])) - '0';
    bad |= digit > 9 ? 1 : 0;
    value = value * 10 + digit;
  }
  return value;
}

bool has_separators(std::string_view text) {
  return text[4] == '-' && text[7] == '-' && (text[10] == ' ' || text[10] == 'T') && text[13] == ':' && text[16] == ':';
}

/// Microseconds of what stands behind the seconds.
std::optional<std::int64_t> fraction(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] != '.' || text.size() < 2 || text.size() > 1 + kFractionDigitsMax) return std::nullopt;
  std::int64_t micros = 0;
  for (std::size_t i = 1; i <= kFractionDigitsMax; ++i) {
    const char c = i < text.size() ? text[i] : '0';
    if (c < '0' || c > '9') return std::nullopt;
    micros = micros * 10 + (c - '0');
  }
  return micros;
}

}  // namespace

std::optional<std::int64_t> iso_timestamp(std::string_view text) {
  if (text.size() < kSecondsEnd || !has_separators(text)) return std::nullopt;
  unsigned bad = 0;
  const unsigned year = number<4>(text, 0, bad);
  const unsigned month = number<2>(text, 5, bad);
  const unsigned day = number<2>(text, 8, bad);
  const unsigned hour = number<2>(text, 11, bad);
  const unsigned minute = number<2>(text, 14, bad);
  const unsigned second = number<2>(text, 17, bad);
  if (bad != 0 || year == 0 || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                                         std::chrono::day(day)};
  const std::optional<std::int64_t> micros = fraction(text.substr(kSecondsEnd));
  if (!date.ok() || !micros) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
  return seconds * 1'000'000 + *micros;
}

}  // namespace kappa::processor

// Text of double precision: the shortest decimal that reads back as the same number, in PostgreSQL's layout.
//
// PostgreSQL's shortest decimal differs from std::to_chars in one case. A decimal exactly half way between two doubles
// reads back as the one with the even mantissa, so to_chars may use it; PostgreSQL wants a decimal that reads back
// under any rounding and never does. 9007199254740993 and 1e23 are such halves. A half-way decimal is an integer times
// a power of two whose odd part has exactly one bit more than a mantissa; only there a longer decimal is searched.

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "types/double_scan.hpp"
#include "types/scalar_error.hpp"

namespace kappa::processor {
namespace {

constexpr std::string_view kTypeName = "double precision";
constexpr int kMantissaBits = std::numeric_limits<double>::digits;
constexpr int kDigitsMax = std::numeric_limits<double>::max_digits10;

/// Digits without point, and the power of ten of the first one: 1.25e3 is {"125", 3}.
struct Decimal {
  std::array<char, kDigitsMax> digits{};
  int count = 0;
  int exponent = 0;
};

/// Reads what to_chars writes in scientific form for a positive number: d[.ddd]e±xx.
[[nodiscard]] Decimal split_scientific(std::string_view text) {
  Decimal decimal;
  const std::size_t mark = text.find('e');
  for (const char c : text.substr(0, mark))
    if (c != '.') decimal.digits[static_cast<std::size_t>(decimal.count++)] = c;
  const std::string_view exponent = text.substr(text[mark + 1] == '+' ? mark + 2 : mark + 1);
  std::from_chars(exponent.data(), exponent.data() + exponent.size(), decimal.exponent);
  return decimal;
}

[[nodiscard]] bool is_half_way(const Decimal& decimal) {
  constexpr int kPowersOfFiveMax = 24;  // 5^24 has more bits than any half-way decimal of 17 digits can share.
  const int exponent = decimal.exponent - (decimal.count - 1);
  if (exponent < -kPowersOfFiveMax || exponent > kPowersOfFiveMax) return false;
  std::uint64_t digits = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(decimal.count); ++i)
    digits = digits * 10 + static_cast<std::uint64_t>(decimal.digits[i] - '0');
  for (int i = 0; i > exponent; --i) {
    if (digits % 5 != 0) return false;
    digits /= 5;
  }
  digits >>= std::countr_zero(digits);
  unsigned __int128 odd = digits;
  for (int i = 0; i < exponent; ++i) odd *= 5;
  constexpr unsigned __int128 kLeastHalf = static_cast<unsigned __int128>(1) << kMantissaBits;
  return odd > kLeastHalf && odd < 2 * kLeastHalf;
}

/// The shortest decimal of a positive finite number that is no half.
[[nodiscard]] Decimal shortest(double value) {
  char text[32];
  const auto [end, ignored] = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific);
  Decimal decimal = split_scientific({text, end});
  while (is_half_way(decimal) && decimal.count < kDigitsMax) {
    const auto longer = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, decimal.count);
    decimal = split_scientific({text, longer.ptr});
  }
  return decimal;
}

void lay_out_scientific(const Decimal& decimal, std::string& to) {
  to.push_back(decimal.digits[0]);
  if (decimal.count > 1) to.push_back('.');
  to.append(decimal.digits.data() + 1, static_cast<std::size_t>(decimal.count) - 1);
  to.append(decimal.exponent < 0 ? "e-" : "e+");
  const int magnitude = std::abs(decimal.exponent);
  if (magnitude < 10) to.push_back('0');
  format_integer(magnitude, to);
}

void lay_out_plain(const Decimal& decimal, std::string& to) {
  const auto count = static_cast<std::size_t>(decimal.count);
  if (decimal.exponent < 0) {
    to.append("0.").append(static_cast<std::size_t>(-decimal.exponent - 1), '0').append(decimal.digits.data(), count);
    return;
  }
  const auto whole = static_cast<std::size_t>(decimal.exponent) + 1;
  if (count <= whole) {
    to.append(decimal.digits.data(), count).append(whole - count, '0');
    return;
  }
  to.append(decimal.digits.data(), whole).append(1, '.').append(decimal.digits.data() + whole, count - whole);
}

[[nodiscard]] std::unexpected<RowError> out_of_range(std::string_view text) {
  return row_error(kNumericValueOutOfRange, fmt::format("\"{}\" is out of range for type {}", text, kTypeName));
}

[[nodiscard]] constexpr bool is_hex_start(char c) {
  return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f') || c == '.';
}

}  // namespace

// from_chars knows neither a leading plus nor 0x.
std::from_chars_result scan_double(std::string_view text, double& value) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  const bool negative = begin != end && *begin == '-';
  const char* digits = begin + (begin != end && (*begin == '-' || *begin == '+') ? 1 : 0);
  if (digits != end && *digits == '-') return {begin, std::errc::invalid_argument};
  std::from_chars_result result{begin, std::errc::invalid_argument};
  // A second sign, inf and nan are numbers to from_chars; behind 0x they are none.
  if (end - digits > 2 && digits[0] == '0' && to_lower(digits[1]) == 'x' && is_hex_start(digits[2]))
    result = std::from_chars(digits + 2, end, value, std::chars_format::hex);
  if (result.ec == std::errc::invalid_argument) result = std::from_chars(digits, end, value);
  if (negative) value = -value;
  return result;
}

Scalar<double> parse_double(std::string_view text) {
  const std::string_view number = trim_left(text);
  double value = 0;
  const auto [end, outcome] = scan_double(number, value);
  if (outcome == std::errc::invalid_argument) return invalid_syntax(kInvalidTextRepresentation, kTypeName, text);
  const auto length = static_cast<std::size_t>(end - number.data());
  if (outcome == std::errc::result_out_of_range) return out_of_range(number.substr(0, length));
  if (!trim_left(number.substr(length)).empty()) return invalid_syntax(kInvalidTextRepresentation, kTypeName, text);
  if (std::isnan(value)) return std::numeric_limits<double>::quiet_NaN();
  return value;
}

void format_double(double value, std::string& to) {
  if (std::isnan(value)) {
    to.append("NaN");
    return;
  }
  if (std::signbit(value)) to.push_back('-');
  const double magnitude = std::fabs(value);
  if (std::isinf(magnitude)) {
    to.append("Infinity");
  } else if (magnitude == 0) {
    to.push_back('0');
  } else {
    constexpr int kPlainFrom = -4;
    constexpr int kPlainBelow = 15;
    const Decimal decimal = shortest(magnitude);
    const bool plain = decimal.exponent >= kPlainFrom && decimal.exponent < kPlainBelow;
    plain ? lay_out_plain(decimal, to) : lay_out_scientific(decimal, to);
  }
}

int compare(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return static_cast<int>(std::isnan(a)) - static_cast<int>(std::isnan(b));
  return static_cast<int>(a > b) - static_cast<int>(a < b);
}

}  // namespace kappa::processor

// Text of numeric. One pass collects digits into the coefficient and counts those after the point; the count is the
// scale, so '1.50' keeps its zero. An exponent moves the point: towards the left it adds to the scale, towards the
// right it first uses up the scale and then multiplies.

#include <algorithm>
#include <limits>

#include "types/scalar_error.hpp"
#include "types/wide_decimal.hpp"

namespace kappa::processor {
namespace {

constexpr int kDisplayScaleMax = 16383;
constexpr std::int64_t kExponentLimit = std::numeric_limits<std::int32_t>::max() / 2;
constexpr int kDigitsPerWord = 19;
constexpr std::uint64_t kWordUnit = 10'000'000'000'000'000'000ULL;

/// What the digits of a text add up to.
struct Digits {
  UInt128 coefficient = 0;
  bool any = false;
  bool too_many = false;
  std::int64_t scale = 0;
};

void take_digits(std::string_view& rest, Digits& digits) {
  for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1)) {
    const auto digit = static_cast<unsigned>(rest.front() - '0');
    if (digits.coefficient >= power_of_ten(kNumericDigitsMax - 1)) digits.too_many = true;
    if (!digits.too_many) digits.coefficient = digits.coefficient * 10 + digit;
    digits.any = true;
  }
}

[[nodiscard]] Digits take_number(std::string_view& rest) {
  Digits digits;
  take_digits(rest, digits);
  if (rest.empty() || rest.front() != '.') return digits;
  rest.remove_prefix(1);
  const std::size_t before = rest.size();
  take_digits(rest, digits);
  digits.scale = static_cast<std::int64_t>(before - rest.size());
  return digits;
}

/// After the 'e': blanks and a sign may stand before the digits, as in C's strtol. Saturates.
[[nodiscard]] std::optional<std::int64_t> take_exponent(std::string_view& rest) {
  rest = trim_left(rest);
  const bool negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (negative || rest.front() == '+')) rest.remove_prefix(1);
  if (rest.empty() || !is_digit(rest.front())) return std::nullopt;
  std::int64_t exponent = 0;
  for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1))
    exponent = std::min(exponent * 10 + (rest.front() - '0'), kExponentLimit);
  return negative ? -exponent : exponent;
}

[[nodiscard]] std::unexpected<RowError> overflow() {
  return row_error(kNumericValueOutOfRange, "value overflows numeric format");
}

[[nodiscard]] std::optional<Numeric> parse_special(std::string_view word) {
  using Kind = Numeric::Kind;
  if (equals_ignoring_case(word, "nan")) return Numeric{0, 0, Kind::nan};
  const bool negative = !word.empty() && word.front() == '-';
  if (!word.empty() && (negative || word.front() == '+')) word.remove_prefix(1);
  if (!equals_ignoring_case(word, "infinity") && !equals_ignoring_case(word, "inf")) return std::nullopt;
  return Numeric{0, 0, negative ? Kind::negative_infinity : Kind::positive_infinity};
}

/// Moves the point, and checks the limits of coefficient and scale.
[[nodiscard]] Scalar<Numeric> place_point(Digits digits, std::int64_t exponent, bool negative) {
  if (digits.too_many || exponent >= kExponentLimit || exponent <= -kExponentLimit) return overflow();
  const std::int64_t scale = digits.scale - exponent;
  if (scale > kDisplayScaleMax) return overflow();
  const std::optional<UInt128> coefficient =
      scale >= 0 ? digits.coefficient : scale_up(digits.coefficient, static_cast<int>(-scale));
  if (!coefficient) return overflow();
  const auto value = static_cast<Int128>(*coefficient);
  return Numeric{negative ? -value : value, static_cast<std::int16_t>(std::max<std::int64_t>(scale, 0)),
                 Numeric::Kind::finite};
}

/// The plain form, "-123.45" with at most 18 digits and nothing around; no error, the general way decides.
[[nodiscard]] std::optional<Numeric> parse_plain(std::string_view text) {
  constexpr std::size_t kPlainMax = 18;
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  if (text.size() < 2 || text.size() > kPlainMax || !is_digit(text.front()) || !is_digit(text.back())) {
    if (text.size() != 1 || !is_digit(text.front())) return std::nullopt;
  }
  std::int64_t value = 0;
  std::size_t point = text.size() - 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.' && point == text.size() - 1) {
      point = i;
    } else if (is_digit(text[i])) {
      value = value * 10 + (text[i] - '0');
    } else {
      return std::nullopt;
    }
  }
  return Numeric{negative ? -value : value, static_cast<std::int16_t>(text.size() - 1 - point), Numeric::Kind::finite};
}

/// Writes `value` right-aligned before `end`, at least `least` digits; returns the first.
[[nodiscard]] char* write_digits(std::uint64_t value, int least, char* end) {
  for (int written = 0; value != 0 || written < least; ++written) {
    *--end = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return end;
}

}  // namespace

Scalar<Numeric> parse_numeric(std::string_view text) {
  if (const std::optional<Numeric> plain = parse_plain(text)) return *plain;
  std::string_view rest = trim_left(text);
  if (const std::optional<Numeric> special = parse_special(trim(rest))) return *special;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (negative || rest.front() == '+')) rest.remove_prefix(1);
  const Digits digits = take_number(rest);
  std::optional<std::int64_t> exponent = 0;
  if (digits.any && !rest.empty() && to_lower(rest.front()) == 'e') {
    rest.remove_prefix(1);
    exponent = take_exponent(rest);
  }
  if (!digits.any || !exponent) return invalid_syntax(kInvalidTextRepresentation, "numeric", text);
  // An exponent that large is refused while it is read, before what follows it.
  const bool huge = *exponent >= kExponentLimit || *exponent <= -kExponentLimit;
  if (!huge && !trim_left(rest).empty()) return invalid_syntax(kInvalidTextRepresentation, "numeric", text);
  return place_point(digits, *exponent, negative);
}

void format_numeric(const Numeric& value, std::string& to) {
  using Kind = Numeric::Kind;
  if (value.kind != Kind::finite) {
    to.append(value.kind == Kind::nan ? "NaN" : value.kind == Kind::negative_infinity ? "-Infinity" : "Infinity");
    return;
  }
  char buffer[2 * kDigitsPerWord + 2];
  char* const end = buffer + sizeof buffer;
  const UInt128 coefficient = magnitude(value.coefficient);
  const auto high = static_cast<std::uint64_t>(coefficient / kWordUnit);
  const auto low = static_cast<std::uint64_t>(coefficient % kWordUnit);
  char* first = write_digits(low, high != 0 ? kDigitsPerWord : 0, end);
  if (high != 0) first = write_digits(high, 0, first);
  const auto count = static_cast<std::size_t>(end - first);
  const auto scale = static_cast<std::size_t>(value.scale);
  if (value.coefficient < 0) to.push_back('-');
  if (count <= scale) {
    to.push_back('0');
  } else {
    to.append(first, count - scale);
  }
  if (scale == 0) return;
  to.push_back('.');
  if (count < scale) to.append(scale - count, '0');
  const std::size_t decimals = std::min(count, scale);
  to.append(end - decimals, decimals);
}

}  // namespace kappa::processor

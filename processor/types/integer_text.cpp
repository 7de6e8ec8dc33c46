// Text of boolean, integer and bigint. Integers are read as negative numbers, because only the negative side holds the
// least one; a number is out of range as soon as its digits are, whatever follows them, while what follows a number in
// range makes it a syntax error. That order decides which error PostgreSQL reports.

#include <charconv>
#include <limits>

#include "types/scalar_error.hpp"

namespace kappa::processor {
namespace {

template <typename T>
constexpr std::string_view kTypeName = sizeof(T) == 4 ? "integer" : "bigint";

template <typename T>
[[nodiscard]] std::unexpected<RowError> out_of_range(std::string_view text) {
  return row_error(kNumericValueOutOfRange,
                   fmt::format("value \"{}\" is out of range for type {}", text, kTypeName<T>));
}

template <typename T>
[[nodiscard]] Scalar<T> parse_signed(std::string_view text) {
  std::string_view rest = trim_left(text);
  const bool negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (negative || rest.front() == '+')) rest.remove_prefix(1);
  if (rest.empty() || !is_digit(rest.front())) return invalid_syntax(kInvalidTextRepresentation, kTypeName<T>, text);
  T value = 0;
  for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1)) {
    const T digit = static_cast<T>(rest.front() - '0');
    if (__builtin_mul_overflow(value, T{10}, &value) || __builtin_sub_overflow(value, digit, &value))
      return out_of_range<T>(text);
  }
  if (!trim_left(rest).empty()) return invalid_syntax(kInvalidTextRepresentation, kTypeName<T>, text);
  if (negative) return value;
  if (value == std::numeric_limits<T>::min()) return out_of_range<T>(text);
  return static_cast<T>(-value);
}

/// A prefix of `word` with at least `least` letters.
[[nodiscard]] bool abbreviates(std::string_view text, std::string_view word, std::size_t least) {
  return text.size() >= least && text.size() <= word.size() && equals_ignoring_case(text, word.substr(0, text.size()));
}

}  // namespace

Scalar<bool> parse_boolean(std::string_view text) {
  const std::string_view word = trim(text);
  if (abbreviates(word, "true", 1) || abbreviates(word, "yes", 1) || abbreviates(word, "on", 2) || word == "1")
    return true;
  if (abbreviates(word, "false", 1) || abbreviates(word, "no", 1) || abbreviates(word, "off", 2) || word == "0")
    return false;
  return invalid_syntax(kInvalidTextRepresentation, "boolean", text);
}

Scalar<std::int32_t> parse_integer(std::string_view text) {
  return parse_signed<std::int32_t>(text);
}
Scalar<std::int64_t> parse_bigint(std::string_view text) {
  return parse_signed<std::int64_t>(text);
}

void format_integer(std::int64_t value, std::string& to) {
  char digits[std::numeric_limits<std::int64_t>::digits10 + 2];
  to.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

}  // namespace kappa::processor

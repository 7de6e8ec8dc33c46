#pragma once
#include <fmt/format.h>

#include <expected>
#include <string>
#include <string_view>

#include "kappa/processor/scalar.hpp"
#include "kappa/processor/sqlstate.hpp"

namespace kappa::processor {

/// The error side of a Scalar.
[[nodiscard]] inline std::unexpected<RowError> row_error(const SqlState& state, std::string reason) {
  return std::unexpected(RowError{state, std::move(reason)});
}

/// A text that is no value of a type; `state` is 22007 for times and 22P02 for the rest.
[[nodiscard]] inline std::unexpected<RowError> invalid_syntax(const SqlState& state, std::string_view type,
                                                              std::string_view text) {
  return row_error(state, fmt::format("invalid input syntax for type {}: \"{}\"", type, text));
}

/// The blanks of C's isspace in locale C, which PostgreSQL allows around most values.
[[nodiscard]] constexpr bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
[[nodiscard]] constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] constexpr bool is_letter(char c) {
  return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}

[[nodiscard]] constexpr std::string_view trim_left(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}
[[nodiscard]] constexpr std::string_view trim(std::string_view text) {
  text = trim_left(text);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Case-insensitive in ASCII; `lower` is in lower case already.
[[nodiscard]] constexpr bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (to_lower(text[i]) != lower[i]) return false;
  return true;
}
[[nodiscard]] constexpr bool starts_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && equals_ignoring_case(text.substr(0, lower.size()), lower);
}

}  // namespace kappa::processor

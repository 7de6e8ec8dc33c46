#pragma once
#include <charconv>
#include <string_view>

namespace kappa::processor {

/// The longest front of a text that C's strtod takes for a number, without blanks before it: a sign, decimal or
/// hexadecimal digits, inf, nan.
[[nodiscard]] std::from_chars_result scan_double(std::string_view text, double& value);

}  // namespace kappa::processor

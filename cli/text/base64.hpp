#pragma once
#include <string>
#include <string_view>

namespace kappa::cli {

/// Appends the standard alphabet with padding (RFC 4648 §4).
void put_base64(std::string_view bytes, std::string& to);

/// Appends the bytes. Strict, so that one value has one text: padding required, no blanks, unused bits zero.
[[nodiscard]] bool take_base64(std::string_view text, std::string& to);

}  // namespace kappa::cli

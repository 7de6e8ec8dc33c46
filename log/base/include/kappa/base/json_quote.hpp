#pragma once
#include <string>
#include <string_view>

namespace kappa {

/// True for a byte that a JSON string holds as an escape only: quotes, backslashes, control characters.
[[nodiscard]] constexpr bool needs_json_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

/// Appends the text, which is UTF-8, as a JSON string with its quotes, escaped as PostgreSQL does.
inline void put_json_string(std::string_view text, std::string& to) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kEscaped = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  to.push_back('"');
  std::size_t plain = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!needs_json_escape(text[at])) [[likely]]
      continue;
    to.append(text, plain, at - plain);
    plain = at + 1;
    const std::size_t known = kEscaped.find(text[at]);
    const auto byte = static_cast<unsigned char>(text[at]);
    if (known != std::string_view::npos)
      to.append({'\\', kLetters[known]});
    else
      to.append({'\\', 'u', '0', '0', kHex[byte >> 4U], kHex[byte & 0xFU]});
  }
  to.append(text, plain);
  to.push_back('"');
}

}  // namespace kappa

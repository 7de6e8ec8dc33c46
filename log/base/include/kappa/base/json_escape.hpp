#pragma once
#include <algorithm>
#include <cstdint>
#include <expected>
#include <string_view>

#include "kappa/base/utf8.hpp"

namespace kappa {

/// What can be wrong with an escape of a JSON string (RFC 8259).
enum class EscapeFault : std::uint8_t { unknown_escape, bad_unicode_digits, lone_surrogate };

/// The UTF-16 unit of `\uXXXX` at the front of the text.
[[nodiscard]] inline std::expected<std::uint32_t, EscapeFault> unicode_unit(std::string_view text) {
  if (text.size() < 6 || !text.starts_with("\\u")) return std::unexpected(EscapeFault::bad_unicode_digits);
  std::uint32_t unit = 0;
  for (const char c : text.substr(2, 4)) {
    const char folded = static_cast<char>(c | 0x20);
    const bool letter = folded >= 'a' && folded <= 'f';
    if (!letter && (c < '0' || c > '9')) return std::unexpected(EscapeFault::bad_unicode_digits);
    unit = unit * 16 + static_cast<std::uint32_t>(letter ? folded - 'a' + 10 : c - '0');
  }
  return unit;
}

/// Takes the escape at the front, which begins with a backslash, off the text; both halves where it is a surrogate
/// pair. Returns the character it stands for. After lone_surrogate the text stands behind that half, after another
/// fault it is as it was.
[[nodiscard]] inline std::expected<std::uint32_t, EscapeFault> take_escape(std::string_view& text) {
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const char letter = text.size() > 1 ? text[1] : '\0';
  if (letter != 'u') {
    const std::size_t found = kLetters.find(letter);
    if (found == std::string_view::npos) return std::unexpected(EscapeFault::unknown_escape);
    text.remove_prefix(2);
    return static_cast<unsigned char>(kMeanings[found]);
  }
  const auto is_low = [](std::uint32_t unit) { return unit >= 0xdc00 && unit < 0xe000; };
  const auto unit = unicode_unit(text);
  if (!unit) return unit;
  text.remove_prefix(6);
  if (is_low(*unit)) return std::unexpected(EscapeFault::lone_surrogate);
  if (*unit < 0xd800 || *unit >= 0xdc00) return unit;
  const auto low = unicode_unit(text);
  if (!low || !is_low(*low)) return std::unexpected(EscapeFault::lone_surrogate);
  text.remove_prefix(6);
  return 0x10000 + ((*unit - 0xd800) << 10) + (*low - 0xdc00);
}

/// Decodes a string's inside, without its quotes, to `to`, which has room for inside.size() bytes: decoding never
/// lengthens. Returns the bytes written.
[[nodiscard]] inline std::expected<std::size_t, EscapeFault> decode_escapes(std::string_view inside, char* to) {
  const char* const begin = to;
  while (true) {
    const std::size_t plain = std::min(inside.find('\\'), inside.size());
    to = std::copy_n(inside.data(), plain, to);
    inside.remove_prefix(plain);
    if (inside.empty()) return static_cast<std::size_t>(to - begin);
    const auto code = take_escape(inside);
    if (!code) return std::unexpected(code.error());
    to = put_utf8(*code, to);
  }
}

}  // namespace kappa

#pragma once
#include <cstddef>
#include <string_view>

namespace kappa::processor {

/// True for a byte that begins a UTF-8 character.
[[nodiscard]] constexpr bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
}

[[nodiscard]] constexpr std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += begins_character(c) ? 1 : 0;
  return count;
}

/// Byte index behind the character that begins at `at`.
[[nodiscard]] constexpr std::size_t next_character(std::string_view text, std::size_t at) {
  do ++at;
  while (at < text.size() && !begins_character(text[at]));
  return at;
}

/// The text without its first `count` characters.
[[nodiscard]] constexpr std::string_view skip_characters(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (count-- > 0 && at < text.size()) at = next_character(text, at);
  return text.substr(at);
}

}  // namespace kappa::processor

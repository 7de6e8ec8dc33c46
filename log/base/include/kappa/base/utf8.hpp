#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kappa {

/// True for a byte that begins a UTF-8 character.
[[nodiscard]] constexpr bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
}

/// Of text that is UTF-8, as are the next ones.
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

/// Bytes of the first `count` characters.
[[nodiscard]] constexpr std::size_t prefix_bytes(std::string_view text, std::size_t count) {
  return text.size() - skip_characters(text, count).size();
}

/// Bytes that the first byte of a character announces; 1 where it announces nothing.
[[nodiscard]] constexpr std::size_t announced_bytes(unsigned char lead) {
  if (lead < 0xc0 || lead >= 0xf8) return 1;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/// Bytes of the valid character at the front of a text that is not empty; 0 where there is none. Overlong forms and
/// halves of surrogate pairs are none.
[[nodiscard]] constexpr std::size_t character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return 1;
  const std::size_t length = announced_bytes(byte(0));
  if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if (begins_character(text[i])) return 0;
  const bool overlong = (byte(0) == 0xe0 && byte(1) < 0xa0) || (byte(0) == 0xf0 && byte(1) < 0x90);
  const bool outside = (byte(0) == 0xed && byte(1) > 0x9f) || (byte(0) == 0xf4 && byte(1) > 0x8f);
  return overlong || outside ? 0 : length;
}

/// Writes a character as UTF-8, at most 4 bytes; returns where they end.
inline char* put_utf8(std::uint32_t code, char* to) {
  const auto tail = [&](int shift) { *to++ = static_cast<char>(0x80 | ((code >> shift) & 0x3f)); };
  if (code < 0x80) {
    *to++ = static_cast<char>(code);
  } else if (code < 0x800) {
    *to++ = static_cast<char>(0xc0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    *to++ = static_cast<char>(0xe0 | (code >> 12));
    tail(6), tail(0);
  } else {
    *to++ = static_cast<char>(0xf0 | (code >> 18));
    tail(12), tail(6), tail(0);
  }
  return to;
}
}  // namespace kappa

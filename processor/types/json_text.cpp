// The lexical side of JSON, off the hot path: escapes out and in, numbers, and the wording for bytes that are no UTF-8.
#include "types/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace kappa::processor {
namespace {

/// The letter of a short escape, or 0.
char short_escape(char c) {
  switch (c) {
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '"':
    case '\\':
      return c;
    default:
      return 0;
  }
}

/// What a short escape's letter stands for, or 0.
char unescape_short(char letter) {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case '"':
    case '\\':
    case '/':
      return letter;
    default:
      return 0;
  }
}

constexpr std::uint32_t kNoUnit = 0xffffffff;

/// The UTF-16 unit of `\uXXXX` at the front of the text, or kNoUnit.
std::uint32_t take_unit(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return kNoUnit;
  std::uint32_t unit = 0;
  for (const char c : text.substr(2, 4)) {
    const char folded = static_cast<char>(c | 0x20);
    const bool letter = folded >= 'a' && folded <= 'f';
    if (!letter && (c < '0' || c > '9')) return kNoUnit;
    unit = unit * 16 + static_cast<std::uint32_t>(letter ? folded - 'a' + 10 : c - '0');
  }
  return unit;
}

bool is_high(std::uint32_t unit) {
  return unit >= 0xd800 && unit < 0xdc00;
}
bool is_low(std::uint32_t unit) {
  return unit >= 0xdc00 && unit < 0xe000;
}

char* put_utf8(std::uint32_t code, char* to) {
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

/// Checks the `\u` escape, or pair of them, at the front and takes it off.
EscapeFault check_unicode(std::string_view& rest) {
  const std::uint32_t unit = take_unit(rest);
  if (unit == kNoUnit) return EscapeFault::bad_unicode_digits;
  if (unit == 0) return EscapeFault::zero;
  rest.remove_prefix(6);
  if (is_low(unit)) return EscapeFault::lone_surrogate;
  if (!is_high(unit)) return EscapeFault::none;
  const std::uint32_t second = take_unit(rest);
  if (second == kNoUnit || !is_low(second)) return EscapeFault::lone_surrogate;
  rest.remove_prefix(6);
  return EscapeFault::none;
}

std::size_t skip_digits(std::string_view text, std::size_t from) {
  while (from < text.size() && text[from] >= '0' && text[from] <= '9') ++from;
  return from;
}

/// Bytes that PostgreSQL names when the sequence at the front is wrong: as many as its first byte announces.
std::size_t announced_length(unsigned char lead) {
  if (lead < 0xc0) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 1;
}

/// Length of the valid character at the front, or 0.
std::size_t valid_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t length = announced_length(byte(0));
  if (length == 1) return byte(0) > 0 && byte(0) < 0x80 ? 1 : 0;
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  if (byte(0) < 0xc2 || byte(0) > 0xf4) return 0;
  if (byte(0) == 0xe0 && byte(1) < 0xa0) return 0;
  if (byte(0) == 0xed && byte(1) > 0x9f) return 0;
  if (byte(0) == 0xf0 && byte(1) < 0x90) return 0;
  return byte(0) == 0xf4 && byte(1) > 0x8f ? 0 : length;
}

}  // namespace

void append_json_string(std::string_view text, std::string& to) {
  to.push_back('"');
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') [[likely]]
      continue;
    to.append(text, copied, i - copied);
    copied = i + 1;
    if (const char letter = short_escape(c); letter != 0)
      to.append({'\\', letter});
    else
      fmt::format_to(std::back_inserter(to), "\\u{:04x}", static_cast<unsigned>(c));
  }
  to.append(text, copied);
  to.push_back('"');
}

EscapeFault check_escapes(std::string_view inside) {
  std::string_view rest = inside;
  while (true) {
    rest.remove_prefix(std::min(rest.find('\\'), rest.size()));
    if (rest.empty()) return EscapeFault::none;
    if (rest.size() > 1 && rest[1] == 'u') {
      if (const EscapeFault fault = check_unicode(rest); fault != EscapeFault::none) return fault;
      continue;
    }
    if (rest.size() < 2 || unescape_short(rest[1]) == 0) return EscapeFault::unknown_escape;
    rest.remove_prefix(2);
  }
}

std::size_t decode_escapes(std::string_view inside, char* to) {
  char* const start = to;
  std::string_view rest = inside;
  while (!rest.empty()) {
    const std::size_t plain = std::min(rest.find('\\'), rest.size());
    to = std::copy_n(rest.data(), plain, to);
    rest.remove_prefix(plain);
    if (rest.empty()) break;
    if (rest[1] != 'u') {
      *to++ = unescape_short(rest[1]);
      rest.remove_prefix(2);
      continue;
    }
    std::uint32_t code = take_unit(rest);
    rest.remove_prefix(6);
    if (is_high(code)) {
      code = 0x10000 + ((code - 0xd800) << 10) + (take_unit(rest) - 0xdc00);
      rest.remove_prefix(6);
    }
    to = put_utf8(code, to);
  }
  return static_cast<std::size_t>(to - start);
}

bool is_json_number(std::string_view text) {
  std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
  const std::size_t whole = at;
  at = skip_digits(text, at);
  if (at == whole || (text[whole] == '0' && at > whole + 1)) return false;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = at + 1;
    at = skip_digits(text, fraction);
    if (at == fraction) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = at;
    at = skip_digits(text, exponent);
    if (at == exponent) return false;
  }
  return at == text.size();
}

std::string utf8_fault(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = valid_length(text);
    if (length == 0) break;
    text.remove_prefix(length);
  }
  if (text.empty()) return {};
  std::string reason = "invalid byte sequence for encoding \"UTF8\":";
  const std::size_t length = std::min(announced_length(static_cast<unsigned char>(text[0])), text.size());
  for (const char c : text.substr(0, length))
    fmt::format_to(std::back_inserter(reason), " 0x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return reason;
}

}  // namespace kappa::processor

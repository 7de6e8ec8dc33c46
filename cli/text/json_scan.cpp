// A scanner of our own rather than a parser, because the envelope must hand a payload on byte for byte: numbers beyond
// 2^53, repeated members, blanks inside. It is iterative with a bounded stack, so that no input can exhaust ours.
#include "text/json_scan.hpp"

#include <simdjson.h>

#include <array>
#include <cstdint>

namespace kappa::cli {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::optional<std::uint32_t> hex_digit(char c) {
  if (is_digit(c)) return static_cast<std::uint32_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint32_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint32_t>(c - 'A' + 10);
  return std::nullopt;
}

/// Bytes of a string that end the fast path: quote, backslash, control characters.
constexpr std::array<bool, 256> kSpecial = [] {
  std::array<bool, 256> special{};
  for (std::size_t c = 0; c < 0x20; ++c) special[c] = true;
  special['"'] = special['\\'] = true;
  return special;
}();

constexpr std::size_t kHexDigits = 4;

/// The code unit of `\uXXXX` whose backslash is at `at`; checked by the scanner before.
std::uint32_t code_unit(std::string_view text, std::size_t at) {
  std::uint32_t unit = 0;
  for (std::size_t i = 0; i < kHexDigits; ++i) unit = (unit << 4U) | hex_digit(text[at + 2 + i]).value_or(0);
  return unit;
}

void put_utf8(std::uint32_t code, std::string& to) {
  const auto put = [&to](std::uint32_t byte) { to.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) return put(0xC0U | (code >> 6U)), put(0x80U | (code & 0x3FU));
  if (code < 0x10000)
    return put(0xE0U | (code >> 12U)), put(0x80U | ((code >> 6U) & 0x3FU)), put(0x80U | (code & 0x3FU));
  put(0xF0U | (code >> 18U)), put(0x80U | ((code >> 12U) & 0x3FU));
  put(0x80U | ((code >> 6U) & 0x3FU)), put(0x80U | (code & 0x3FU));
}

bool is_high_surrogate(std::uint32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low_surrogate(std::uint32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

/// Resolves the `\uXXXX` at `at`, with the second half of a pair; moves past it.
bool unescape_unicode(std::string_view inside, std::size_t& at, std::string& to) {
  constexpr std::size_t kEscape = 2 + kHexDigits;
  const std::uint32_t unit = code_unit(inside, at);
  at += kEscape;
  if (is_low_surrogate(unit)) return false;
  if (!is_high_surrogate(unit)) return put_utf8(unit, to), true;
  if (inside.size() < at + kEscape || inside.substr(at, 2) != "\\u") return false;
  const std::uint32_t low = code_unit(inside, at);
  at += kEscape;
  if (!is_low_surrogate(low)) return false;
  put_utf8(0x10000 + ((unit - 0xD800) << 10U) + (low - 0xDC00), to);
  return true;
}

char unescape_short(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    default:
      return c;
  }
}

}  // namespace

void JsonScanner::skip_blanks() {
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
}

char JsonScanner::peek() {
  skip_blanks();
  return at_ < text_.size() ? text_[at_] : '\0';
}

bool JsonScanner::take(char punctuation) {
  if (peek() != punctuation || at_ == text_.size()) return false;
  ++at_;
  return true;
}

bool JsonScanner::at_end() {
  skip_blanks();
  return at_ == text_.size();
}

std::optional<std::string_view> JsonScanner::take_value() {
  skip_blanks();
  const std::size_t begin = at_;
  if (!skip_nested()) return std::nullopt;
  return text_.substr(begin, at_ - begin);
}

std::optional<std::string_view> JsonScanner::take_string() {
  skip_blanks();
  const std::size_t begin = at_;
  if (!skip_string()) return std::nullopt;
  return text_.substr(begin + 1, at_ - begin - 2);
}

bool JsonScanner::skip_nested() {
  std::array<char, kJsonDepthMax> closers;
  std::size_t depth = 0;
  for (;;) {
    const char next = peek();
    const bool opens = next == '{' || next == '[';
    if (opens) {
      if (depth == closers.size()) return false;
      ++at_;
      closers[depth++] = next == '{' ? '}' : ']';
      if (peek() != closers[depth - 1]) {
        if (next == '{' && !skip_name()) return false;
        continue;
      }
    } else if (!skip_scalar()) {
      return false;
    }
    while (depth > 0 && take(closers[depth - 1])) --depth;
    if (depth == 0) return true;
    if (!take(',')) return false;
    if (closers[depth - 1] == '}' && !skip_name()) return false;
  }
}

bool JsonScanner::skip_name() {
  skip_blanks();
  return skip_string() && take(':');
}

bool JsonScanner::skip_scalar() {
  switch (peek()) {
    case '"':
      return skip_string();
    case 't':
      return skip_word("true");
    case 'f':
      return skip_word("false");
    case 'n':
      return skip_word("null");
    default:
      return skip_number();
  }
}

bool JsonScanner::skip_string() {
  if (at_ == text_.size() || text_[at_] != '"') return false;
  ++at_;
  while (at_ < text_.size()) {
    if (!kSpecial[static_cast<unsigned char>(text_[at_])]) {
      ++at_;
    } else if (text_[at_] == '"') {
      ++at_;
      return true;
    } else if (!skip_escape()) {
      return false;
    }
  }
  return false;
}

bool JsonScanner::skip_escape() {
  if (text_[at_] != '\\' || text_.size() - at_ < 2) return false;
  const char escaped = text_[at_ + 1];
  if (escaped != 'u') {
    if (std::string_view("\"\\/bfnrt").find(escaped) == std::string_view::npos) return false;
    at_ += 2;
    return true;
  }
  if (text_.size() - at_ < 2 + kHexDigits) return false;
  for (std::size_t i = 0; i < kHexDigits; ++i) {
    if (!hex_digit(text_[at_ + 2 + i])) return false;
  }
  at_ += 2 + kHexDigits;
  return true;
}

bool JsonScanner::skip_digits() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  return at_ != begin;
}

bool JsonScanner::skip_number() {
  const auto next_is = [this](char c) { return at_ < text_.size() && text_[at_] == c; };
  if (next_is('-')) ++at_;
  if (next_is('0')) {
    ++at_;
  } else if (!skip_digits()) {
    return false;
  }
  if (next_is('.')) {
    ++at_;
    if (!skip_digits()) return false;
  }
  if (!next_is('e') && !next_is('E')) return true;
  ++at_;
  if (next_is('+') || next_is('-')) ++at_;
  return skip_digits();
}

bool JsonScanner::skip_word(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) return false;
  at_ += word.size();
  return true;
}

bool is_bare_json(std::string_view text) {
  JsonScanner scanner(text);
  const auto value = scanner.take_value();
  return value && value->size() == text.size();
}

bool unescape_json(std::string_view inside, std::string& to) {
  for (std::size_t at = 0; at < inside.size();) {
    const std::size_t backslash = std::min(inside.find('\\', at), inside.size());
    to.append(inside.substr(at, backslash - at));
    at = backslash;
    if (at == inside.size()) return true;
    if (inside[at + 1] == 'u') {
      if (!unescape_unicode(inside, at, to)) return false;
    } else {
      to.push_back(unescape_short(inside[at + 1]));
      at += 2;
    }
  }
  return true;
}

void put_json_string(std::string_view text, std::string& to) {
  constexpr std::string_view kHex = "0123456789abcdef";
  to.push_back('"');
  std::size_t plain = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (!kSpecial[byte]) continue;
    to.append(text.substr(plain, at - plain));
    plain = at + 1;
    switch (text[at]) {
      case '"':
        to += "\\\"";
        break;
      case '\\':
        to += "\\\\";
        break;
      case '\n':
        to += "\\n";
        break;
      case '\r':
        to += "\\r";
        break;
      case '\t':
        to += "\\t";
        break;
      default:
        to += "\\u00";
        to.push_back(kHex[byte >> 4U]);
        to.push_back(kHex[byte & 0xFU]);
    }
  }
  to.append(text.substr(plain));
  to.push_back('"');
}

std::string json_string(std::string_view text) {
  std::string quoted;
  put_json_string(text, quoted);
  return quoted;
}

bool valid_utf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace kappa::cli

// The lexical side of JSON, off the hot path: escapes out, numbers, and the wording for bytes that are no UTF-8.
#include "types/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "kappa/base/utf8.hpp"

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

std::size_t skip_digits(std::string_view text, std::size_t from) {
  while (from < text.size() && text[from] >= '0' && text[from] <= '9') ++from;
  return from;
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
    const std::size_t length = character_bytes(text);
    if (length == 0 || text.front() == '\0') break;
    text.remove_prefix(length);
  }
  if (text.empty()) return {};
  std::string reason = "invalid byte sequence for encoding \"UTF8\":";
  // As many as the first one announces.
  const std::size_t length = std::min(announced_bytes(static_cast<unsigned char>(text[0])), text.size());
  for (const char c : text.substr(0, length))
    fmt::format_to(std::back_inserter(reason), " 0x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return reason;
}

}  // namespace kappa::processor

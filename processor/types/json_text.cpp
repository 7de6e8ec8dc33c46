// The lexical side of JSON, off the hot path: numbers, and the wording for bytes that are no UTF-8.
#include "types/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "kappa/base/utf8.hpp"

namespace kappa::processor {
namespace {

std::size_t skip_digits(std::string_view text, std::size_t from) {
  while (from < text.size() && text[from] >= '0' && text[from] <= '9') ++from;
  return from;
}

}  // namespace

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

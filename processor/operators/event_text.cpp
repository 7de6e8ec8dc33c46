#include "operators/event_text.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "types/json_text.hpp"

namespace kappa::processor {

std::string event_value_text(Bytes value) {
  const std::string_view bytes = as_text(value);
  if (utf8_fault(bytes).empty()) return std::string(bytes);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "\\x";
  text.reserve(2 + 2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string shortened(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  constexpr unsigned kContinuationMask = 0xC0;
  constexpr unsigned kContinuation = 0x80;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<std::uint8_t>(text[end]) & kContinuationMask) == kContinuation) --end;
  const std::string length = fmt::format("… ({} bytes)", text.size());
  text.resize(end);
  return text + length;
}

}  // namespace kappa::processor

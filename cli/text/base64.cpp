#include "text/base64.hpp"

#include <cstdint>

namespace kappa::cli {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
}

}  // namespace

void put_base64(std::string_view bytes, std::string& to) {
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::uint32_t group = (byte_at(bytes, at) << 16U) | (byte_at(bytes, at + 1) << 8U) | byte_at(bytes, at + 2);
    to.push_back(kAlphabet[(group >> 18U) & 63U]);
    to.push_back(kAlphabet[(group >> 12U) & 63U]);
    to.push_back(at + 1 < bytes.size() ? kAlphabet[(group >> 6U) & 63U] : '=');
    to.push_back(at + 2 < bytes.size() ? kAlphabet[group & 63U] : '=');
  }
}

bool take_base64(std::string_view text, std::string& to) {
  if (text.size() % 4 != 0) return false;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const std::string_view quad = text.substr(at, 4);
    const bool last = at + 4 == text.size();
    const std::size_t padding = last ? (quad.ends_with("==") ? 2 : quad.ends_with('=') ? 1 : 0) : 0;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const std::size_t digit = i < 4 - padding ? kAlphabet.find(quad[i]) : 0;
      if (digit == std::string_view::npos) return false;
      group = (group << 6U) | static_cast<std::uint32_t>(digit);
    }
    if ((group & ((1U << (8 * padding)) - 1U)) != 0) return false;
    for (std::size_t i = 0; i < 3 - padding; ++i) to.push_back(static_cast<char>((group >> (16U - 8U * i)) & 0xFFU));
  }
  return true;
}

}  // namespace kappa::cli

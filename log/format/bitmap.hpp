#pragma once
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "kappa/base/bytes.hpp"

namespace kappa::log {

/// A bit for each of some things: thing i is bit i mod 8 of byte i / 8.
[[nodiscard]] inline std::size_t bitmap_bytes(std::uint64_t things) {
  return static_cast<std::size_t>((things + 7) / 8);
}

[[nodiscard]] inline bool has_bit(Bytes bitmap, std::uint64_t thing) {
  return ((bitmap[thing / 8] >> (thing % 8)) & std::byte{1}) != std::byte{0};
}

inline void set_bit(std::span<std::byte> bitmap, std::uint64_t thing) {
  bitmap[thing / 8] |= std::byte{1} << (thing % 8);
}

/// How many of the things [begin, end) have their bit. What the bitmap is too short for has none.
[[nodiscard]] inline std::uint64_t bits_in(Bytes bitmap, std::uint64_t begin, std::uint64_t end) {
  std::uint64_t bits = 0;
  for (std::uint64_t at = begin; at < end && at / 8 < bitmap.size();) {
    const unsigned low = at % 8;
    const auto count = static_cast<unsigned>(std::min<std::uint64_t>(8 - low, end - at));
    const unsigned mask = ((1U << count) - 1U) << low;
    bits += static_cast<unsigned>(std::popcount(std::to_integer<unsigned>(bitmap[at / 8]) & mask));
    at += count;
  }
  return bits;
}

}  // namespace kappa::log

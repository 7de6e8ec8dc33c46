#pragma once
#include <cstdint>
#include <cstring>

namespace kappa::processor {

/// Eight characters at once, the first in the lowest byte.
[[nodiscard]] inline std::uint64_t load_eight(const char* from) {
  std::uint64_t eight = 0;
  std::memcpy(&eight, from, sizeof eight);
  return eight;
}

/// Eight characters of which the first `count` (1 to 8) count: with as many zeros in front as are missing. Eight bytes
/// must be readable.
[[nodiscard]] inline std::uint64_t load_digits(const char* from, std::size_t count) {
  constexpr std::uint64_t kZeros = 0x3030303030303030;
  const std::uint64_t eight = load_eight(from);
  return count == 8 ? eight : (eight << (64 - 8 * count)) | (kZeros >> (8 * count));
}

/// True if all eight are decimal digits.
[[nodiscard]] constexpr bool are_digits(std::uint64_t eight) {
  constexpr std::uint64_t kHigh = 0xf0f0f0f0f0f0f0f0;
  return ((eight & kHigh) | (((eight + 0x0606060606060606) & kHigh) >> 4)) == 0x3333333333333333;
}

/// The number that eight decimal digits make: pairs, then fours, then all, each step in one multiplication.
[[nodiscard]] constexpr std::uint64_t digits_value(std::uint64_t eight) {
  eight = (eight & 0x0f0f0f0f0f0f0f0f) * 2561 >> 8;
  eight = (eight & 0x00ff00ff00ff00ff) * 6553601 >> 16;
  return (eight & 0x0000ffff0000ffff) * 42949672960001 >> 32;
}

}  // namespace kappa::processor

#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <optional>

#include "kappa/processor/value.hpp"

/// The integers under Numeric: 128-bit coefficients of at most 38 digits, and 256-bit products of two of them.
namespace kappa::processor {

using UInt128 = unsigned __int128;

inline constexpr int kNumericDigitsMax = 38;

namespace wide_detail {
[[nodiscard]] consteval std::array<UInt128, kNumericDigitsMax + 1> powers_of_ten() {
  std::array<UInt128, kNumericDigitsMax + 1> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
}  // namespace wide_detail

/// 10^0 to 10^38.
inline constexpr auto kPowersOfTen = wide_detail::powers_of_ten();

[[nodiscard]] constexpr UInt128 power_of_ten(int exponent) {
  return kPowersOfTen[static_cast<std::size_t>(exponent)];
}

[[nodiscard]] constexpr UInt128 magnitude(Int128 value) {
  return value < 0 ? UInt128{0} - static_cast<UInt128>(value) : static_cast<UInt128>(value);
}
[[nodiscard]] constexpr bool fits_numeric(UInt128 coefficient) {
  return coefficient < kPowersOfTen.back();
}

/// Decimal digits, at most 39; 0 has none.
[[nodiscard]] constexpr int digit_count(UInt128 value) {
  if (value == 0) return 0;
  const auto high = static_cast<std::uint64_t>(value >> 64);
  const int bits = high != 0 ? 128 - std::countl_zero(high) : 64 - std::countl_zero(static_cast<std::uint64_t>(value));
  const int least = (bits * 1233) >> 12;  // 1233 / 4096 is a little more than log10(2).
  return least + (value >= power_of_ten(least) ? 1 : 0);
}

/// value · 10^exponent, or nothing where that has more than 38 digits.
[[nodiscard]] constexpr std::optional<UInt128> scale_up(UInt128 value, int exponent) {
  if (value == 0) return UInt128{0};
  if (digit_count(value) + exponent > kNumericDigitsMax) return std::nullopt;
  return value * power_of_ten(exponent);
}

/// value / 10^exponent, rounded half away from zero.
[[nodiscard]] constexpr UInt128 scale_down(UInt128 value, int exponent) {
  if (exponent > kNumericDigitsMax) return 0;
  const UInt128 unit = power_of_ten(exponent);
  const UInt128 rest = value % unit;
  return value / unit + (exponent > 0 && rest >= unit - rest ? 1 : 0);
}

/// high · 2^128 + low.
struct Wide {
  UInt128 high = 0;
  UInt128 low = 0;
};

[[nodiscard]] constexpr Wide multiply_wide(UInt128 a, UInt128 b) {
  constexpr int kHalf = 64;
  constexpr UInt128 kMask = ~std::uint64_t{0};
  const UInt128 low = (a & kMask) * (b & kMask);
  const UInt128 left = (a >> kHalf) * (b & kMask);
  const UInt128 right = (a & kMask) * (b >> kHalf);
  const UInt128 middle = (low >> kHalf) + (left & kMask) + (right & kMask);
  return {(a >> kHalf) * (b >> kHalf) + (left >> kHalf) + (right >> kHalf) + (middle >> kHalf),
          (middle << kHalf) | (low & kMask)};
}

struct Division {
  UInt128 quotient = 0;
  UInt128 remainder = 0;
};

/// Needs dividend.high < divisor, else the quotient has no room.
[[nodiscard]] constexpr Division divide_wide(const Wide& dividend, UInt128 divisor) {
  if (dividend.high == 0) return {dividend.low / divisor, dividend.low % divisor};
  Division result{0, dividend.high};
  for (int bit = 127; bit >= 0; --bit) {
    const bool carry = (result.remainder >> 127) != 0;
    result.remainder = (result.remainder << 1) | ((dividend.low >> bit) & 1);
    const bool takes = carry || result.remainder >= divisor;
    if (takes) result.remainder -= divisor;
    result.quotient = (result.quotient << 1) | (takes ? 1 : 0);
  }
  return result;
}

/// The remainder alone, of any dividend.
[[nodiscard]] constexpr UInt128 remainder_wide(const Wide& dividend, UInt128 divisor) {
  return divide_wide({dividend.high % divisor, dividend.low}, divisor).remainder;
}

}  // namespace kappa::processor

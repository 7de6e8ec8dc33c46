// A superaccumulator. A double is a 53-bit integer times a power of two from 2^-1074 on; it is added into a long
// fixed-point number as three 32-bit digits. The limbs are 64 bits wide and signed, so that carries may wait: each
// addition changes a limb by less than 2^34, and after 2^28 additions the carries are moved up. Values of like size
// share a few limbs, and only those exist.
//
// The result depends on the exact value alone: it is brought to digits of 32 bits with one sign, divided as a whole
// where an average is asked for, and rounded to nearest even from the digits below the last place and a sticky bit.
#include "operators/exact_double_sum.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace kappa::processor {
namespace {

using Unsigned128 = unsigned __int128;
constexpr std::uint64_t kDigitMask = 0xFFFF'FFFF;
constexpr std::uint32_t kAdditionsMax = 1U << 28;
constexpr int kMantissaBits = 52;
constexpr int kLeastExponent = -1074;
// Digits below 2^-1074 that a division may fill: a divisor of 64 bits and a rounding bit fit.
constexpr std::int32_t kFractionDigits = 3;

// Moves carries up, so that all limbs but the last are in [0, 2^32) and the last in [-2^31, 2^31).
void normalise(std::vector<std::int64_t>& limbs) {
  std::int64_t carry = 0;
  for (std::int64_t& limb : limbs) {
    limb += carry;
    carry = limb >> 32;
    limb &= static_cast<std::int64_t>(kDigitMask);
  }
  limbs.push_back(carry);
  while (limbs.size() > 1 && (limbs.back() == 0 || limbs.back() == -1)) {
    const std::int64_t below = limbs[limbs.size() - 2];
    const std::int64_t merged = limbs.back() * (std::int64_t{1} << 32) + below;
    if (merged < std::numeric_limits<std::int32_t>::min() || merged > std::numeric_limits<std::int32_t>::max()) break;
    limbs.pop_back();
    limbs.back() = merged;
  }
}

struct Magnitude {
  std::vector<std::uint32_t> digits;  // Least first, the first at 2^(kLeastExponent - 32 kFractionDigits).
  bool negative = false;
  bool inexact = false;  // Something below the first digit was cut off.
};

Magnitude magnitude_of(std::vector<std::int64_t> limbs, std::int32_t first) {
  normalise(limbs);
  Magnitude result;
  result.negative = limbs.back() < 0;
  if (result.negative) {
    for (std::int64_t& limb : limbs) limb = -limb;
    normalise(limbs);
  }
  result.digits.resize(static_cast<std::size_t>(first + kFractionDigits));
  for (const std::int64_t limb : limbs) result.digits.push_back(static_cast<std::uint32_t>(limb));
  return result;
}

void divide(Magnitude& value, std::uint64_t divisor) {
  Unsigned128 remainder = 0;
  for (std::size_t i = value.digits.size(); i-- > 0;) {
    const Unsigned128 part = remainder << 32 | value.digits[i];
    value.digits[i] = static_cast<std::uint32_t>(part / divisor);
    remainder = part % divisor;
  }
  value.inexact = remainder != 0;
}

double round_to_double(const Magnitude& value) {
  const std::vector<std::uint32_t>& digits = value.digits;
  const auto bit = [&](std::int64_t at) { return digits[static_cast<std::size_t>(at / 32)] >> (at % 32) & 1U; };
  std::int64_t top = static_cast<std::int64_t>(digits.size()) * 32 - 1;
  while (top >= 0 && bit(top) == 0) --top;
  constexpr std::int64_t kUnit = std::int64_t{32} * kFractionDigits;  // The bit that counts 2^-1074.
  const std::int64_t last = std::max(top - kMantissaBits, kUnit);
  std::uint64_t mantissa = 0;
  for (std::int64_t at = top; at >= last; --at) mantissa = mantissa << 1 | bit(at);
  bool sticky = value.inexact;
  for (std::int64_t at = 0; at < std::min(last - 1, top + 1) && !sticky; ++at) sticky = bit(at) != 0;
  const bool half = last - 1 <= top && bit(last - 1) != 0;
  if (half && (sticky || (mantissa & 1) != 0)) ++mantissa;
  const double rounded = std::ldexp(static_cast<double>(mantissa),
                                    static_cast<int>(last - kUnit) + kLeastExponent);  // Exact, or infinite.
  return value.negative ? -rounded : rounded;
}

}  // namespace

void ExactDoubleSum::add(double value, std::int64_t weight) {
  if (!std::isfinite(value)) return add_special(value, weight);
  if (value != 0 || !std::signbit(value)) not_negative_zeros_ += weight;
  if (value == 0) return;
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const auto exponent = static_cast<std::int32_t>(bits >> kMantissaBits & 0x7FF);
  std::uint64_t mantissa = bits & ((std::uint64_t{1} << kMantissaBits) - 1);
  if (exponent != 0) mantissa |= std::uint64_t{1} << kMantissaBits;
  const std::int32_t shift = exponent == 0 ? 0 : exponent - 1;
  const bool negative = std::signbit(value) != (weight < 0);
  const std::uint64_t times = weight < 0 ? 0 - static_cast<std::uint64_t>(weight) : static_cast<std::uint64_t>(weight);
  Unsigned128 product = Unsigned128{mantissa} * times;
  const std::int32_t limb = shift / 32;
  make_room(limb, limb + (product >> 64 == 0 ? 2 : 4));
  for (auto at = static_cast<std::size_t>(limb - first_); product != 0; product >>= 32, ++at) {
    const std::uint64_t digits = (static_cast<std::uint64_t>(product) & kDigitMask) << (shift % 32);
    const auto low = static_cast<std::int64_t>(digits & kDigitMask);
    const auto high = static_cast<std::int64_t>(digits >> 32);
    limbs_[at] += negative ? -low : low;
    limbs_[at + 1] += negative ? -high : high;
  }
  if (++additions_ < kAdditionsMax) return;
  normalise(limbs_);
  additions_ = 0;
}

void ExactDoubleSum::add_special(double value, std::int64_t weight) {
  not_negative_zeros_ += weight;
  if (std::isnan(value)) {
    nans_ += weight;
  } else {
    (value > 0 ? positive_infinities_ : negative_infinities_) += weight;
  }
}

void ExactDoubleSum::make_room(std::int32_t first, std::int32_t last) {
  if (limbs_.empty()) first_ = first;
  if (first < first_) {
    limbs_.insert(limbs_.begin(), static_cast<std::size_t>(first_ - first), 0);
    first_ = first;
  }
  const auto needed = static_cast<std::size_t>(last - first_ + 1);
  if (limbs_.size() < needed) {
    limbs_.reserve(needed);
    limbs_.resize(needed);
  }
}

double ExactDoubleSum::special() const {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (nans_ > 0 || (positive_infinities_ > 0 && negative_infinities_ > 0)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return positive_infinities_ > 0 ? kInfinity : -kInfinity;
}

double ExactDoubleSum::sum() const {
  if (has_special()) return special();
  const double rounded = limbs_.empty() ? 0.0 : round_to_double(magnitude_of(limbs_, first_));
  return rounded == 0 && not_negative_zeros_ == 0 ? -0.0 : rounded;
}

double ExactDoubleSum::quotient(std::uint64_t divisor) const {
  if (has_special()) return special();
  if (limbs_.empty()) return 0;
  Magnitude value = magnitude_of(limbs_, first_);
  divide(value, divisor);
  return round_to_double(value);
}

}  // namespace kappa::processor

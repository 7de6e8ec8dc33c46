// Arithmetic of numeric. PostgreSQL computes with unlimited digits and then keeps a display scale that follows from the
// scales of the arguments: the larger one for sums, their sum for products, and for quotients enough digits that at
// least 16 are significant. Here the coefficient is a 128-bit integer, and a result that needs more than 38 digits is
// PostgreSQL's overflow error; short of that every digit agrees. Intermediate values may need 76 digits, hence Wide.
//
// NaN swallows everything; infinities follow IEEE, but inf - inf is NaN and inf / 0 is an error like x / 0.

#include <algorithm>
#include <cmath>

#include "types/scalar_error.hpp"
#include "types/wide_decimal.hpp"

namespace kappa::processor {
namespace {

using Kind = Numeric::Kind;

constexpr int kDisplayScaleMax = 16383;

[[nodiscard]] bool is_infinite(const Numeric& a) {
  return a.kind == Kind::positive_infinity || a.kind == Kind::negative_infinity;
}
[[nodiscard]] int sign(const Numeric& a) {
  if (is_infinite(a)) return a.kind == Kind::positive_infinity ? 1 : -1;
  return static_cast<int>(a.coefficient > 0) - static_cast<int>(a.coefficient < 0);
}
[[nodiscard]] Numeric infinity(int sign) {
  return {0, 0, sign < 0 ? Kind::negative_infinity : Kind::positive_infinity};
}
constexpr Numeric kNan{0, 0, Kind::nan};

[[nodiscard]] std::unexpected<RowError> overflow() {
  return row_error(kNumericValueOutOfRange, "value overflows numeric format");
}
[[nodiscard]] std::unexpected<RowError> division_by_zero() {
  return row_error(kDivisionByZero, "division by zero");
}

[[nodiscard]] Scalar<Numeric> finite(bool negative, std::optional<UInt128> coefficient, int scale) {
  if (!coefficient || !fits_numeric(*coefficient) || scale > kDisplayScaleMax) return overflow();
  const auto value = static_cast<Int128>(*coefficient);
  return Numeric{negative ? -value : value, static_cast<std::int16_t>(scale), Kind::finite};
}

/// The sum of two finite numbers with `b` at a scale not above `a`'s.
[[nodiscard]] Scalar<Numeric> add_aligned(const Numeric& a, const Numeric& b) {
  const std::optional<UInt128> scaled = scale_up(magnitude(b.coefficient), a.scale - b.scale);
  if (!scaled) return overflow();
  const Int128 other = b.coefficient < 0 ? -static_cast<Int128>(*scaled) : static_cast<Int128>(*scaled);
  Int128 sum;
  if (__builtin_add_overflow(a.coefficient, other, &sum)) return overflow();
  return finite(sum < 0, magnitude(sum), a.scale);
}

/// A number as PostgreSQL stores it, in digits of base 10000: the place of the first one and its value.
struct LeadingDigit {
  int weight = 0;
  UInt128 digit = 0;
};

[[nodiscard]] LeadingDigit leading_digit(const Numeric& a) {
  if (a.coefficient == 0) return {};
  constexpr int kDecimalsPerDigit = 4;
  const UInt128 coefficient = magnitude(a.coefficient);
  const int digits = digit_count(coefficient);
  const int exponent = digits - 1 - a.scale;
  const int weight = (exponent >= 0 ? exponent : exponent - (kDecimalsPerDigit - 1)) / kDecimalsPerDigit;
  const int taken = exponent - weight * kDecimalsPerDigit + 1;
  if (digits >= taken) return {weight, coefficient / power_of_ten(digits - taken)};
  return {weight, coefficient * power_of_ten(taken - digits)};
}

/// Display scale of a quotient: 16 significant digits by a lower estimate of where it begins, and no fewer than either
/// argument has.
[[nodiscard]] int quotient_scale(const Numeric& a, const Numeric& b) {
  constexpr int kSignificantDigits = 16;
  constexpr int kDecimalsPerDigit = 4;
  constexpr int kQuotientScaleMax = 1000;
  const LeadingDigit of_a = leading_digit(a);
  const LeadingDigit of_b = leading_digit(b);
  const int weight = of_a.weight - of_b.weight - (of_a.digit <= of_b.digit ? 1 : 0);
  const int wanted = std::max({kSignificantDigits - weight * kDecimalsPerDigit, int{a.scale}, int{b.scale}});
  return std::min(wanted, kQuotientScaleMax);
}

/// round(a · 10^exponent / b), half away from zero; nothing where it has more than 38 digits.
[[nodiscard]] std::optional<UInt128> divide_scaled(UInt128 a, int exponent, UInt128 b) {
  if (a == 0) return UInt128{0};
  if (exponent < 0) {
    const std::optional<UInt128> divisor = scale_up(b, -exponent);
    if (!divisor) return UInt128{0};
    return divide_scaled(a, 0, *divisor);
  }
  // A quotient that begins beyond the 39th place overflows; below, the dividend has at most 77 digits.
  if (digit_count(a) + exponent - digit_count(b) > kNumericDigitsMax + 1) return std::nullopt;
  const int first = std::min(exponent, kNumericDigitsMax - digit_count(a));
  if (exponent - first > kNumericDigitsMax) return std::nullopt;
  const Wide dividend = multiply_wide(a * power_of_ten(first), power_of_ten(exponent - first));
  if (dividend.high >= b) return std::nullopt;
  const Division result = divide_wide(dividend, b);
  return result.quotient + (result.remainder >= b - result.remainder ? 1 : 0);
}

[[nodiscard]] Scalar<Numeric> divide_special(const Numeric& a, const Numeric& b) {
  if (a.kind == Kind::nan || b.kind == Kind::nan) return kNan;
  if (!is_infinite(a)) return Numeric{};
  if (is_infinite(b)) return kNan;
  if (sign(b) == 0) return division_by_zero();
  return infinity(sign(a) * sign(b));
}

[[nodiscard]] int compare_finite(const Numeric& a, const Numeric& b) {
  if (sign(a) != sign(b)) return sign(a) < sign(b) ? -1 : 1;
  if (a.scale < b.scale) return -compare_finite(b, a);
  const std::optional<UInt128> scaled = scale_up(magnitude(b.coefficient), a.scale - b.scale);
  const UInt128 of_a = magnitude(a.coefficient);
  // A number too wide for 38 digits at the other's scale is larger than the other, which has room there.
  const int by_magnitude = !scaled ? -1 : static_cast<int>(of_a > *scaled) - static_cast<int>(of_a < *scaled);
  return sign(a) * by_magnitude;
}

/// NaN above +Infinity above the finite above -Infinity.
[[nodiscard]] int rank(const Numeric& a) {
  if (a.kind == Kind::nan) return 2;
  return is_infinite(a) ? sign(a) : 0;
}

}  // namespace

Scalar<Numeric> add(const Numeric& a, const Numeric& b) {
  if (a.kind == Kind::finite && b.kind == Kind::finite)
    return a.scale >= b.scale ? add_aligned(a, b) : add_aligned(b, a);
  if (a.kind == Kind::nan || b.kind == Kind::nan) return kNan;
  if (is_infinite(a) && is_infinite(b)) return a.kind == b.kind ? a : kNan;
  return is_infinite(a) ? a : b;
}

Scalar<Numeric> subtract(const Numeric& a, const Numeric& b) {
  return add(a, negate(b));
}

Scalar<Numeric> multiply(const Numeric& a, const Numeric& b) {
  if (a.kind == Kind::nan || b.kind == Kind::nan) return kNan;
  if (is_infinite(a) || is_infinite(b)) return sign(a) * sign(b) == 0 ? kNan : infinity(sign(a) * sign(b));
  const Wide product = multiply_wide(magnitude(a.coefficient), magnitude(b.coefficient));
  if (product.high != 0) return overflow();
  return finite(sign(a) * sign(b) < 0, product.low, a.scale + b.scale);
}

Scalar<Numeric> divide(const Numeric& a, const Numeric& b) {
  if (a.kind != Kind::finite || b.kind != Kind::finite) return divide_special(a, b);
  if (b.coefficient == 0) return division_by_zero();
  const int scale = quotient_scale(a, b);
  return finite(sign(a) * sign(b) < 0,
                divide_scaled(magnitude(a.coefficient), scale - a.scale + b.scale, magnitude(b.coefficient)), scale);
}

Scalar<Numeric> modulo(const Numeric& a, const Numeric& b) {
  if (a.kind == Kind::nan || b.kind == Kind::nan) return kNan;
  if (!is_infinite(b) && b.coefficient == 0) return division_by_zero();
  if (is_infinite(a)) return kNan;
  if (is_infinite(b)) return a;
  const int scale = std::max(a.scale, b.scale);
  const std::optional<UInt128> divisor = scale_up(magnitude(b.coefficient), scale - b.scale);
  if (!divisor) return a;  // Then the scale is a's, and b, too wide at it, is larger than a.
  const int shift = std::min(scale - a.scale, kNumericDigitsMax);
  UInt128 remainder = remainder_wide(multiply_wide(magnitude(a.coefficient), power_of_ten(shift)), *divisor);
  for (int rest = scale - a.scale - shift; rest > 0; --rest)
    remainder = remainder_wide(multiply_wide(remainder, 10), *divisor);
  return finite(a.coefficient < 0, remainder, scale);
}

Numeric negate(const Numeric& a) {
  if (is_infinite(a)) return infinity(-sign(a));
  return {-a.coefficient, a.scale, a.kind};
}

Numeric absolute(const Numeric& a) {
  return sign(a) < 0 ? negate(a) : a;
}

int compare(const Numeric& a, const Numeric& b) {
  const int order = rank(a) - rank(b);
  if (order != 0) return order < 0 ? -1 : 1;
  return a.kind == Kind::finite ? compare_finite(a, b) : 0;
}

Scalar<Numeric> round_to_scale(const Numeric& a, int scale) {
  if (a.kind != Kind::finite) return a;
  if (scale >= a.scale) return finite(a.coefficient < 0, scale_up(magnitude(a.coefficient), scale - a.scale), scale);
  const UInt128 rounded = scale_down(magnitude(a.coefficient), a.scale - scale);
  return finite(a.coefficient < 0, scale_up(rounded, std::max(-scale, 0)), std::max(scale, 0));
}

Scalar<Numeric> apply_typmod(const Numeric& a, const Type& type) {
  if (type.precision < 0 || a.kind == Kind::nan) return a;
  const int scale = std::max<int>(type.scale, 0);
  const auto too_large = [] { return row_error(kNumericValueOutOfRange, "numeric field overflow"); };
  if (is_infinite(a)) return too_large();
  Scalar<Numeric> rounded = round_to_scale(a, scale);
  if (!rounded) return too_large();
  return digit_count(magnitude(rounded->coefficient)) > type.precision ? Scalar<Numeric>(too_large()) : rounded;
}

}  // namespace kappa::processor

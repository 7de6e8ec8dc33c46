#pragma once
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "kappa/processor/sqlstate.hpp"
#include "kappa/processor/value.hpp"

/// Checked arithmetic of integer, bigint and double precision with PostgreSQL's errors, made for loops over columns: a
/// function writes `result` and returns Fault::none, or returns what went wrong and leaves `result` as it was.
namespace kappa::processor {

enum class Fault : std::uint8_t {
  none,
  integer_out_of_range,
  bigint_out_of_range,
  float_overflow,
  float_underflow,
  division_by_zero
};

/// The error a fault stands for, worded as PostgreSQL does. Not for Fault::none.
[[nodiscard]] RowError fault_error(Fault fault);

template <typename T>
concept SqlInteger = std::is_same_v<T, std::int32_t> || std::is_same_v<T, std::int64_t>;

template <SqlInteger T>
inline constexpr Fault kOutOfRange = sizeof(T) == 4 ? Fault::integer_out_of_range : Fault::bigint_out_of_range;

template <SqlInteger T>
[[nodiscard]] inline Fault checked_add(T a, T b, T& result) {
  T sum;
  if (__builtin_add_overflow(a, b, &sum)) return kOutOfRange<T>;
  result = sum;
  return Fault::none;
}

template <SqlInteger T>
[[nodiscard]] inline Fault checked_subtract(T a, T b, T& result) {
  T difference;
  if (__builtin_sub_overflow(a, b, &difference)) return kOutOfRange<T>;
  result = difference;
  return Fault::none;
}

template <SqlInteger T>
[[nodiscard]] inline Fault checked_multiply(T a, T b, T& result) {
  T product;
  if (__builtin_mul_overflow(a, b, &product)) return kOutOfRange<T>;
  result = product;
  return Fault::none;
}

/// Truncates towards zero.
template <SqlInteger T>
[[nodiscard]] inline Fault checked_divide(T a, T b, T& result) {
  if (b == 0) return Fault::division_by_zero;
  if (b == -1) return checked_subtract(T{0}, a, result);
  result = static_cast<T>(a / b);
  return Fault::none;
}

/// The remainder has the sign of the dividend. The least integer modulo -1 is 0, which the processor would trap on.
template <SqlInteger T>
[[nodiscard]] inline Fault checked_modulo(T a, T b, T& result) {
  if (b == 0) return Fault::division_by_zero;
  result = b == -1 ? T{0} : static_cast<T>(a % b);
  return Fault::none;
}

template <SqlInteger T>
[[nodiscard]] inline Fault checked_negate(T a, T& result) {
  return checked_subtract(T{0}, a, result);
}

template <SqlInteger T>
[[nodiscard]] inline Fault checked_absolute(T a, T& result) {
  if (a < 0) return checked_subtract(T{0}, a, result);
  result = a;
  return Fault::none;
}

// Doubles: an infinity out of finite arguments is an overflow, a zero out of a product or quotient that is none is an
// underflow. NaN and infinite arguments follow IEEE.

[[nodiscard]] inline Fault checked_add(double a, double b, double& result) {
  const double sum = a + b;
  if (std::isinf(sum) && !std::isinf(a) && !std::isinf(b)) return Fault::float_overflow;
  result = sum;
  return Fault::none;
}

[[nodiscard]] inline Fault checked_subtract(double a, double b, double& result) {
  return checked_add(a, -b, result);
}

[[nodiscard]] inline Fault checked_multiply(double a, double b, double& result) {
  const double product = a * b;
  if (std::isinf(product) && !std::isinf(a) && !std::isinf(b)) return Fault::float_overflow;
  if (product == 0.0 && a != 0.0 && b != 0.0) return Fault::float_underflow;
  result = product;
  return Fault::none;
}

[[nodiscard]] inline Fault checked_divide(double a, double b, double& result) {
  if (b == 0.0 && !std::isnan(a)) return Fault::division_by_zero;
  const double quotient = a / b;
  if (std::isinf(quotient) && !std::isinf(a)) return Fault::float_overflow;
  if (quotient == 0.0 && a != 0.0 && !std::isinf(b)) return Fault::float_underflow;
  result = quotient;
  return Fault::none;
}

[[nodiscard]] inline Fault checked_negate(double a, double& result) {
  result = -a;
  return Fault::none;
}

[[nodiscard]] inline Fault checked_absolute(double a, double& result) {
  result = std::fabs(a);
  return Fault::none;
}

}  // namespace kappa::processor

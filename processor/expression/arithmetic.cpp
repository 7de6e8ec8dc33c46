// Arithmetic of numbers: PostgreSQL's overflow rules for each type. Integers are checked by the compiler's overflow
// primitives; double precision is checked afterwards, by what the result cannot be unless something was lost.
#include <cmath>
#include <cstdint>
#include <limits>

#include "expression/functions.hpp"
#include "kappa/base/assert.hpp"

namespace kappa::processor {
namespace {

const ErrorPointer& division_by_zero() {
  static const ErrorPointer error = make_error("22012", "division by zero");
  return error;
}

template <typename T>
const ErrorPointer& out_of_range() {
  static const ErrorPointer error =
      make_error("22003", sizeof(T) == sizeof(std::int32_t) ? "integer out of range" : "bigint out of range");
  return error;
}

const ErrorPointer& overflow() {
  static const ErrorPointer error = make_error("22003", "value out of range: overflow");
  return error;
}

const ErrorPointer& underflow() {
  static const ErrorPointer error = make_error("22003", "value out of range: underflow");
  return error;
}

/// Null, or why the integers have no such result.
template <typename T>
ErrorPointer compute_integer(Op op, T a, T b, T& result) {
  bool lost = false;
  switch (op) {
    case Op::add:
      lost = __builtin_add_overflow(a, b, &result);
      break;
    case Op::subtract:
      lost = __builtin_sub_overflow(a, b, &result);
      break;
    case Op::multiply:
      lost = __builtin_mul_overflow(a, b, &result);
      break;
    case Op::divide:
      if (b == 0) return division_by_zero();
      lost = a == std::numeric_limits<T>::min() && b == -1;
      result = lost ? 0 : static_cast<T>(a / b);
      break;
    default:  // modulo
      if (b == 0) return division_by_zero();
      result = b == -1 ? 0 : static_cast<T>(a % b);  // The least number modulo -1 traps on this processor.
      break;
  }
  if (!lost) return nullptr;
  result = 0;
  return out_of_range<T>();
}

/// Likewise of doubles.
ErrorPointer compute_double(Op op, double a, double b, double& result) {
  const bool finite = !std::isinf(a) && !std::isinf(b);
  switch (op) {
    case Op::add:
      result = a + b;
      return std::isinf(result) && finite ? overflow() : nullptr;
    case Op::subtract:
      result = a - b;
      return std::isinf(result) && finite ? overflow() : nullptr;
    case Op::multiply:
      result = a * b;
      if (std::isinf(result) && finite) return overflow();
      return result == 0 && a != 0 && b != 0 ? underflow() : nullptr;
    default:  // divide: PostgreSQL has no modulo of doubles.
      KAPPA_ASSERT(op == Op::divide, "arithmetic of doubles that the binder does not make");
      if (b == 0 && !std::isnan(a)) return division_by_zero();
      result = a / b;
      if (std::isinf(result) && !std::isinf(a)) return overflow();
      return result == 0 && a != 0 && !std::isinf(b) ? underflow() : nullptr;
  }
}

Scalar<Numeric> compute_numeric(Op op, const Numeric& a, const Numeric& b) {
  switch (op) {
    case Op::add:
      return add(a, b);
    case Op::subtract:
      return subtract(a, b);
    case Op::multiply:
      return multiply(a, b);
    case Op::divide:
      return divide(a, b);
    default:
      return modulo(a, b);
  }
}

template <typename T, typename Compute>
void binary(Column& result, const Arguments& arguments, Compute compute) {
  const auto& a = arguments.columns[0]->as<T>();
  const auto& b = arguments.columns[1]->as<T>();
  auto& values = result.as<T>();
  for_live(result, arguments.rows, [&](std::size_t row) {
    if (ErrorPointer error = compute(a[row], b[row], values[row]); error) [[unlikely]] {
      values[row] = {};
      add_error(result, row, arguments.rows, error);
    }
  });
}

void binary_numeric(Op op, Column& result, const Arguments& arguments) {
  const auto& a = arguments.columns[0]->as<Numeric>();
  const auto& b = arguments.columns[1]->as<Numeric>();
  auto& values = result.as<Numeric>();
  for_live(result, arguments.rows,
           [&](std::size_t row) { store(result, values, row, compute_numeric(op, a[row], b[row])); });
}

/// Negation and absolute value of integers, as a subtraction from zero.
template <typename T>
void unary_integer(Op op, Column& result, const Arguments& arguments) {
  const auto& from = arguments.columns[0]->as<T>();
  auto& values = result.as<T>();
  for_live(result, arguments.rows, [&](std::size_t row) {
    if (op == Op::absolute && from[row] >= 0)
      values[row] = from[row];
    else if (const ErrorPointer error = compute_integer<T>(Op::subtract, 0, from[row], values[row]); error)
      add_error(result, row, arguments.rows, error);
  });
}

template <typename T, typename Negate>
void unary(Column& result, const Arguments& arguments, Negate negate_value) {
  const auto& from = arguments.columns[0]->as<T>();
  auto& values = result.as<T>();
  for_live(result, arguments.rows, [&](std::size_t row) { values[row] = negate_value(from[row]); });
}

Numeric magnitude(const Numeric& value) {
  const bool below_zero =
      value.kind == Numeric::Kind::negative_infinity || (value.kind == Numeric::Kind::finite && value.coefficient < 0);
  return below_zero ? negate(value) : value;
}

void evaluate_unary(const Expression& node, const Arguments& arguments, Column& result) {
  const bool absolutely = node.op == Op::absolute;
  switch (result.kind) {
    case TypeKind::integer:
      return unary_integer<std::int32_t>(node.op, result, arguments);
    case TypeKind::bigint:
      return unary_integer<std::int64_t>(node.op, result, arguments);
    case TypeKind::numeric:
      return unary<Numeric>(result, arguments,
                            [=](const Numeric& value) { return absolutely ? magnitude(value) : negate(value); });
    default:
      return unary<double>(result, arguments, [=](double value) { return absolutely ? std::fabs(value) : -value; });
  }
}

/// One loop for each operation, so that the operation is not chosen anew for each row.
template <typename T>
void evaluate_integers(Op op, Column& result, const Arguments& arguments) {
  const auto run = [&]<Op kOp>() {
    binary<T>(result, arguments, [](T a, T b, T& to) { return compute_integer<T>(kOp, a, b, to); });
  };
  switch (op) {
    case Op::add:
      return run.template operator()<Op::add>();
    case Op::subtract:
      return run.template operator()<Op::subtract>();
    case Op::multiply:
      return run.template operator()<Op::multiply>();
    case Op::divide:
      return run.template operator()<Op::divide>();
    default:
      return run.template operator()<Op::modulo>();
  }
}

}  // namespace

ColumnPointer evaluate_arithmetic(const Expression& node, const Arguments& arguments) {
  auto result = strict_result(node.type.kind, arguments);
  if (node.op == Op::negate || node.op == Op::absolute) {
    evaluate_unary(node, arguments, *result);
    return result;
  }
  switch (result->kind) {
    case TypeKind::integer:
      evaluate_integers<std::int32_t>(node.op, *result, arguments);
      break;
    case TypeKind::bigint:
      evaluate_integers<std::int64_t>(node.op, *result, arguments);
      break;
    case TypeKind::numeric:
      binary_numeric(node.op, *result, arguments);
      break;
    default:
      binary<double>(*result, arguments,
                     [&](double a, double b, double& to) { return compute_double(node.op, a, b, to); });
      break;
  }
  return result;
}

}  // namespace kappa::processor

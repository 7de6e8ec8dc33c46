#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kappa/processor/evaluate.hpp"
#include "kappa/processor/row_codec.hpp"

/// Words for expressions and their values in tests. Text columns hold views of literals.
namespace kappa::test {

using processor::Batch;
using processor::Column;
using processor::ColumnPointer;
using processor::Expression;
using processor::ExpressionPointer;
using processor::Op;
using processor::Type;
using processor::TypeKind;
using processor::Value;

inline constexpr Type kBoolean{TypeKind::boolean};
inline constexpr Type kInteger{TypeKind::integer};
inline constexpr Type kBigint{TypeKind::bigint};
inline constexpr Type kNumeric{TypeKind::numeric};
inline constexpr Type kDouble{TypeKind::double_precision};
inline constexpr Type kText{TypeKind::text};
inline constexpr Type kTimestamp{TypeKind::timestamp};
inline constexpr Type kDate{TypeKind::date};
inline constexpr Type kInterval{TypeKind::interval};

[[nodiscard]] inline ExpressionPointer column(std::uint32_t index, Type type) {
  return std::make_shared<const Expression>(Expression{Op::column, type, {}, index});
}
[[nodiscard]] inline ExpressionPointer literal(Type type, Value value) {
  return std::make_shared<const Expression>(Expression{Op::literal, type, {}, 0, std::move(value)});
}
[[nodiscard]] inline ExpressionPointer null(Type type) {
  return literal(type, {});
}
[[nodiscard]] inline ExpressionPointer integer(std::int32_t value) {
  return literal(kInteger, value);
}
[[nodiscard]] inline ExpressionPointer text(std::string value) {
  return literal(kText, std::move(value));
}
[[nodiscard]] inline ExpressionPointer boolean(bool value) {
  return literal(kBoolean, value);
}
[[nodiscard]] inline ExpressionPointer call(Op op, Type type, std::vector<ExpressionPointer> arguments) {
  return std::make_shared<const Expression>(Expression{op, type, std::move(arguments)});
}
/// 1 / 0: an error wherever it is evaluated.
[[nodiscard]] inline ExpressionPointer division_by_zero() {
  return call(Op::divide, kInteger, {integer(1), integer(0)});
}
[[nodiscard]] inline ExpressionPointer failing_condition() {
  return call(Op::equal, kBoolean, {division_by_zero(), integer(1)});
}

/// A value as text; `NULL`; or an error as its SQLSTATE and reason.
[[nodiscard]] inline std::string shown(const Column& values, std::size_t row) {
  if (const processor::RowError* error = values.error(row))
    return std::string(error->sqlstate.data(), error->sqlstate.size()) + " " + error->reason;
  if (values.is_null(row)) return "NULL";
  std::string to;
  processor::value_to_text(values, row, to);
  return to;
}
[[nodiscard]] inline std::vector<std::string> shown(const ColumnPointer& values, std::size_t rows) {
  std::vector<std::string> all;
  for (std::size_t row = 0; row < rows; ++row) all.push_back(shown(*values, row));
  return all;
}
/// An expression without columns.
[[nodiscard]] inline std::string value_of(const ExpressionPointer& expression) {
  Batch one;
  one.rows = 1;
  return shown(*processor::evaluate(*expression, one), 0);
}
[[nodiscard]] inline std::string value_of(Op op, Type type, std::vector<ExpressionPointer> arguments) {
  return value_of(call(op, type, std::move(arguments)));
}

}  // namespace kappa::test

// Three-valued logic with an error lane.
//
// For AND, false decides whatever stands beside it, NULL or an error; else the least error wins, then NULL. OR is the
// same with true. Both gather the lanes of all arguments first and let the deciding value clear them, so the order
// of arguments cannot matter.
#include "expression/functions.hpp"

namespace kappa::processor {
namespace {

bool has_lanes(const Column& column) {
  return !column.nulls.empty() || !column.errors.empty();
}

/// Folds one argument in. `decided` marks rows that hold the deciding value.
void fold(const Column& argument, std::uint8_t deciding, std::size_t rows, Column& result,
          std::vector<std::uint8_t>& decided) {
  const auto& values = argument.as<std::uint8_t>();
  if (!has_lanes(argument)) {
    for (std::size_t row = 0; row < rows; ++row) decided[row] |= static_cast<std::uint8_t>(values[row] == deciding);
    return;
  }
  for (std::size_t row = 0; row < rows; ++row) {
    if (argument.error(row) != nullptr)
      add_error(result, row, rows, argument.errors[row]);
    else if (argument.is_null(row))
      set_null(result, row, rows);
    else
      decided[row] |= static_cast<std::uint8_t>(values[row] == deciding);
  }
}

void settle(Column& result, std::size_t rows, const std::vector<std::uint8_t>& decided) {
  if (!has_lanes(result)) return;
  for (std::size_t row = 0; row < rows; ++row) {
    if (decided[row] != 0 && !result.errors.empty()) result.errors[row] = nullptr;
    const bool is_null = decided[row] == 0 && result.error(row) == nullptr && result.is_null(row);
    if (!result.nulls.empty()) result.nulls[row] = is_null ? 1 : 0;
    if (!is_live(result, row)) result.as<std::uint8_t>()[row] = 0;
  }
}

std::uint8_t test(Op op, bool is_null, std::uint8_t value) {
  switch (op) {
    case Op::is_null:
      return is_null ? 1 : 0;
    case Op::is_not_null:
      return is_null ? 0 : 1;
    case Op::is_true:
      return !is_null && value != 0 ? 1 : 0;
    case Op::is_not_true:
      return is_null || value == 0 ? 1 : 0;
    case Op::is_false:
      return !is_null && value == 0 ? 1 : 0;
    default:  // is_not_false
      return is_null || value != 0 ? 1 : 0;
  }
}

}  // namespace

ColumnPointer evaluate_connective(Op op, const Arguments& arguments) {
  const std::uint8_t deciding = op == Op::logical_and ? 0 : 1;
  const std::size_t rows = arguments.rows;
  auto result = std::make_shared<Column>(make_column(TypeKind::boolean, rows));
  std::vector<std::uint8_t> decided(rows);
  for (const ColumnPointer& argument : arguments.columns) fold(*argument, deciding, rows, *result, decided);
  auto& values = result->as<std::uint8_t>();
  for (std::size_t row = 0; row < rows; ++row)
    values[row] = static_cast<std::uint8_t>(decided[row] != 0 ? deciding : 1 - deciding);
  settle(*result, rows, decided);
  return result;
}

ColumnPointer evaluate_logic_test(const Expression& node, const Arguments& arguments) {
  const Column& argument = *arguments.columns[0];
  if (node.op == Op::logical_not) {
    auto result = strict_result(TypeKind::boolean, arguments);
    auto& values = result->as<std::uint8_t>();
    const auto& from = argument.as<std::uint8_t>();
    for_live(*result, arguments.rows, [&](std::size_t row) { values[row] = from[row] ^ 1; });
    return result;
  }
  auto result = std::make_shared<Column>(make_column(TypeKind::boolean, arguments.rows));
  auto& values = result->as<std::uint8_t>();
  const auto* booleans = std::get_if<std::vector<std::uint8_t>>(&argument.data);
  for (std::size_t row = 0; row < arguments.rows; ++row)
    if (argument.error(row) == nullptr)
      values[row] = test(node.op, argument.is_null(row), booleans != nullptr ? (*booleans)[row] : 0);
  pass_errors(*result, argument, arguments.rows);
  return result;
}

}  // namespace kappa::processor

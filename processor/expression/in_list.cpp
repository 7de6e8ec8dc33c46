// IN: means the OR of equalities, and is computed so unless the list is of constants.
//
// Constants of a type whose values are equal exactly if their bits are (integers, times, texts) are sorted once a
// batch and looked up by halving; NULLs among them make "not found" NULL.
#include <algorithm>

#include "expression/comparison.hpp"
#include "expression/functions.hpp"

namespace kappa::processor {
namespace {

bool is_constant_list(const Expression& node) {
  return std::all_of(node.args.begin() + 1, node.args.end(),
                     [](const ExpressionPointer& item) { return item->op == Op::literal; });
}

/// The list's values; `arguments` holds the literals as columns, of which any row serves.
template <typename T>
std::vector<T> sorted_items(const Arguments& arguments) {
  std::vector<T> items;
  for (std::size_t i = 1; i < arguments.columns.size(); ++i)
    if (!arguments.columns[i]->is_null(0)) items.push_back(arguments.columns[i]->as<T>()[0]);
  std::ranges::sort(items);
  return items;
}

template <typename T>
ColumnPointer look_up(const Arguments& arguments) {
  auto result = strict_result(TypeKind::boolean, {arguments.rows, {arguments.columns[0]}});
  if (arguments.rows == 0) return result;
  const std::vector<T> items = sorted_items<T>(arguments);
  const bool has_null = items.size() + 1 < arguments.columns.size();
  const auto& from = arguments.columns[0]->as<T>();
  auto& values = result->template as<std::uint8_t>();
  for_live(*result, arguments.rows,
           [&](std::size_t row) { values[row] = std::ranges::binary_search(items, from[row]) ? 1 : 0; });
  if (!has_null) return result;
  for (std::size_t row = 0; row < arguments.rows; ++row)
    if (values[row] == 0 && result->error(row) == nullptr) set_null(*result, row, arguments.rows);
  return result;
}

ColumnPointer any_equal(const Arguments& arguments) {
  ColumnPointer found;
  for (std::size_t i = 1; i < arguments.columns.size(); ++i) {
    const Arguments pair{arguments.rows, {arguments.columns[0], arguments.columns[i]}};
    ColumnPointer equal = evaluate_comparison(Op::equal, pair);
    found = found ? evaluate_connective(Op::logical_or, {arguments.rows, {found, equal}}) : equal;
  }
  return found;
}

}  // namespace

ColumnPointer evaluate_in_list(const Expression& node, const Arguments& arguments) {
  if (!is_constant_list(node)) return any_equal(arguments);
  switch (arguments.columns[0]->kind) {
    case TypeKind::integer:
    case TypeKind::date:
      return look_up<std::int32_t>(arguments);
    case TypeKind::bigint:
    case TypeKind::timestamp:
      return look_up<std::int64_t>(arguments);
    case TypeKind::text:
      return look_up<std::string_view>(arguments);
    default:
      return any_equal(arguments);
  }
}

}  // namespace kappa::processor

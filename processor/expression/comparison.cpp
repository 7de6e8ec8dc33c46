// Comparisons, and the functions made of equality.
#include "expression/comparison.hpp"

#include "expression/functions.hpp"

namespace kappa::processor {
namespace {

/// Calls f(row, a, b) with the values of two columns of one kind, for the live rows of a result.
template <typename F>
void for_live_pairs(const Column& result, const Arguments& arguments, F f) {
  std::visit(
      [&](const auto& a) {
        const auto& b = std::get<std::remove_cvref_t<decltype(a)>>(arguments.columns[1]->data);
        for_live(result, arguments.rows, [&](std::size_t row) { f(row, a[row], b[row]); });
      },
      arguments.columns[0]->data);
}

template <typename Test>
void compare_all(Column& result, const Arguments& arguments, Test test) {
  auto& values = result.as<std::uint8_t>();
  for_live_pairs(result, arguments,
                 [&](std::size_t row, const auto& a, const auto& b) { values[row] = test(a, b) ? 1 : 0; });
}

}  // namespace

ColumnPointer evaluate_comparison(Op op, const Arguments& arguments) {
  auto result = strict_result(TypeKind::boolean, arguments);
  switch (op) {
    case Op::equal:
      compare_all(*result, arguments, [](const auto& a, const auto& b) { return is_equal(a, b); });
      break;
    case Op::not_equal:
      compare_all(*result, arguments, [](const auto& a, const auto& b) { return !is_equal(a, b); });
      break;
    case Op::less:
      compare_all(*result, arguments, [](const auto& a, const auto& b) { return three_way(a, b) < 0; });
      break;
    case Op::less_equal:
      compare_all(*result, arguments, [](const auto& a, const auto& b) { return three_way(a, b) <= 0; });
      break;
    case Op::greater:
      compare_all(*result, arguments, [](const auto& a, const auto& b) { return three_way(a, b) > 0; });
      break;
    default:  // greater_equal
      compare_all(*result, arguments, [](const auto& a, const auto& b) { return three_way(a, b) >= 0; });
      break;
  }
  return result;
}

ColumnPointer evaluate_distinction(const Expression& node, const Arguments& arguments) {
  const std::uint8_t if_distinct = node.op == Op::is_distinct ? 1 : 0;
  auto result = strict_result(TypeKind::boolean, arguments);
  auto& values = result->as<std::uint8_t>();
  for_live_pairs(*result, arguments, [&](std::size_t row, const auto& a, const auto& b) {
    values[row] = is_equal(a, b) ? 1 - if_distinct : if_distinct;
  });
  for (std::size_t row = 0; row < result->nulls.size(); ++row) {
    if (result->nulls[row] == 0) continue;
    const bool both = arguments.columns[0]->is_null(row) && arguments.columns[1]->is_null(row);
    values[row] = both ? 1 - if_distinct : if_distinct;
  }
  result->nulls.clear();
  return result;
}

ColumnPointer evaluate_null_if(const Expression& node, const Arguments& arguments) {
  const Column& first = *arguments.columns[0];
  const auto equal = evaluate_comparison(Op::equal, arguments);
  auto result = std::make_shared<Column>(first);
  result->kind = node.type.kind;
  pass_errors(*result, *equal, arguments.rows);
  const auto& is_same = equal->as<std::uint8_t>();
  for (std::size_t row = 0; row < arguments.rows; ++row)
    if (is_live(*equal, row) && is_same[row] != 0) set_null(*result, row, arguments.rows);
  return result;
}

}  // namespace kappa::processor

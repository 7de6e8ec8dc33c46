// Evaluates a tree of expressions over a batch, a column at a time.
//
// The recursion keeps its frames small, because trees are as deep as the binder allows (1,000): the work of a node
// happens in functions that have returned before its parent's begins. There are no failures, only errors as values in
// the column's lane, so arguments may be evaluated in any order and all of them; CASE and COALESCE, whose meaning is
// not to look at some rows, evaluate their arguments over the rows that are left.
#include "kappa/processor/evaluate.hpp"

#include "expression/functions.hpp"

namespace kappa::processor {
namespace {

ColumnPointer literal_column(const Expression& node, std::size_t rows) {
  auto column = std::make_shared<Column>(make_column(node.type.kind, rows));
  if (std::holds_alternative<std::monostate>(node.value)) {
    column->nulls.assign(rows, 1);
    return column;
  }
  if (rows == 0) return column;
  TextArena arena;
  store_value(*column, 0, node.value, arena);
  std::visit(
      [](auto& values) {
        values.assign(values.size(), typename std::decay_t<decltype(values)>::value_type(values[0]));
      },
      column->data);
  if (arena.memory()) column->memory.push_back(arena.memory());
  return column;
}

bool is_time_arithmetic(const Arguments& arguments) {
  const TypeKind left = arguments.columns[0]->kind;
  return left == TypeKind::timestamp || left == TypeKind::date;
}

ColumnPointer apply(const Expression& node, const Arguments& arguments) {
  switch (node.op) {
    case Op::add:
    case Op::subtract:
      return is_time_arithmetic(arguments) ? evaluate_time_arithmetic(node, arguments)
                                           : evaluate_arithmetic(node, arguments);
    case Op::multiply:
    case Op::divide:
    case Op::modulo:
    case Op::negate:
    case Op::absolute:
      return evaluate_arithmetic(node, arguments);
    case Op::equal:
    case Op::not_equal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
      return evaluate_comparison(node.op, arguments);
    case Op::is_distinct:
    case Op::is_not_distinct:
      return evaluate_distinction(node, arguments);
    case Op::null_if:
      return evaluate_null_if(node, arguments);
    case Op::logical_and:
    case Op::logical_or:
      return evaluate_connective(node.op, arguments);
    case Op::logical_not:
    case Op::is_null:
    case Op::is_not_null:
    case Op::is_true:
    case Op::is_not_true:
    case Op::is_false:
    case Op::is_not_false:
      return evaluate_logic_test(node, arguments);
    case Op::in_list:
      return evaluate_in_list(node, arguments);
    case Op::cast:
      return evaluate_cast(node, arguments);
    case Op::like:
      return evaluate_like(node, arguments);
    case Op::date_trunc:
    case Op::extract:
      return evaluate_time(node, arguments);
    default:
      return evaluate_text(node, arguments);
  }
}

}  // namespace

ColumnPointer evaluate(const Expression& expression, const Batch& batch) {
  switch (expression.op) {
    case Op::column:
      return batch.columns[expression.index];
    case Op::literal:
      return literal_column(expression, batch.rows);
    case Op::case_when:
      return evaluate_case(expression, batch);
    case Op::coalesce:
      return evaluate_coalesce(expression, batch);
    default:
      break;
  }
  Arguments arguments{batch.rows, {}};
  arguments.columns.reserve(expression.args.size());
  for (const ExpressionPointer& argument : expression.args) arguments.columns.push_back(evaluate(*argument, batch));
  return apply(expression, arguments);
}

}  // namespace kappa::processor

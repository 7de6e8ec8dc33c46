#include "operators/columns_used.hpp"

#include <cstddef>

#include "kappa/base/assert.hpp"

namespace kappa::processor {
namespace {

const PlanNode& first_input(const PlanNode& node) {
  return std::visit(
      [](const auto& each) -> const PlanNode& {
        if constexpr (requires { each.input; }) {
          return *each.input;
        } else if constexpr (requires { each.inputs; }) {
          return *each.inputs.front();
        }
        KAPPA_ASSERT(false, "a scan has no input");
      },
      node.node);
}

UsedColumns used_by(const Project& project, const UsedColumns& used, UsedColumns result) {
  for (std::size_t i = 0; i < project.expressions.size(); ++i) {
    if (used[i]) mark_used(*project.expressions[i], result);
  }
  return result;
}

UsedColumns used_by(const Aggregate& aggregate, const UsedColumns& used, UsedColumns result) {
  for (const ExpressionPointer& key : aggregate.keys) mark_used(*key, result);
  for (std::size_t i = 0; i < aggregate.calls.size(); ++i) {
    if (!used[aggregate.keys.size() + i]) continue;
    const AggregateCall& call = aggregate.calls[i];
    if (call.argument) mark_used(*call.argument, result);
    if (call.filter) mark_used(*call.filter, result);
  }
  return result;
}

}  // namespace

void mark_used(const Expression& expression, UsedColumns& used) {
  if (expression.op == Op::column) used[expression.index] = true;
  for (const ExpressionPointer& argument : expression.args) mark_used(*argument, used);
}

UsedColumns used_of_input(const Program& program, const PlanNode& node, const UsedColumns& used) {
  const std::size_t columns = column_count(program, first_input(node));
  if (const auto* project = std::get_if<Project>(&node.node)) return used_by(*project, used, UsedColumns(columns));
  if (const auto* group = std::get_if<Aggregate>(&node.node)) return used_by(*group, used, UsedColumns(columns));
  if (std::holds_alternative<Distinct>(node.node)) return UsedColumns(columns, true);
  UsedColumns result = used;
  result.resize(columns);  // Without the windows that tumble adds.
  if (const auto* filter = std::get_if<Filter>(&node.node)) mark_used(*filter->condition, result);
  if (const auto* tumble = std::get_if<Tumble>(&node.node)) mark_used(*tumble->time, result);
  return result;
}

std::size_t column_count(const Program& program, const PlanNode& node) {
  if (const auto* scan = std::get_if<ScanTable>(&node.node)) {
    return program.tables[scan->table].columns.size() + kHiddenColumns;
  }
  if (const auto* scan = std::get_if<ScanView>(&node.node))
    return column_count(program, *program.views[scan->view].plan);
  if (const auto* project = std::get_if<Project>(&node.node)) return project->expressions.size();
  if (const auto* group = std::get_if<Aggregate>(&node.node)) return group->keys.size() + group->calls.size();
  const std::size_t input = column_count(program, first_input(node));
  return std::holds_alternative<Tumble>(node.node) ? input + 2 : input;
}

}  // namespace kappa::processor

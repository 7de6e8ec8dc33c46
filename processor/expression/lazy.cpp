// CASE and COALESCE: a row is shown only to the arguments that it reaches.
//
// Both work on the rows that are still undecided. Each argument is evaluated over a batch of just those (of just the
// columns that it uses; no copy while all rows are undecided), its outcome is scattered to where it belongs, and the
// undecided rows shrink. An error in a condition decides its row.
#include <numeric>
#include <vector>

#include "expression/functions.hpp"
#include "kappa/processor/evaluate.hpp"

namespace kappa::processor {
namespace {

using Selection = std::vector<std::uint32_t>;

void mark_used(const Expression& node, std::vector<bool>& used) {
  if (node.op == Op::column) used[node.index] = true;
  for (const ExpressionPointer& argument : node.args) mark_used(*argument, used);
}

/// An expression over some rows of a batch.
ColumnPointer evaluate_over(const Expression& node, const Batch& batch, const Selection& rows) {
  if (rows.size() == batch.rows) return evaluate(node, batch);
  std::vector<bool> used(batch.columns.size());
  mark_used(node, used);
  Batch narrow;
  narrow.rows = rows.size();
  narrow.columns.resize(batch.columns.size());
  for (std::size_t i = 0; i < used.size(); ++i)
    if (used[i]) narrow.columns[i] = gather(batch.columns[i], rows);
  return evaluate(node, narrow);
}

Selection all_rows(std::size_t rows) {
  Selection all(rows);
  std::iota(all.begin(), all.end(), 0U);
  return all;
}

/// What a condition's column says of the undecided rows.
struct Split {
  Selection taken;
  Selection left;
};

Split split_by_condition(const Column& condition, const Selection& undecided, std::size_t rows, Column& result) {
  Split split;
  const auto& values = condition.as<std::uint8_t>();
  for (std::size_t i = 0; i < undecided.size(); ++i) {
    if (condition.error(i) != nullptr)
      add_error(result, undecided[i], rows, condition.errors[i]);
    else if (!condition.is_null(i) && values[i] != 0)
      split.taken.push_back(undecided[i]);
    else
      split.left.push_back(undecided[i]);
  }
  return split;
}

}  // namespace

ColumnPointer evaluate_case(const Expression& node, const Batch& batch) {
  auto result = std::make_shared<Column>(make_column(node.type.kind, batch.rows));
  Selection undecided = all_rows(batch.rows);
  for (std::size_t i = 0; i + 1 < node.args.size() && !undecided.empty(); i += 2) {
    Split split = split_by_condition(*evaluate_over(*node.args[i], batch, undecided), undecided, batch.rows, *result);
    if (!split.taken.empty())
      scatter(*result, batch.rows, split.taken, *evaluate_over(*node.args[i + 1], batch, split.taken));
    undecided = std::move(split.left);
  }
  if (!undecided.empty()) scatter(*result, batch.rows, undecided, *evaluate_over(*node.args.back(), batch, undecided));
  return result;
}

ColumnPointer evaluate_coalesce(const Expression& node, const Batch& batch) {
  auto result = std::make_shared<Column>(make_column(node.type.kind, batch.rows));
  Selection undecided = all_rows(batch.rows);
  for (const ExpressionPointer& argument : node.args) {
    if (undecided.empty()) break;
    const ColumnPointer values = evaluate_over(*argument, batch, undecided);
    Selection decided;
    Selection present;
    Selection left;
    for (std::uint32_t i = 0; i < undecided.size(); ++i) {
      if (values->is_null(i)) {
        left.push_back(undecided[i]);
        continue;
      }
      decided.push_back(undecided[i]);
      present.push_back(i);
    }
    scatter(*result, batch.rows, decided, *gather(values, present));
    undecided = std::move(left);
  }
  for (const std::uint32_t row : undecided) set_null(*result, row, batch.rows);
  return result;
}

}  // namespace kappa::processor

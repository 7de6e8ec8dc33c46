#pragma once
#include "expression/lanes.hpp"
#include "kappa/processor/expression.hpp"

/// The functions behind Op, by family. Each takes a node and its evaluated arguments.
namespace kappa::processor {

[[nodiscard]] ColumnPointer evaluate_arithmetic(const Expression& node, const Arguments& arguments);
[[nodiscard]] ColumnPointer evaluate_time_arithmetic(const Expression& node, const Arguments& arguments);
[[nodiscard]] ColumnPointer evaluate_comparison(Op op, const Arguments& arguments);
[[nodiscard]] ColumnPointer evaluate_distinction(const Expression& node, const Arguments& arguments);
[[nodiscard]] ColumnPointer evaluate_null_if(const Expression& node, const Arguments& arguments);
[[nodiscard]] ColumnPointer evaluate_connective(Op op, const Arguments& arguments);
[[nodiscard]] ColumnPointer evaluate_logic_test(const Expression& node, const Arguments& arguments);
[[nodiscard]] ColumnPointer evaluate_in_list(const Expression& node, const Arguments& arguments);
[[nodiscard]] ColumnPointer evaluate_cast(const Expression& node, const Arguments& arguments);
[[nodiscard]] ColumnPointer evaluate_like(const Expression& node, const Arguments& arguments);
[[nodiscard]] ColumnPointer evaluate_text(const Expression& node, const Arguments& arguments);
[[nodiscard]] ColumnPointer evaluate_time(const Expression& node, const Arguments& arguments);

// Lazy functions evaluate their own arguments.
[[nodiscard]] ColumnPointer evaluate_case(const Expression& node, const Batch& batch);
[[nodiscard]] ColumnPointer evaluate_coalesce(const Expression& node, const Batch& batch);

}  // namespace kappa::processor

#pragma once
#include <vector>

#include "kappa/processor/plan.hpp"

namespace kappa::processor {

/// Which columns of an input are used.
using UsedColumns = std::vector<bool>;

/// Marks the columns that an expression reads.
void mark_used(const Expression& expression, UsedColumns& used);

/// The columns of each input of a node that are used if `used` of its own columns are. A column that nobody uses is
/// never computed, so that its errors do not exist. An operator that depends on whole rows (DISTINCT) uses all.
[[nodiscard]] UsedColumns used_of_input(const Program& program, const PlanNode& node, const UsedColumns& used);

/// Columns of a node's output; a table's hidden ones included.
[[nodiscard]] std::size_t column_count(const Program& program, const PlanNode& node);

}  // namespace kappa::processor

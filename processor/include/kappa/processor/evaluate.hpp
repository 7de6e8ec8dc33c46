#pragma once
#include "kappa/processor/column.hpp"
#include "kappa/processor/expression.hpp"

namespace kappa::processor {

/// Evaluates an expression over the rows of a batch, vectorised: a column of `expression.type` with batch.rows values.
/// Row-wise errors stand in the column's error lane; there is no other kind of failure. Pure: equal rows give equal
/// values whatever stands beside them in the batch.
[[nodiscard]] ColumnPointer evaluate(const Expression& expression, const Batch& batch);

}  // namespace kappa::processor

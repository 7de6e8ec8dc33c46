#pragma once
#include <vector>

#include "grouping.hpp"

namespace kappa::sql {

/// ORDER BY at the top of a view, over the view's columns. Its names mean what they mean in PostgreSQL: alone, an
/// output column; within an expression, columns of the source, which must then stand in the SELECT list. `binder` is
/// that of the SELECT, null above a UNION, where only names and positions may stand.
[[nodiscard]] std::vector<processor::SortKey> bind_order_by(const Builder& builder, const std::vector<Node>& clause,
                                                            const std::vector<Target>& targets,
                                                            ExpressionBinder* binder);

}  // namespace kappa::sql

#pragma once
#include <vector>

#include "kappa/processor/plan.hpp"
#include "parse_tree.hpp"

namespace kappa::sql {

/// Whether a constraint of a column or of a table is PRIMARY KEY.
[[nodiscard]] bool is_primary_key(const Node& constraint);

/// Sets the primary key that the elements of a CREATE TABLE declare, if they do, and its columns to NOT NULL. The
/// table's columns are bound already. Refuses types whose equal values have several texts, since the key of an event
/// is the text.
void bind_primary_key(const Source& source, const std::vector<Node>& elements, processor::TableDefinition& table);

}  // namespace kappa::sql

#pragma once
#include "bound.hpp"
#include "kappa/processor/plan.hpp"

namespace kappa::sql {

/// CREATE TABLE: columns and options. Refuses what it does not know.
[[nodiscard]] processor::TableDefinition bind_table_definition(const Builder& builder, const Node& statement);

/// Refuses a name of a table or view (`what`) that belongs to kappa: beginning with `_`, ending in `.errors` or
/// `.late`.
void check_name(const Source& source, std::string_view what, std::string_view name, int place);
/// Refuses what cannot be a topic's name.
void check_topic(const Source& source, std::string_view name, int place);

}  // namespace kappa::sql

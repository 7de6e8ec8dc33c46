#include "operators/counts.hpp"

namespace kappa::processor {

ColumnPointer RowCount::finish(std::span<const std::uint32_t> groups, std::span<const GroupState> states) const {
  auto column = std::make_shared<Column>(make_column(TypeKind::bigint, groups.size()));
  for (std::size_t i = 0; i < groups.size(); ++i) column->as<std::int64_t>()[i] = states[groups[i]].weight;
  return column;
}

void ValueCount::update(const Updates& updates) {
  const Column& argument = *updates.argument;
  for (std::size_t row = 0; row < updates.groups.size(); ++row) {
    if (!argument.is_null(row)) counts_[updates.groups[row]] += updates.weight(row);
  }
}

ColumnPointer ValueCount::finish(std::span<const std::uint32_t> groups, std::span<const GroupState>) const {
  auto column = std::make_shared<Column>(make_column(TypeKind::bigint, groups.size()));
  for (std::size_t i = 0; i < groups.size(); ++i) column->as<std::int64_t>()[i] = counts_[groups[i]];
  return column;
}

}  // namespace kappa::processor

// Columns and batches: storage by kind, and gathering rows.
//
// A gathered text column copies views, not bytes: it holds the memory of the column that it came from. Lanes that say
// nothing (no NULL, no error) stay empty, so that fast paths downstream keep recognising them by their emptiness.
#include "kappa/processor/column.hpp"

#include <algorithm>
#include <utility>

#include "kappa/base/assert.hpp"

namespace kappa::processor {
namespace {

ColumnData make_data(TypeKind kind, std::size_t rows) {
  switch (kind) {
    case TypeKind::boolean:
      return std::vector<std::uint8_t>(rows);
    case TypeKind::integer:
    case TypeKind::date:
      return std::vector<std::int32_t>(rows);
    case TypeKind::bigint:
    case TypeKind::timestamp:
      return std::vector<std::int64_t>(rows);
    case TypeKind::numeric:
      return std::vector<Numeric>(rows);
    case TypeKind::double_precision:
      return std::vector<double>(rows);
    case TypeKind::text:
      return std::vector<std::string_view>(rows);
    case TypeKind::interval:
      return std::vector<Interval>(rows);
  }
  KAPPA_ASSERT(false, "a TypeKind has no storage");
  return {};
}

template <typename T>
std::vector<T> pick(const std::vector<T>& from, const std::vector<std::uint32_t>& selection) {
  std::vector<T> picked;
  picked.reserve(selection.size());
  for (const std::uint32_t row : selection) picked.push_back(from[row]);
  return picked;
}

}  // namespace

Column make_column(TypeKind kind, std::size_t rows) {
  Column column;
  column.kind = kind;
  column.data = make_data(kind, rows);
  return column;
}

ColumnPointer gather(const ColumnPointer& column, const std::vector<std::uint32_t>& selection) {
  if (!column) return nullptr;
  auto gathered = std::make_shared<Column>();
  gathered->kind = column->kind;
  gathered->data = std::visit([&](const auto& values) { return ColumnData(pick(values, selection)); }, column->data);
  if (!column->nulls.empty()) gathered->nulls = pick(column->nulls, selection);
  if (std::ranges::find(gathered->nulls, 1) == gathered->nulls.end()) gathered->nulls.clear();
  if (!column->errors.empty()) gathered->errors = pick(column->errors, selection);
  if (std::ranges::all_of(gathered->errors, [](const ErrorPointer& error) { return !error; })) gathered->errors.clear();
  gathered->memory = column->memory;
  return gathered;
}

Batch gather(const Batch& batch, const std::vector<std::uint32_t>& selection) {
  Batch gathered;
  gathered.rows = selection.size();
  gathered.columns.reserve(batch.columns.size());
  for (const ColumnPointer& column : batch.columns) gathered.columns.push_back(gather(column, selection));
  if (!batch.weights.empty()) gathered.weights = pick(batch.weights, selection);
  gathered.origin.topic = batch.origin.topic;
  gathered.origin.batch = batch.origin.batch;
  gathered.origin.is_keyed = batch.origin.is_keyed;
  if (!batch.origin.places.empty()) gathered.origin.places = pick(batch.origin.places, selection);
  if (batch.origin.batch != nullptr) {
    gathered.origin.events.reserve(selection.size());
    for (const std::uint32_t row : selection) gathered.origin.events.push_back(batch.origin.event(row));
  }
  return gathered;
}

}  // namespace kappa::processor

// The lanes beside a column's values: NULL and errors.
//
// An error beats NULL, and the least of several errors is kept wherever two meet, so that neither the order of
// arguments nor of conjuncts can be seen in a result. Lanes stay empty while they have nothing to say.
#include "expression/lanes.hpp"

#include <algorithm>

namespace kappa::processor {
namespace {

void merge_nulls(Column& to, const Column& from) {
  if (from.nulls.empty()) return;
  if (to.nulls.empty()) {
    to.nulls = from.nulls;
    return;
  }
  for (std::size_t row = 0; row < from.nulls.size(); ++row) to.nulls[row] |= from.nulls[row];
}

struct ValueReader {
  std::size_t row;
  Value operator()(const std::vector<std::uint8_t>& values) const { return values[row] != 0; }
  Value operator()(const std::vector<std::string_view>& values) const { return std::string(values[row]); }
  template <typename T>
  Value operator()(const std::vector<T>& values) const {
    return values[row];
  }
};

struct ValueWriter {
  std::size_t row;
  const Value& value;
  TextArena& arena;
  void operator()(std::vector<std::uint8_t>& values) const { values[row] = std::get<bool>(value) ? 1 : 0; }
  void operator()(std::vector<std::string_view>& values) const {
    values[row] = arena.copy(std::get<std::string>(value));
  }
  template <typename T>
  void operator()(std::vector<T>& values) const {
    values[row] = std::get<T>(value);
  }
};

}  // namespace

void add_error(Column& column, std::size_t row, std::size_t rows, const ErrorPointer& error) {
  if (column.errors.empty()) column.errors.resize(rows);
  ErrorPointer& kept = column.errors[row];
  if (!kept || *error < *kept) kept = error;
  if (!column.nulls.empty()) column.nulls[row] = 0;
}

void pass_errors(Column& to, const Column& from, std::size_t rows) {
  if (from.errors.empty()) return;
  for (std::size_t row = 0; row < rows; ++row)
    if (from.errors[row]) add_error(to, row, rows, from.errors[row]);
}

std::shared_ptr<Column> strict_result(TypeKind kind, const Arguments& arguments) {
  auto result = std::make_shared<Column>(make_column(kind, arguments.rows));
  for (const ColumnPointer& argument : arguments.columns) merge_nulls(*result, *argument);
  for (const ColumnPointer& argument : arguments.columns) pass_errors(*result, *argument, arguments.rows);
  return result;
}

Value value_at(const Column& column, std::size_t row) {
  return std::visit(ValueReader{row}, column.data);
}

void store_value(Column& column, std::size_t row, const Value& value, TextArena& arena) {
  std::visit(ValueWriter{row, value, arena}, column.data);
}

void hold_memory(Column& column, const Column& from) {
  for (const auto& held : from.memory)
    if (std::ranges::find(column.memory, held) == column.memory.end()) column.memory.push_back(held);
}

void scatter(Column& to, std::size_t rows, const std::vector<std::uint32_t>& selection, const Column& part) {
  std::visit(
      [&](auto& values) {
        const auto& from = std::get<std::remove_reference_t<decltype(values)>>(part.data);
        for (std::size_t i = 0; i < selection.size(); ++i) values[selection[i]] = from[i];
      },
      to.data);
  for (std::size_t i = 0; i < part.nulls.size(); ++i)
    if (part.nulls[i] != 0) set_null(to, selection[i], rows);
  for (std::size_t i = 0; i < part.errors.size(); ++i)
    if (part.errors[i]) add_error(to, selection[i], rows, part.errors[i]);
  hold_memory(to, part);
}

}  // namespace kappa::processor

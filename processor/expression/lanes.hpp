#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "kappa/processor/column.hpp"
#include "kappa/processor/scalar.hpp"
#include "types/text_arena.hpp"

namespace kappa::processor {

/// The evaluated arguments of one node.
struct Arguments {
  std::size_t rows = 0;
  std::vector<ColumnPointer> columns;
};

/// True where a row has a value: neither NULL nor an error.
[[nodiscard]] inline bool is_live(const Column& column, std::size_t row) {
  return !column.is_null(row) && column.error(row) == nullptr;
}

/// Puts an error on a row, keeping the least where there is one; the row is then not NULL.
void add_error(Column& column, std::size_t row, std::size_t rows, const ErrorPointer& error);

/// Makes a row NULL.
inline void set_null(Column& column, std::size_t row, std::size_t rows) {
  if (column.nulls.empty()) column.nulls.resize(rows);
  column.nulls[row] = 1;
}

/// A column of `kind` for a strict function's result: NULL or an error where an argument is (an error wins), else
/// a zero to be filled in.
[[nodiscard]] std::shared_ptr<Column> strict_result(TypeKind kind, const Arguments& arguments);

/// Takes over the errors of a column, for functions that are strict in errors only.
void pass_errors(Column& to, const Column& from, std::size_t rows);

/// Calls f(row) for the rows of a strict result that are to be filled in.
template <typename F>
void for_live(const Column& result, std::size_t rows, F f) {
  if (result.nulls.empty() && result.errors.empty()) {
    for (std::size_t row = 0; row < rows; ++row) f(row);
    return;
  }
  for (std::size_t row = 0; row < rows; ++row)
    if (is_live(result, row)) f(row);
}

/// Stores a scalar function's outcome.
template <typename T>
void store(Column& result, std::vector<T>& values, std::size_t row, Scalar<T> outcome) {
  if (outcome)
    values[row] = std::move(*outcome);
  else
    add_error(result, row, values.size(), std::make_shared<const RowError>(std::move(outcome.error())));
}

/// Likewise of a function that can also answer NULL.
template <typename T>
void store(Column& result, std::vector<T>& values, std::size_t row, Scalar<std::optional<T>> outcome) {
  if (outcome && !*outcome) return set_null(result, row, values.size());
  if (outcome)
    values[row] = **outcome;
  else
    add_error(result, row, values.size(), std::make_shared<const RowError>(std::move(outcome.error())));
}

/// One live row as a value that owns its bytes, and back; text goes into the arena.
[[nodiscard]] Value value_at(const Column& column, std::size_t row);
void store_value(Column& column, std::size_t row, const Value& value, TextArena& arena);

/// Adds what keeps another column's views valid.
void hold_memory(Column& column, const Column& from);

/// Writes the rows of `part` to the given rows of `to`, lanes included; both have one kind.
void scatter(Column& to, std::size_t rows, const std::vector<std::uint32_t>& selection, const Column& part);

}  // namespace kappa::processor

#pragma once
#include <memory>
#include <utility>

#include "kappa/processor/column.hpp"

namespace kappa::processor {

/// A column of aggregates' results under construction: every row becomes a value, NULL, or an error.
class ResultColumn {
 public:
  ResultColumn(TypeKind kind, std::size_t rows) : column_(make_column(kind, rows)), rows_(rows) {}

  template <typename T>
  void set(std::size_t row, T value) {
    column_.as<T>()[row] = std::move(value);
  }
  void set_null(std::size_t row) {
    if (column_.nulls.empty()) column_.nulls.resize(rows_);
    column_.nulls[row] = 1;
  }
  void set_error(std::size_t row, RowError error) {
    if (column_.errors.empty()) column_.errors.resize(rows_);
    column_.errors[row] = std::make_shared<const RowError>(std::move(error));
  }
  [[nodiscard]] ColumnPointer finish() { return std::make_shared<const Column>(std::move(column_)); }

 private:
  Column column_;
  std::size_t rows_;
};

}  // namespace kappa::processor

#include "operators/error_gate.hpp"

#include <utility>

namespace kappa::processor {
namespace {

std::vector<const Column*> columns_with_errors(const Batch& batch) {
  std::vector<const Column*> found;
  for (const ColumnPointer& column : batch.columns) {
    if (column && !column->errors.empty()) found.push_back(column.get());
  }
  return found;
}

ErrorPointer least_error(const std::vector<const Column*>& columns, std::size_t row) {
  ErrorPointer least;
  for (const Column* column : columns) {
    const ErrorPointer& error = column->errors[row];
    if (error && (!least || *error < *least)) least = error;
  }
  return least;
}

}  // namespace

void ErrorGate::push(Batch batch) {
  const std::vector<const Column*> suspects = columns_with_errors(batch);
  if (suspects.empty()) return next_.push(std::move(batch));
  std::vector<std::uint32_t> clean;
  for (std::size_t row = 0; row < batch.rows; ++row) {
    if (const ErrorPointer error = least_error(suspects, row)) {
      errors_.reject(batch, row, error);
    } else {
      clean.push_back(static_cast<std::uint32_t>(row));
    }
  }
  if (!clean.empty()) next_.push(gather(batch, clean));
}

}  // namespace kappa::processor

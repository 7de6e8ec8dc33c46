#include "operators/project.hpp"

#include <utility>

#include "kappa/processor/evaluate.hpp"

namespace kappa::processor {

ProjectOperator::ProjectOperator(std::vector<ExpressionPointer> expressions, Consumer& next)
    : expressions_(std::move(expressions)), next_(next) {}

void ProjectOperator::push(Batch batch) {
  std::vector<ColumnPointer> columns;
  columns.reserve(expressions_.size());
  for (const ExpressionPointer& expression : expressions_) {
    columns.push_back(expression ? evaluate(*expression, batch) : nullptr);
  }
  batch.columns = std::move(columns);
  next_.push(std::move(batch));
}

}  // namespace kappa::processor

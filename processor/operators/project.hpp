#pragma once
#include <vector>

#include "kappa/processor/expression.hpp"
#include "operators/operator.hpp"

namespace kappa::processor {

/// Computes columns. Errors stay in the columns' error lanes: they surface where a later operator uses them.
class ProjectOperator final : public Consumer {
 public:
  /// A null expression makes a column that nobody needs: it is not evaluated.
  ProjectOperator(std::vector<ExpressionPointer> expressions, Consumer& next);
  void push(Batch batch) override;

 private:
  std::vector<ExpressionPointer> expressions_;
  Consumer& next_;
};

}  // namespace kappa::processor

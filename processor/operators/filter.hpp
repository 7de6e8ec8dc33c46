#pragma once
#include <vector>

#include "kappa/processor/expression.hpp"
#include "operators/error_log.hpp"
#include "operators/operator.hpp"

namespace kappa::processor {

/// Keeps the rows whose condition is true. A row whose condition is an error goes to the errors.
class FilterOperator final : public Consumer {
 public:
  /// `needed`: the columns that anything downstream uses; the others are not carried on.
  FilterOperator(ExpressionPointer condition, std::vector<bool> needed, ErrorLog& errors, Consumer& next);
  void push(Batch batch) override;

 private:
  ExpressionPointer condition_;
  std::vector<bool> needed_;
  ErrorLog& errors_;
  Consumer& next_;
};

}  // namespace kappa::processor

#pragma once
#include "operators/error_log.hpp"
#include "operators/operator.hpp"

namespace kappa::processor {

/// Stands before an operator that uses every column it gets (a view's output, a group's keys and arguments): a row
/// with errors leaves here, as one entry with the least of them. What passes has no error in any column.
class ErrorGate final : public Consumer {
 public:
  ErrorGate(ErrorLog& errors, Consumer& next) : errors_(errors), next_(next) {}
  void push(Batch batch) override;

 private:
  ErrorLog& errors_;
  Consumer& next_;
};

}  // namespace kappa::processor

#pragma once
#include "kappa/base/units.hpp"
#include "kappa/processor/expression.hpp"
#include "operators/error_log.hpp"
#include "operators/operator.hpp"

namespace kappa::processor {

/// Adds window_start and window_end: the window of `size` microseconds, aligned to 1970-01-01, that the row's time is
/// in. Rows without a time are left out; a window beyond the range of timestamps is an error (22008); an infinite time
/// is its own window, as date_bin has it.
class TumbleOperator final : public Consumer {
 public:
  TumbleOperator(ExpressionPointer time, Micros size, ErrorLog& errors, Consumer& next);
  void push(Batch batch) override;

 private:
  ExpressionPointer time_;
  Micros size_;
  ErrorLog& errors_;
  Consumer& next_;
};

}  // namespace kappa::processor

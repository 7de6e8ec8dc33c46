#include "kappa/processor/arithmetic.hpp"

#include "kappa/base/assert.hpp"

namespace kappa::processor {

RowError fault_error(Fault fault) {
  switch (fault) {
    case Fault::integer_out_of_range:
      return {kNumericValueOutOfRange, "integer out of range"};
    case Fault::bigint_out_of_range:
      return {kNumericValueOutOfRange, "bigint out of range"};
    case Fault::float_overflow:
      return {kNumericValueOutOfRange, "value out of range: overflow"};
    case Fault::float_underflow:
      return {kNumericValueOutOfRange, "value out of range: underflow"};
    case Fault::division_by_zero:
      return {kDivisionByZero, "division by zero"};
    case Fault::none:
      break;
  }
  KAPPA_ASSERT(false, "Fault::none is no error");
  return {};
}

}  // namespace kappa::processor

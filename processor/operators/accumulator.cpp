// Which accumulator a call gets.
#include "operators/accumulator.hpp"

#include <fmt/format.h>

#include <string>

#include "operators/counts.hpp"
#include "operators/distinct_argument.hpp"
#include "operators/double_sum.hpp"
#include "operators/extremes.hpp"
#include "operators/integer_sum.hpp"
#include "operators/numeric_sum.hpp"

namespace kappa::processor {
namespace {

using Made = std::unique_ptr<Accumulator>;

Made make_sum(TypeKind argument, SumResult asked, TypeKind result) {
  switch (argument) {
    case TypeKind::integer:
    case TypeKind::bigint:
      return std::make_unique<IntegerSum>(asked, result);
    case TypeKind::numeric:
      return std::make_unique<NumericSum>(asked);
    case TypeKind::double_precision:
      return std::make_unique<DoubleSum>(asked);
    default:
      return nullptr;
  }
}

template <typename T>
Made make_extreme_of(TypeKind kind, Extreme wanted, InputKind input) {
  const ExtremeOrder<T> before(wanted);
  if (input == InputKind::append_only) return std::make_unique<RunningExtreme<T>>(kind, before);
  return std::make_unique<ExtremeOfAll<T>>(kind, before);
}

Made make_extreme(TypeKind kind, Extreme wanted, InputKind input) {
  switch (kind) {
    case TypeKind::integer:
    case TypeKind::date:
      return make_extreme_of<std::int32_t>(kind, wanted, input);
    case TypeKind::bigint:
    case TypeKind::timestamp:
      return make_extreme_of<std::int64_t>(kind, wanted, input);
    case TypeKind::numeric:
      return make_extreme_of<Numeric>(kind, wanted, input);
    case TypeKind::double_precision:
      return make_extreme_of<double>(kind, wanted, input);
    case TypeKind::text:
      return make_extreme_of<std::string>(kind, wanted, input);
    default:
      return nullptr;
  }
}

Made make_plain(const AggregateCall& call, InputKind input) {
  switch (call.function) {
    case AggregateFunction::count_rows:
      return std::make_unique<RowCount>();
    case AggregateFunction::count:
      return std::make_unique<ValueCount>();
    case AggregateFunction::sum:
      return make_sum(call.argument->type.kind, SumResult::sum, call.type.kind);
    case AggregateFunction::avg:
      return make_sum(call.argument->type.kind, SumResult::average, call.type.kind);
    case AggregateFunction::min:
      return make_extreme(call.argument->type.kind, Extreme::minimum, input);
    case AggregateFunction::max:
      return make_extreme(call.argument->type.kind, Extreme::maximum, input);
  }
  return nullptr;
}

bool is_extreme(AggregateFunction function) {
  return function == AggregateFunction::min || function == AggregateFunction::max;
}

}  // namespace

Result<Made> make_accumulator(const AggregateCall& call, InputKind input) {
  // What DISTINCT leaves out can be taken away again where the shown one of two equal values changes.
  const bool distinct = call.distinct && call.argument && !is_extreme(call.function);
  Made made = make_plain(call, input);
  if (!made) {
    return fail(Errc::query, fmt::format("an aggregate of {} values is not supported", type_name(call.argument->type)),
                "cast the argument to a type that the function takes");
  }
  if (distinct) made = std::make_unique<DistinctArgument>(call.argument->type.kind, input, std::move(made));
  return made;
}

}  // namespace kappa::processor

#include "operators/integer_sum.hpp"

#include <limits>

#include "kappa/processor/scalar.hpp"
#include "operators/result_column.hpp"

namespace kappa::processor {
namespace {

bool is_bigint(Int128 value) {
  return value >= std::numeric_limits<std::int64_t>::min() && value <= std::numeric_limits<std::int64_t>::max();
}

}  // namespace

void IntegerSum::update(const Updates& updates) {
  const Column& argument = *updates.argument;
  const auto add = [&](const auto& values) {
    for (std::size_t row = 0; row < updates.groups.size(); ++row) {
      if (argument.is_null(row)) continue;
      Sum& sum = sums_[updates.groups[row]];
      sum.total += Int128{values[row]} * updates.weight(row);
      sum.count += updates.weight(row);
    }
  };
  if (argument.kind == TypeKind::integer) {
    add(argument.as<std::int32_t>());
  } else {
    add(argument.as<std::int64_t>());
  }
}

ColumnPointer IntegerSum::finish(std::span<const std::uint32_t> groups, std::span<const GroupState>) const {
  ResultColumn column(result_, groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Sum& sum = sums_[groups[i]];
    if (sum.count == 0) {
      column.set_null(i);
    } else if (asked_ == SumResult::average) {
      Scalar<Numeric> average = divide(Numeric{sum.total}, Numeric{sum.count});
      average ? column.set(i, *average) : column.set_error(i, average.error());
    } else if (result_ == TypeKind::numeric) {
      column.set(i, Numeric{sum.total});
    } else if (is_bigint(sum.total)) {
      column.set(i, static_cast<std::int64_t>(sum.total));
    } else {
      column.set_error(i, *make_error("22003", "bigint out of range"));
    }
  }
  return column.finish();
}

}  // namespace kappa::processor

#include "operators/double_sum.hpp"

#include <cmath>

#include "operators/result_column.hpp"

namespace kappa::processor {

void DoubleSum::update(const Updates& updates) {
  const std::vector<double>& values = updates.argument->as<double>();
  for (std::size_t row = 0; row < updates.groups.size(); ++row) {
    if (updates.argument->is_null(row)) continue;
    Sum& sum = sums_[updates.groups[row]];
    heap_bytes_ -= sum.total.heap_bytes();
    sum.total.add(values[row], updates.weight(row));
    sum.count += updates.weight(row);
    heap_bytes_ += sum.total.heap_bytes();
  }
}

ColumnPointer DoubleSum::finish(std::span<const std::uint32_t> groups, std::span<const GroupState>) const {
  ResultColumn column(TypeKind::double_precision, groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Sum& sum = sums_[groups[i]];
    if (sum.count <= 0) {
      column.set_null(i);
      continue;
    }
    const bool average = asked_ == SumResult::average;
    const double result = average ? sum.total.quotient(static_cast<std::uint64_t>(sum.count)) : sum.total.sum();
    if (std::isinf(result) && !sum.total.has_special()) {
      column.set_error(i, *make_error("22003", "value out of range: overflow"));
    } else {
      column.set(i, result);
    }
  }
  return column.finish();
}

void DoubleSum::reset(std::uint32_t group) {
  heap_bytes_ -= sums_[group].total.heap_bytes();
  sums_[group] = {};
}

}  // namespace kappa::processor

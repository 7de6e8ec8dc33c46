// Numeric sums. Most groups see one display scale, so the scales are a short vector. Only the result brings them to
// one scale, in integers of any width, where 38 digits are checked once: what overflows in between does not show.
#include "operators/numeric_sum.hpp"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>

#include "operators/result_column.hpp"

namespace kappa::processor {
namespace {

using BigInteger = boost::multiprecision::cpp_int;

BigInteger to_big(const WideSum& sum) {
  const auto& limbs = sum.limbs();
  BigInteger value = static_cast<std::int64_t>(limbs[2]);
  value = value * (BigInteger(1) << 64) + limbs[1];
  return value * (BigInteger(1) << 64) + limbs[0];
}

BigInteger power_of_ten(int exponent) {
  return boost::multiprecision::pow(BigInteger(10), static_cast<unsigned>(exponent));
}

Int128 to_int128(const BigInteger& value) {
  const BigInteger magnitude = abs(value);
  const auto low = static_cast<std::uint64_t>(magnitude & 0xFFFF'FFFF'FFFF'FFFF);
  const auto high = static_cast<std::uint64_t>(magnitude >> 64);
  const auto whole = static_cast<Int128>(static_cast<unsigned __int128>(high) << 64 | low);
  return value < 0 ? -whole : whole;
}

}  // namespace

std::int64_t& NumericTotal::count_of(Numeric::Kind kind) {
  if (kind == Numeric::Kind::nan) return nans_;
  return kind == Numeric::Kind::positive_infinity ? positive_infinities_ : negative_infinities_;
}

void NumericTotal::add(const Numeric& value, std::int64_t weight) {
  count_ += weight;
  if (value.kind != Numeric::Kind::finite) {
    count_of(value.kind) += weight;
    return;
  }
  auto found = std::ranges::find(scales_, value.scale, &Scale::scale);
  if (found == scales_.end()) found = scales_.insert(scales_.end(), Scale{value.scale, 0, {}});
  found->count += weight;
  found->total.add(value.coefficient, weight);
  if (found->count == 0 && found->total.is_zero()) scales_.erase(found);
}

Scalar<Numeric> NumericTotal::sum() const {
  if (nans_ > 0 || (positive_infinities_ > 0 && negative_infinities_ > 0)) return Numeric{0, 0, Numeric::Kind::nan};
  if (positive_infinities_ > 0) return Numeric{0, 0, Numeric::Kind::positive_infinity};
  if (negative_infinities_ > 0) return Numeric{0, 0, Numeric::Kind::negative_infinity};
  std::int16_t scale = 0;
  for (const Scale& each : scales_) scale = std::max(scale, each.scale);
  BigInteger total = 0;
  for (const Scale& each : scales_) total += to_big(each.total) * power_of_ten(scale - each.scale);
  if (abs(total) >= power_of_ten(38)) return std::unexpected(*make_error("22003", "value overflows numeric format"));
  return Numeric{to_int128(total), scale};
}

void NumericSum::update(const Updates& updates) {
  const std::vector<Numeric>& values = updates.argument->as<Numeric>();
  for (std::size_t row = 0; row < updates.groups.size(); ++row) {
    if (updates.argument->is_null(row)) continue;
    NumericTotal& total = totals_[updates.groups[row]];
    heap_bytes_ -= total.heap_bytes();
    total.add(values[row], updates.weight(row));
    heap_bytes_ += total.heap_bytes();
  }
}

ColumnPointer NumericSum::finish(std::span<const std::uint32_t> groups, std::span<const GroupState>) const {
  ResultColumn column(TypeKind::numeric, groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const NumericTotal& total = totals_[groups[i]];
    if (total.count() == 0) {
      column.set_null(i);
      continue;
    }
    Scalar<Numeric> result = total.sum();
    if (result && asked_ == SumResult::average) result = divide(*result, Numeric{total.count()});
    result ? column.set(i, *result) : column.set_error(i, result.error());
  }
  return column.finish();
}

void NumericSum::reset(std::uint32_t group) {
  heap_bytes_ -= totals_[group].heap_bytes();
  totals_[group] = {};
}

}  // namespace kappa::processor

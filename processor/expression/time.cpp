// Time: arithmetic with intervals and days, date_trunc, extract.
#include <cstdint>
#include <limits>

#include "expression/functions.hpp"
#include "kappa/base/assert.hpp"

namespace kappa::processor {
namespace {

// PostgreSQL's dates, as days since 1970: from 4714-11-24 BC to before 5874898-01-01. The extremes are infinities.
constexpr std::int32_t kFirstDate = -2'440'588;
constexpr std::int32_t kEndOfDates = 2'145'042'906;

bool is_infinite(std::int32_t date) {
  return date == std::numeric_limits<std::int32_t>::min() || date == std::numeric_limits<std::int32_t>::max();
}

Scalar<std::int32_t> add_days(std::int32_t date, std::int64_t days) {
  if (is_infinite(date)) return date;
  const std::int64_t moved = date + days;
  if (moved < kFirstDate || moved >= kEndOfDates) return std::unexpected(*make_error("22008", "date out of range"));
  return static_cast<std::int32_t>(moved);
}

Scalar<std::int32_t> days_between(std::int32_t later, std::int32_t earlier) {
  if (is_infinite(later) || is_infinite(earlier))
    return std::unexpected(*make_error("22008", "cannot subtract infinite dates"));
  return later - earlier;  // Both are within half of the range of an integer.
}

Scalar<std::int64_t> to_timestamp(std::int32_t date) {
  const Scalar<Value> cast = cast_value(date, Type{TypeKind::date}, Type{TypeKind::timestamp});
  if (!cast) return std::unexpected(cast.error());
  return std::get<std::int64_t>(*cast);
}

Scalar<std::int64_t> move_timestamp(Op op, std::int64_t timestamp, const Interval& interval) {
  return op == Op::add ? add_interval(timestamp, interval) : subtract_interval(timestamp, interval);
}

/// One strict function of two columns whose outcome is a Scalar.
template <typename Result, typename A, typename B, typename F>
ColumnPointer strict_binary(TypeKind kind, const Arguments& arguments, F f) {
  auto result = strict_result(kind, arguments);
  const auto& a = arguments.columns[0]->as<A>();
  const auto& b = arguments.columns[1]->as<B>();
  auto& values = result->template as<Result>();
  for_live(*result, arguments.rows, [&](std::size_t row) { store(*result, values, row, f(a[row], b[row])); });
  return result;
}

ColumnPointer date_and_interval(Op op, const Arguments& arguments) {
  return strict_binary<std::int64_t, std::int32_t, Interval>(
      TypeKind::timestamp, arguments, [op](std::int32_t date, const Interval& interval) -> Scalar<std::int64_t> {
        const Scalar<std::int64_t> timestamp = to_timestamp(date);
        return timestamp ? move_timestamp(op, *timestamp, interval) : timestamp;
      });
}

}  // namespace

ColumnPointer evaluate_time_arithmetic(const Expression& node, const Arguments& arguments) {
  const TypeKind left = arguments.columns[0]->kind;
  const TypeKind right = arguments.columns[1]->kind;
  if (left == TypeKind::timestamp) {
    KAPPA_ASSERT(right == TypeKind::interval, "arithmetic of timestamps that the binder does not make");
    return strict_binary<std::int64_t, std::int64_t, Interval>(
        TypeKind::timestamp, arguments,
        [op = node.op](std::int64_t a, const Interval& b) { return move_timestamp(op, a, b); });
  }
  if (right == TypeKind::interval) return date_and_interval(node.op, arguments);
  if (right == TypeKind::date)
    return strict_binary<std::int32_t, std::int32_t, std::int32_t>(TypeKind::integer, arguments, days_between);
  const std::int64_t sign = node.op == Op::add ? 1 : -1;
  return strict_binary<std::int32_t, std::int32_t, std::int32_t>(
      TypeKind::date, arguments, [sign](std::int32_t date, std::int32_t days) { return add_days(date, sign * days); });
}

ColumnPointer evaluate_time(const Expression& node, const Arguments& arguments) {
  using Text = std::string_view;
  if (node.op == Op::date_trunc)
    return strict_binary<std::int64_t, Text, std::int64_t>(TypeKind::timestamp, arguments, date_trunc);
  if (arguments.columns[1]->kind == TypeKind::date)
    return strict_binary<Numeric, Text, std::int32_t>(TypeKind::numeric, arguments, extract_date);
  return strict_binary<Numeric, Text, std::int64_t>(TypeKind::numeric, arguments, extract_timestamp);
}

}  // namespace kappa::processor

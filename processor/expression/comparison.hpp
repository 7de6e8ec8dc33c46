#pragma once
#include <cstdint>
#include <string_view>

#include "kappa/processor/scalar.hpp"

namespace kappa::processor {

/// Three-way by SQL's order, for each type that a column holds. Text compares as bytes.
template <typename T>
[[nodiscard]] int three_way(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}
[[nodiscard]] inline int three_way(const Numeric& a, const Numeric& b) {
  return compare(a, b);
}
[[nodiscard]] inline int three_way(double a, double b) {
  return compare(a, b);
}
[[nodiscard]] inline int three_way(std::string_view a, std::string_view b) {
  return a.compare(b);
}
/// Months count 30 days and days 24 hours.
[[nodiscard]] inline int three_way(const Interval& a, const Interval& b) {
  const auto span = [](const Interval& interval) {
    constexpr Int128 kMicrosPerDay = 86'400'000'000;
    return (Int128{interval.months} * 30 + interval.days) * kMicrosPerDay + interval.micros;
  };
  return three_way<Int128>(span(a), span(b));
}

template <typename T>
[[nodiscard]] bool is_equal(const T& a, const T& b) {
  return three_way(a, b) == 0;
}
[[nodiscard]] inline bool is_equal(std::string_view a, std::string_view b) {
  return a == b;
}

}  // namespace kappa::processor

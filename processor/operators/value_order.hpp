#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "kappa/processor/column.hpp"
#include "kappa/processor/scalar.hpp"
#include "operators/batch_tools.hpp"
#include "operators/result_column.hpp"

namespace kappa::processor {

enum class Extreme : std::uint8_t { minimum, maximum };

/// How a column holds a value that state keeps as T.
template <typename T>
using ColumnValue = std::conditional_t<std::is_same_v<T, std::string>, std::string_view, T>;

/// Three-way by SQL's order.
template <typename T>
[[nodiscard]] int compare_values(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}
template <>
[[nodiscard]] inline int compare_values(const double& a, const double& b) {
  return compare(a, b);
}
template <>
[[nodiscard]] inline int compare_values(const Numeric& a, const Numeric& b) {
  return compare(a, b);
}

/// Whether a's row encoding is less than b's, for values that SQL calls equal.
[[nodiscard]] bool has_lesser_encoding(const Numeric& a, const Numeric& b);
[[nodiscard]] bool has_lesser_encoding(double a, double b);

/// The order in which the value that min or max shows comes first: by SQL's order, up or down, and among equal values
/// the one with the least encoding.
template <typename T>
class ExtremeOrder {
 public:
  explicit ExtremeOrder(Extreme wanted) : wanted_(wanted) {}
  [[nodiscard]] bool operator()(const ColumnValue<T>& a, const ColumnValue<T>& b) const {
    const int order = compare_values<ColumnValue<T>>(a, b);
    if constexpr (std::is_same_v<T, Numeric> || std::is_same_v<T, double>) {
      if (order == 0) return has_lesser_encoding(a, b);
    }
    return wanted_ == Extreme::minimum ? order < 0 : order > 0;
  }

 private:
  Extreme wanted_;
};

[[nodiscard]] inline std::size_t heap_size(const std::string& text) {
  return text.capacity() > std::string().capacity() ? text.capacity() : 0;
}
template <typename T>
[[nodiscard]] std::size_t heap_size(const T&) {
  return 0;
}

/// A column of some groups' extremes; `extreme_of(group)` is a pointer to the value, null for none.
template <typename T, typename ExtremeOf>
[[nodiscard]] ColumnPointer finish_extremes(TypeKind kind, std::span<const std::uint32_t> groups,
                                            const ExtremeOf& extreme_of) {
  if constexpr (std::is_same_v<T, std::string>) {
    TextColumnBuilder texts;
    for (const std::uint32_t group : groups) {
      const std::string* extreme = extreme_of(group);
      texts.add(extreme != nullptr ? std::optional<std::string_view>(*extreme) : std::nullopt);
    }
    return texts.finish();
  } else {
    ResultColumn column(kind, groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const T* extreme = extreme_of(groups[i]);
      extreme != nullptr ? column.set(i, *extreme) : column.set_null(i);
    }
    return column.finish();
  }
}

}  // namespace kappa::processor

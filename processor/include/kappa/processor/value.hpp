#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace kappa::processor {

using Int128 = __int128;

/// A decimal number of at most 38 digits: coefficient · 10^-scale, where scale >= 0 is also PostgreSQL's display scale.
/// NaN sorts above everything and equals itself, as in PostgreSQL.
struct Numeric {
  enum class Kind : std::uint8_t { finite, nan, positive_infinity, negative_infinity };
  Int128 coefficient = 0;
  std::int16_t scale = 0;
  Kind kind = Kind::finite;
};

/// PostgreSQL's three-part interval; the parts do not convert into each other.
struct Interval {
  std::int32_t months = 0;
  std::int32_t days = 0;
  std::int64_t micros = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

/// A row-wise error as a value: SQLSTATE and PostgreSQL's wording of the reason. Ordered so that where several meet,
/// the least is kept and the order of evaluation cannot be seen.
struct RowError {
  std::array<char, 5> sqlstate{};
  std::string reason;
  friend auto operator<=>(const RowError&, const RowError&) = default;
};
using ErrorPointer = std::shared_ptr<const RowError>;  // Shared: an error passes unchanged through many columns.

[[nodiscard]] inline ErrorPointer make_error(std::string_view sqlstate, std::string reason) {
  RowError error{{}, std::move(reason)};
  for (std::size_t i = 0; i < error.sqlstate.size() && i < sqlstate.size(); ++i) error.sqlstate[i] = sqlstate[i];
  return std::make_shared<const RowError>(std::move(error));
}

/// One SQL value that owns its bytes: literals, defaults, tests. std::monostate is NULL. date is std::int32_t days
/// and timestamp std::int64_t microseconds since 1970-01-01; the Type beside it tells them from integers. Infinite
/// dates and timestamps are the extreme values of their integers.
using Value = std::variant<std::monostate, bool, std::int32_t, std::int64_t, Numeric, double, std::string, Interval>;

}  // namespace kappa::processor

// Casts between single values. Numbers meet PostgreSQL's rounding: a double to an integer goes to the nearest, halves
// to even; a numeric goes half away from zero; a double to numeric keeps 15 significant digits, which is what
// PostgreSQL prints on the way. Everything casts to text and back through its text form.

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "kappa/base/utf8.hpp"
#include "kappa/processor/arithmetic.hpp"
#include "types/calendar.hpp"
#include "types/scalar_error.hpp"
#include "types/wide_decimal.hpp"

namespace kappa::processor {
namespace {

template <typename T>
constexpr std::string_view kIntegerName = sizeof(T) == 4 ? "integer" : "bigint";

template <SqlInteger T>
[[nodiscard]] std::unexpected<RowError> out_of_range() {
  return std::unexpected(fault_error(kOutOfRange<T>));
}

template <SqlInteger T>
[[nodiscard]] Scalar<T> to_integer(double value) {
  // The upper bound itself is no T; the lower one is, and exact as a double.
  constexpr double kBound = -static_cast<double>(std::numeric_limits<T>::min());
  const double rounded = std::nearbyint(value);
  if (!(rounded >= -kBound && rounded < kBound)) return out_of_range<T>();
  return static_cast<T>(rounded);
}

template <SqlInteger T>
[[nodiscard]] Scalar<T> to_integer(const Numeric& value) {
  if (value.kind != Numeric::Kind::finite) {
    const std::string_view what = value.kind == Numeric::Kind::nan ? "NaN" : "infinity";
    return row_error(kFeatureNotSupported, fmt::format("cannot convert {} to {}", what, kIntegerName<T>));
  }
  const Scalar<Numeric> rounded = round_to_scale(value, 0);
  if (!rounded) return out_of_range<T>();
  const Int128 whole = rounded->coefficient;
  if (whole < std::numeric_limits<T>::min() || whole > std::numeric_limits<T>::max()) return out_of_range<T>();
  return static_cast<T>(whole);
}

[[nodiscard]] Scalar<double> to_double(const Numeric& value) {
  constexpr Int128 kExactMax = Int128{1} << std::numeric_limits<double>::digits;
  constexpr double kExactPowers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11};
  // Both sides exact, so the one rounding of the division is the right one.
  const bool exact = value.kind == Numeric::Kind::finite && value.coefficient <= kExactMax &&
                     value.coefficient >= -kExactMax && static_cast<std::size_t>(value.scale) < std::size(kExactPowers);
  if (exact && value.coefficient != 0) return static_cast<double>(value.coefficient) / kExactPowers[value.scale];
  std::string text;
  format_numeric(value, text);
  return parse_double(text);
}

[[nodiscard]] Scalar<Numeric> to_numeric(double value) {
  constexpr int kSignificantDigits = std::numeric_limits<double>::digits10;
  if (std::isnan(value)) return Numeric{0, 0, Numeric::Kind::nan};
  if (std::isinf(value))
    return Numeric{0, 0, value > 0 ? Numeric::Kind::positive_infinity : Numeric::Kind::negative_infinity};
  char text[32];
  const auto [end, ignored] =
      std::to_chars(text, text + sizeof text, value, std::chars_format::general, kSignificantDigits);
  return parse_numeric({text, end});
}

[[nodiscard]] std::int32_t to_date(std::int64_t timestamp) {
  if (is_infinite(timestamp)) return timestamp > 0 ? kDateInfinity : kDateMinusInfinity;
  return static_cast<std::int32_t>(floor_divide(timestamp, kMicrosPerDay));
}

/// At most `max_length` characters; all where it is negative.
void truncate(std::string& text, std::int32_t max_length) {
  if (max_length >= 0) text.resize(prefix_bytes(text, static_cast<std::size_t>(max_length)));
}

[[nodiscard]] std::string to_text(const Value& value, TypeKind from) {
  std::string text;
  switch (from) {
    case TypeKind::boolean:
      return std::get<bool>(value) ? "true" : "false";
    case TypeKind::integer:
      format_integer(std::get<std::int32_t>(value), text);
      break;
    case TypeKind::bigint:
      format_integer(std::get<std::int64_t>(value), text);
      break;
    case TypeKind::numeric:
      format_numeric(std::get<Numeric>(value), text);
      break;
    case TypeKind::double_precision:
      format_double(std::get<double>(value), text);
      break;
    case TypeKind::text:
      return std::get<std::string>(value);
    case TypeKind::timestamp:
      format_timestamp(std::get<std::int64_t>(value), text);
      break;
    case TypeKind::date:
      format_date(std::get<std::int32_t>(value), text);
      break;
    case TypeKind::interval:
      format_interval(std::get<Interval>(value), text);
      break;
  }
  return text;
}

/// A result of one type as a Value, its error kept.
template <typename T>
[[nodiscard]] Scalar<Value> as_value(Scalar<T> result) {
  if (!result) return std::unexpected(std::move(result.error()));
  return Value(*std::move(result));
}

[[nodiscard]] Scalar<Value> with_typmod(Scalar<Numeric> value, const Type& to) {
  if (!value) return std::unexpected(std::move(value.error()));
  return as_value(apply_typmod(*value, to));
}

[[nodiscard]] Scalar<Value> from_text(std::string_view text, const Type& to) {
  switch (to.kind) {
    case TypeKind::boolean:
      return as_value(parse_boolean(text));
    case TypeKind::integer:
      return as_value(parse_integer(text));
    case TypeKind::bigint:
      return as_value(parse_bigint(text));
    case TypeKind::numeric:
      return with_typmod(parse_numeric(text), to);
    case TypeKind::double_precision:
      return as_value(parse_double(text));
    case TypeKind::timestamp:
      return as_value(parse_timestamp(text));
    case TypeKind::date:
      return as_value(parse_date(text));
    case TypeKind::interval:
      return as_value(parse_interval(text));
    case TypeKind::text:
      break;
  }
  return Value(std::string(text));
}

/// integer and bigint to the other numbers.
[[nodiscard]] std::optional<Scalar<Value>> from_integer(std::int64_t value, const Type& to) {
  switch (to.kind) {
    case TypeKind::integer:
      if (value != static_cast<std::int32_t>(value)) return out_of_range<std::int32_t>();
      return Value(static_cast<std::int32_t>(value));
    case TypeKind::bigint:
      return Value(value);
    case TypeKind::numeric:
      return with_typmod(Numeric{value, 0, Numeric::Kind::finite}, to);
    case TypeKind::double_precision:
      return Value(static_cast<double>(value));
    default:
      return std::nullopt;
  }
}

[[nodiscard]] std::optional<Scalar<Value>> from_numeric(const Numeric& value, const Type& to) {
  switch (to.kind) {
    case TypeKind::integer:
      return as_value(to_integer<std::int32_t>(value));
    case TypeKind::bigint:
      return as_value(to_integer<std::int64_t>(value));
    case TypeKind::numeric:
      return with_typmod(value, to);
    case TypeKind::double_precision:
      return as_value(to_double(value));
    default:
      return std::nullopt;
  }
}

[[nodiscard]] std::optional<Scalar<Value>> from_double(double value, const Type& to) {
  switch (to.kind) {
    case TypeKind::integer:
      return as_value(to_integer<std::int32_t>(value));
    case TypeKind::bigint:
      return as_value(to_integer<std::int64_t>(value));
    case TypeKind::numeric:
      return with_typmod(to_numeric(value), to);
    default:
      return std::nullopt;
  }
}

/// The casts that go neither from nor to text and change the type; nothing where there is none.
[[nodiscard]] std::optional<Scalar<Value>> convert(const Value& value, TypeKind from, const Type& to) {
  switch (from) {
    case TypeKind::boolean:
      if (to.kind == TypeKind::integer) return Value(std::int32_t{std::get<bool>(value) ? 1 : 0});
      return std::nullopt;
    case TypeKind::integer:
      if (to.kind == TypeKind::boolean) return Value(std::get<std::int32_t>(value) != 0);
      return from_integer(std::get<std::int32_t>(value), to);
    case TypeKind::bigint:
      return from_integer(std::get<std::int64_t>(value), to);
    case TypeKind::numeric:
      return from_numeric(std::get<Numeric>(value), to);
    case TypeKind::double_precision:
      return from_double(std::get<double>(value), to);
    case TypeKind::timestamp:
      if (to.kind == TypeKind::date) return Value(to_date(std::get<std::int64_t>(value)));
      return std::nullopt;
    case TypeKind::date:
      if (to.kind == TypeKind::timestamp) return as_value(date_to_timestamp(std::get<std::int32_t>(value)));
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace

Scalar<Value> cast_value(const Value& value, const Type& from, const Type& to) {
  if (std::holds_alternative<std::monostate>(value)) return Value();
  if (to.kind == TypeKind::text) {
    std::string text = to_text(value, from.kind);
    truncate(text, to.max_length);
    return Value(std::move(text));
  }
  if (from.kind == TypeKind::text) return from_text(std::get<std::string>(value), to);
  if (from.kind == to.kind && to.kind != TypeKind::numeric) return value;
  if (std::optional<Scalar<Value>> converted = convert(value, from.kind, to)) return *std::move(converted);
  return row_error(kCannotCoerce, fmt::format("cannot cast type {} to {}", type_name(Type{.kind = from.kind}),
                                              type_name(Type{.kind = to.kind})));
}

}  // namespace kappa::processor

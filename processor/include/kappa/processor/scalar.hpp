#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "kappa/base/units.hpp"
#include "kappa/processor/type.hpp"
#include "kappa/processor/value.hpp"

/// PostgreSQL 15's meaning of single values (locale C, UTF-8, UTC): text in and out, arithmetic, casts. Every failure
/// is a RowError with PostgreSQL's SQLSTATE and wording.
namespace kappa::processor {

template <typename T>
using Scalar = std::expected<T, RowError>;

// Text to value, as `'…'::type` does (outer blanks allowed where PostgreSQL allows them).
[[nodiscard]] Scalar<bool> parse_boolean(std::string_view text);
[[nodiscard]] Scalar<std::int32_t> parse_integer(std::string_view text);
[[nodiscard]] Scalar<std::int64_t> parse_bigint(std::string_view text);
[[nodiscard]] Scalar<double> parse_double(std::string_view text);
[[nodiscard]] Scalar<Numeric> parse_numeric(std::string_view text);
[[nodiscard]] Scalar<std::int64_t> parse_timestamp(std::string_view text);
[[nodiscard]] Scalar<std::int32_t> parse_date(std::string_view text);
[[nodiscard]] Scalar<Interval> parse_interval(std::string_view text);

// Value to text, as PostgreSQL prints it. Appends.
void format_integer(std::int64_t value, std::string& to);
void format_double(double value, std::string& to);
void format_numeric(const Numeric& value, std::string& to);
void format_timestamp(std::int64_t value, std::string& to);  ///< `2015-07-15 00:00:00.123`
void format_date(std::int32_t value, std::string& to);
void format_interval(const Interval& value, std::string& to);

// Numeric: results have PostgreSQL's display scale; more than 38 digits is 22003.
[[nodiscard]] Scalar<Numeric> add(const Numeric& a, const Numeric& b);
[[nodiscard]] Scalar<Numeric> subtract(const Numeric& a, const Numeric& b);
[[nodiscard]] Scalar<Numeric> multiply(const Numeric& a, const Numeric& b);
[[nodiscard]] Scalar<Numeric> divide(const Numeric& a, const Numeric& b);
[[nodiscard]] Scalar<Numeric> modulo(const Numeric& a, const Numeric& b);
[[nodiscard]] Numeric negate(const Numeric& a);
[[nodiscard]] Numeric absolute(const Numeric& a);
/// Three-way by value: 1.0 equals 1.00; NaN equals NaN and is above +Infinity.
[[nodiscard]] int compare(const Numeric& a, const Numeric& b);
/// To a display scale, half away from zero.
[[nodiscard]] Scalar<Numeric> round_to_scale(const Numeric& a, int scale);
/// numeric(p, s): rounds to s, 22003 where more than p - s digits stand before the point.
[[nodiscard]] Scalar<Numeric> apply_typmod(const Numeric& a, const Type& type);

// Double: PostgreSQL's order, in which NaN equals NaN and is above everything, and -0 equals 0.
[[nodiscard]] int compare(double a, double b);

// Time. Fields as PostgreSQL names them, any case.
[[nodiscard]] Scalar<std::int64_t> date_trunc(std::string_view field, std::int64_t timestamp);
/// nullopt is NULL: a field that comes round again (month, hour, dow) of an infinite time.
[[nodiscard]] Scalar<std::optional<Numeric>> extract_timestamp(std::string_view field, std::int64_t timestamp);
[[nodiscard]] Scalar<std::optional<Numeric>> extract_date(std::string_view field, std::int32_t date);
[[nodiscard]] Scalar<std::int64_t> add_interval(std::int64_t timestamp, const Interval& interval);
[[nodiscard]] Scalar<std::int64_t> subtract_interval(std::int64_t timestamp, const Interval& interval);
[[nodiscard]] Scalar<std::int64_t> date_to_timestamp(std::int32_t date);
[[nodiscard]] Scalar<std::int32_t> add_days(std::int32_t date, std::int32_t days);
[[nodiscard]] Scalar<std::int32_t> subtract_days(std::int32_t date, std::int32_t days);
[[nodiscard]] Scalar<std::int32_t> subtract_dates(std::int32_t a, std::int32_t b);

/// Any cast among the types of this version, explicit rules (numeric(p,s) rounds, varchar(n) truncates). A NULL gives
/// NULL.
[[nodiscard]] Scalar<Value> cast_value(const Value& value, const Type& from, const Type& to);

}  // namespace kappa::processor

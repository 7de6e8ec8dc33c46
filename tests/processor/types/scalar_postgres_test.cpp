#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "kappa/processor/arithmetic.hpp"
#include "kappa/processor/scalar.hpp"
#include "oracle_cases.hpp"
#include "random_json.hpp"

namespace kappa::processor::test {
namespace {

using kappa::test::quote_literal;
using kappa::test::seed_of_run;

constexpr int kCases = 3000;

[[nodiscard]] std::string literal(std::string_view text, std::string_view type) {
  return fmt::format("{}::{}", quote_literal(text), type);
}

/// The literal of a value of a type, by its own text.
[[nodiscard]] std::string literal(const Value& value, const Type& type) {
  return literal(to_outcome(Scalar<Value>(value), type.kind), type_name(type));
}

[[nodiscard]] Scalar<Value> parse(std::string_view text, const Type& type) {
  return cast_value(Value(std::string(text)), Type{.kind = TypeKind::text}, type);
}

void add_parse(OracleCases& cases, const std::string& text, TypeKind kind) {
  cases.add(literal(text, type_name(Type{.kind = kind})), to_outcome(parse(text, Type{.kind = kind}), kind));
}

/// A finite double of any size, or one with few digits.
[[nodiscard]] double random_double(RandomTexts& random) {
  if (random.chance(30))
    return std::ldexp(static_cast<double>(random.between(-999, 999)), static_cast<int>(random.between(-60, 90)));
  if (random.chance(30)) return static_cast<double>(random.between(-99'999'999, 99'999'999)) / 1000;
  const auto value = std::bit_cast<double>(random.bits());
  return std::isfinite(value) ? value : 0.5;
}

[[nodiscard]] std::int64_t random_timestamp(RandomTexts& random) {
  constexpr std::int64_t kFirst = -210'866'803'200'000'000;
  constexpr std::int64_t kLast = 9'223'372'036'854'775'806;
  if (random.chance(5)) return random.chance(50) ? kFirst : kLast;
  if (random.chance(5)) return random.chance(50) ? kLast + 1 : -kLast - 2;
  if (random.chance(60)) return random.between(-4'000'000'000'000'000, 4'000'000'000'000'000);
  return random.between(kFirst, kLast);
}

[[nodiscard]] Numeric random_numeric(RandomTexts& random) {
  while (true) {
    const Scalar<Numeric> value = parse_numeric(random.number());
    if (value) return *value;
  }
}

const std::vector<std::string> kFields{
    "microseconds", "millisecond", "second",  "minute",     "hour",   "day",        "week",   "month", "quarter",
    "year",         "decade",      "century", "millennium", "julian", "dow",        "isodow", "doy",   "isoyear",
    "epoch",        "timezone",    "now",     "foo",        "ago",    "timezone_m", "MONTH",  "yrs"};

TEST(ScalarAgainstPostgres, ReadsTextOfNumbers) {
  RandomTexts random(seed_of_run());
  OracleCases cases;
  for (int i = 0; i < kCases; ++i) {
    const std::string text = random.number();
    for (const TypeKind kind : {TypeKind::integer, TypeKind::bigint, TypeKind::numeric, TypeKind::double_precision})
      add_parse(cases, text, kind);
  }
  cases.compare();
}

TEST(ScalarAgainstPostgres, ReadsTextOfBooleans) {
  RandomTexts random(seed_of_run());
  OracleCases cases;
  for (int i = 0; i < kCases / 10; ++i)
    add_parse(cases,
              random.disturbed(random.pick({"t", "tru", "TRUE", "f", "fals", "y", "yes", "n", "no", "on", "o", "of",
                                            "off", "1", "0", "10", "", "truex"})),
              TypeKind::boolean);
  cases.compare();
}

TEST(ScalarAgainstPostgres, ReadsTextOfTimestampsAndDates) {
  RandomTexts random(seed_of_run());
  OracleCases cases;
  for (int i = 0; i < 3 * kCases; ++i) {
    const std::string text = random.timestamp();
    add_parse(cases, text, TypeKind::timestamp);
    add_parse(cases, text, TypeKind::date);
  }
  cases.compare();
}

TEST(ScalarAgainstPostgres, ReadsTextOfIntervals) {
  RandomTexts random(seed_of_run());
  OracleCases cases;
  for (int i = 0; i < 3 * kCases; ++i) add_parse(cases, random.interval(), TypeKind::interval);
  cases.compare();
}

TEST(ScalarAgainstPostgres, PrintsDoubles) {
  RandomTexts random(seed_of_run());
  OracleCases cases;
  const auto add = [&cases](double value) {
    cases.add(fmt::format("'{:a}'::double precision", value),
              to_outcome(Scalar<double>(value), TypeKind::double_precision));
  };
  for (int i = 0; i < kCases; ++i) add(random_double(random));
  for (int exponent = -1074; exponent < 1024; ++exponent) add(std::ldexp(1.0, exponent));
  for (int digit = 1; digit < 10; ++digit)
    for (int exponent = -25; exponent < 40; ++exponent)
      add(parse_double(fmt::format("{}e{}", digit, exponent)).value());
  cases.compare();
}

TEST(ScalarAgainstPostgres, ComputesNumerics) {
  RandomTexts random(seed_of_run());
  OracleCases cases;
  constexpr Type kNumeric{.kind = TypeKind::numeric};
  for (int i = 0; i < kCases; ++i) {
    const Numeric a = random_numeric(random);
    const Numeric b = random_numeric(random);
    const std::string left = literal(Value(a), kNumeric);
    const std::string right = literal(Value(b), kNumeric);
    cases.add(left + " + " + right, to_outcome(add(a, b), kNumeric.kind));
    cases.add(left + " - " + right, to_outcome(subtract(a, b), kNumeric.kind));
    cases.add(left + " * " + right, to_outcome(multiply(a, b), kNumeric.kind));
    cases.add(left + " / " + right, to_outcome(divide(a, b), kNumeric.kind));
    cases.add(left + " % " + right, to_outcome(modulo(a, b), kNumeric.kind));
    cases.add(fmt::format("case when {0} < {1} then -1 when {0} > {1} then 1 else 0 end", left, right),
              std::to_string(compare(a, b)));
    cases.add("-" + left, to_outcome(Scalar<Numeric>(negate(a)), kNumeric.kind));
    cases.add("abs(" + left + ")", to_outcome(Scalar<Numeric>(absolute(a)), kNumeric.kind));
    const auto scale = static_cast<int>(random.between(-5, 12));
    cases.add(fmt::format("round({}, {})", left, scale), to_outcome(round_to_scale(a, scale), kNumeric.kind));
  }
  cases.compare();
}

TEST(ScalarAgainstPostgres, ComputesIntegersAndDoubles) {
  RandomTexts random(seed_of_run());
  OracleCases cases;
  const auto run = [&cases](auto a, auto b, TypeKind kind) {
    using T = decltype(a);
    const auto with = [&](char op, Fault (*compute)(T, T, T&)) {
      T result{};
      const Fault fault = compute(a, b, result);
      const Type type{.kind = kind};
      cases.add(fmt::format("{} {} {}", literal(Value(a), type), op, literal(Value(b), type)),
                fault == Fault::none ? to_outcome(Scalar<T>(result), kind) : to_outcome(fault_error(fault)));
    };
    with('+', [](T x, T y, T& z) { return checked_add(x, y, z); });
    with('-', [](T x, T y, T& z) { return checked_subtract(x, y, z); });
    with('*', [](T x, T y, T& z) { return checked_multiply(x, y, z); });
    with('/', [](T x, T y, T& z) { return checked_divide(x, y, z); });
    if constexpr (SqlInteger<T>) with('%', [](T x, T y, T& z) { return checked_modulo(x, y, z); });
  };
  const std::vector<std::int64_t> edges{0, 1, -1, 2, -2'147'483'648, 2'147'483'647, INT64_MIN, INT64_MAX, 46'341};
  const auto edge = [&] { return edges[static_cast<std::size_t>(random.between(0, 8))]; };
  for (int i = 0; i < kCases / 3; ++i) {
    run(static_cast<std::int32_t>(edge()),
        static_cast<std::int32_t>(random.chance(50) ? edge() : random.between(-9, 9)), TypeKind::integer);
    run(edge(), random.chance(50) ? edge() : random.between(-9, 9), TypeKind::bigint);
    run(random_double(random), random_double(random), TypeKind::double_precision);
  }
  cases.compare();
}

TEST(ScalarAgainstPostgres, CastsAmongAllTypes) {
  RandomTexts random(seed_of_run());
  OracleCases cases;
  const std::vector<Type> types{
      {TypeKind::boolean},          {TypeKind::integer},       {TypeKind::bigint},         {TypeKind::numeric},
      {TypeKind::double_precision}, {TypeKind::text},          {TypeKind::timestamp},      {TypeKind::date},
      {TypeKind::interval},         {TypeKind::numeric, 5, 2}, {TypeKind::numeric, 20, 0}, {TypeKind::text, -1, -1, 4}};
  for (int i = 0; i < kCases; ++i) {
    const Type from{.kind = types[static_cast<std::size_t>(random.between(0, 8))].kind};
    const bool of_time = from.kind >= TypeKind::timestamp;
    const std::string text = from.kind == TypeKind::boolean    ? random.pick({"true", "false"})
                             : from.kind == TypeKind::interval ? random.interval()
                             : of_time || random.chance(10)    ? random.timestamp()
                                                               : random.number();
    const Scalar<Value> value = parse(text, from);
    // The least interval has a text that PostgreSQL itself does not read back.
    if (!value || !parse(to_outcome(value, from.kind), from)) continue;
    for (const Type& to : types)
      if (from.kind != TypeKind::interval || to.kind == TypeKind::text || to.kind == TypeKind::interval)
        cases.add(fmt::format("({})::{}", literal(*value, from), type_name(to)),
                  to_outcome(cast_value(*value, from, to), to.kind));
  }
  cases.compare();
}

TEST(ScalarAgainstPostgres, TruncatesAndExtractsTimes) {
  RandomTexts random(seed_of_run());
  OracleCases cases;
  for (int i = 0; i < kCases; ++i) {
    const std::int64_t timestamp = random_timestamp(random);
    const std::string field = random.pick(kFields);
    const std::string text = literal(Value(timestamp), Type{.kind = TypeKind::timestamp});
    cases.add(fmt::format("date_trunc('{}', {})", field, text),
              to_outcome(date_trunc(field, timestamp), TypeKind::timestamp));
    const auto add_extract = [&](const Scalar<std::optional<Numeric>>& part, const std::string& from) {
      cases.add(fmt::format("extract('{}' from {})", field, from),
                !part   ? to_outcome(part.error())
                : *part ? to_outcome(Scalar<Numeric>(**part), TypeKind::numeric)
                        : "NULL");
    };
    add_extract(extract_timestamp(field, timestamp), text);
    const Scalar<Value> date =
        cast_value(Value(timestamp), Type{.kind = TypeKind::timestamp}, Type{.kind = TypeKind::date});
    add_extract(extract_date(field, std::get<std::int32_t>(date.value())),
                literal(*date, Type{.kind = TypeKind::date}));
  }
  cases.compare();
}

TEST(ScalarAgainstPostgres, AddsIntervalsAndDays) {
  RandomTexts random(seed_of_run());
  OracleCases cases;
  for (int i = 0; i < kCases; ++i) {
    const std::int64_t timestamp = random_timestamp(random);
    const auto months =
        static_cast<std::int32_t>(random.chance(10) ? random.between(INT32_MIN, INT32_MAX) : random.between(-99, 99));
    const auto days =
        static_cast<std::int32_t>(random.chance(10) ? random.between(INT32_MIN, INT32_MAX) : random.between(-99, 99));
    const Interval interval{random.chance(50) ? months : 0, random.chance(50) ? days : 0,
                            random.between(-99'999'999'999, 99'999'999'999)};
    const std::string left = literal(Value(timestamp), Type{.kind = TypeKind::timestamp});
    const std::string right = literal(Value(interval), Type{.kind = TypeKind::interval});
    cases.add(left + " + " + right, to_outcome(add_interval(timestamp, interval), TypeKind::timestamp));
    cases.add(left + " - " + right, to_outcome(subtract_interval(timestamp, interval), TypeKind::timestamp));
    const auto date = static_cast<std::int32_t>(random.chance(10) ? random.between(-2'440'588, 2'145'042'905)
                                                                  : random.between(-99'999, 99'999));
    const auto other = static_cast<std::int32_t>(random.chance(5) ? (random.chance(50) ? INT32_MAX : INT32_MIN)
                                                                  : random.between(-99'999, 99'999));
    const std::string day = literal(Value(date), Type{.kind = TypeKind::date});
    cases.add(fmt::format("{} + {}", day, days), to_outcome(add_days(date, days), TypeKind::date));
    cases.add(fmt::format("{} - ({})", day, days), to_outcome(subtract_days(date, days), TypeKind::date));
    cases.add(fmt::format("{} - {}", day, literal(Value(other), Type{.kind = TypeKind::date})),
              to_outcome(subtract_dates(date, other), TypeKind::integer));
    cases.add(day + "::timestamp", to_outcome(date_to_timestamp(date), TypeKind::timestamp));
  }
  cases.compare();
}

}  // namespace
}  // namespace kappa::processor::test

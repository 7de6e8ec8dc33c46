#include "kappa/processor/scalar.hpp"

#include <gtest/gtest.h>

#include "oracle_cases.hpp"

namespace kappa::processor::test {
namespace {

/// A text through a type and back, or the error.
[[nodiscard]] std::string reread(std::string_view text, const Type& type) {
  return to_outcome(cast_value(Value(std::string(text)), Type{.kind = TypeKind::text}, type), type.kind);
}
[[nodiscard]] std::string reread(std::string_view text, TypeKind kind) {
  return reread(text, Type{.kind = kind});
}

[[nodiscard]] Numeric numeric(std::string_view text) {
  return parse_numeric(text).value();
}
[[nodiscard]] std::string show(const Scalar<Numeric>& value) {
  return to_outcome(value, TypeKind::numeric);
}
[[nodiscard]] std::string show_time(const Scalar<std::int64_t>& value) {
  return to_outcome(value, TypeKind::timestamp);
}

TEST(ParseBoolean, TakesUniquePrefixesInAnyCase) {
  EXPECT_EQ(reread(" TR ", TypeKind::boolean), "true");
  EXPECT_EQ(reread("of", TypeKind::boolean), "false");
  EXPECT_EQ(reread("o", TypeKind::boolean), "error 22P02 invalid input syntax for type boolean: \"o\"");
}

TEST(ParseInteger, TakesBothEndsOfItsRange) {
  EXPECT_EQ(reread("-2147483648", TypeKind::integer), "-2147483648");
  EXPECT_EQ(reread(" +2147483647 ", TypeKind::integer), "2147483647");
  EXPECT_EQ(reread("-9223372036854775808", TypeKind::bigint), "-9223372036854775808");
}

TEST(ParseInteger, ReportsRangeBeforeSyntax) {
  EXPECT_EQ(reread("21474836480x", TypeKind::integer),
            "error 22003 value \"21474836480x\" is out of range for type integer");
  EXPECT_EQ(reread("2147483648", TypeKind::integer),
            "error 22003 value \"2147483648\" is out of range for type integer");
  EXPECT_EQ(reread("1.0", TypeKind::bigint), "error 22P02 invalid input syntax for type bigint: \"1.0\"");
}

TEST(FormatDouble, UsesThePlainFormBetween1em4And1e15) {
  EXPECT_EQ(reread("100000", TypeKind::double_precision), "100000");
  EXPECT_EQ(reread("1e15", TypeKind::double_precision), "1e+15");
  EXPECT_EQ(reread("0.0001", TypeKind::double_precision), "0.0001");
  EXPECT_EQ(reread("0.0000001", TypeKind::double_precision), "1e-07");
  EXPECT_EQ(reread("123456789012345.6", TypeKind::double_precision), "123456789012345.6");
  EXPECT_EQ(reread("-0", TypeKind::double_precision), "-0");
}

TEST(FormatDouble, NeverPrintsTheMiddleBetweenTwoDoubles) {
  EXPECT_EQ(reread("1e23", TypeKind::double_precision), "9.999999999999999e+22");
  EXPECT_EQ(reread("9007199254740993", TypeKind::double_precision), "9.007199254740992e+15");
  EXPECT_EQ(reread("5e-324", TypeKind::double_precision), "5e-324");
}

TEST(ParseDouble, RefusesWhatOverflowsOrUnderflows) {
  EXPECT_EQ(reread(" 1e400 ", TypeKind::double_precision),
            "error 22003 \"1e400\" is out of range for type double precision");
  EXPECT_EQ(reread("1e-400", TypeKind::double_precision),
            "error 22003 \"1e-400\" is out of range for type double precision");
  EXPECT_EQ(reread("", TypeKind::double_precision), "error 22P02 invalid input syntax for type double precision: \"\"");
}

TEST(ParseNumeric, KeepsTheDisplayScale) {
  EXPECT_EQ(reread("1.50", TypeKind::numeric), "1.50");
  EXPECT_EQ(reread("-0.00", TypeKind::numeric), "0.00");
  EXPECT_EQ(reread("1.5e3", TypeKind::numeric), "1500");
  EXPECT_EQ(reread("15e-4", TypeKind::numeric), "0.0015");
  EXPECT_EQ(reread("inf", TypeKind::numeric), "Infinity");
}

TEST(ParseNumeric, HoldsThirtyEightDigits) {
  const std::string most(38, '9');
  EXPECT_EQ(reread("-" + most, TypeKind::numeric), "-" + most);
  EXPECT_EQ(reread(most + "9", TypeKind::numeric), "error 22003 value overflows numeric format");
  EXPECT_EQ(reread("1e-16384", TypeKind::numeric), "error 22003 value overflows numeric format");
  EXPECT_EQ(reread(most + "9x", TypeKind::numeric),
            "error 22P02 invalid input syntax for type numeric: \"" + most + "9x\"");
}

TEST(NumericArithmetic, GivesPostgresScales) {
  EXPECT_EQ(show(add(numeric("1.0"), numeric("1.000"))), "2.000");
  EXPECT_EQ(show(multiply(numeric("1.50"), numeric("2.0"))), "3.000");
  EXPECT_EQ(show(divide(numeric("1"), numeric("3"))), "0.33333333333333333333");
  EXPECT_EQ(show(divide(numeric("3"), numeric("2"))), "1.5000000000000000");
  EXPECT_EQ(show(modulo(numeric("-7.5"), numeric("2"))), "-1.5");
}

TEST(NumericArithmetic, OverflowsBeyondThirtyEightDigits) {
  const Numeric most = numeric(std::string(38, '9'));
  EXPECT_EQ(show(add(most, numeric("1"))), "error 22003 value overflows numeric format");
  EXPECT_EQ(show(multiply(most, most)), "error 22003 value overflows numeric format");
  EXPECT_EQ(show(divide(most, numeric("0.1"))), "error 22003 value overflows numeric format");
  EXPECT_EQ(show(modulo(most, numeric("0.00007"))), "0.00005");
  EXPECT_EQ(compare(most, numeric("0.0000000000001")), 1);
}

TEST(NumericArithmetic, RefusesDivisionByZero) {
  EXPECT_EQ(show(divide(numeric("1"), numeric("0.0"))), "error 22012 division by zero");
  EXPECT_EQ(show(modulo(numeric("inf"), numeric("0"))), "error 22012 division by zero");
  EXPECT_EQ(show(divide(numeric("NaN"), numeric("0"))), "NaN");
}

TEST(CompareNumeric, PutsNanAboveInfinity) {
  EXPECT_EQ(compare(numeric("1.0"), numeric("1.00")), 0);
  EXPECT_EQ(compare(numeric("NaN"), numeric("inf")), 1);
  EXPECT_EQ(compare(numeric("NaN"), numeric("NaN")), 0);
  EXPECT_EQ(compare(numeric("-inf"), numeric("-1e30")), -1);
}

TEST(ApplyTypmod, RoundsHalfAwayFromZeroAndChecksWidth) {
  const Type type{TypeKind::numeric, 4, 2};
  EXPECT_EQ(show(apply_typmod(numeric("-1.005"), type)), "-1.01");
  EXPECT_EQ(show(apply_typmod(numeric("99.995"), type)), "error 22003 numeric field overflow");
  EXPECT_EQ(show(apply_typmod(numeric("inf"), type)), "error 22003 numeric field overflow");
  EXPECT_EQ(show(apply_typmod(numeric("NaN"), type)), "NaN");
}

TEST(CompareDouble, PutsNanAboveAllAndZerosEqual) {
  EXPECT_EQ(compare(std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()), 1);
  EXPECT_EQ(compare(std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()), 0);
  EXPECT_EQ(compare(-0.0, 0.0), 0);
}

TEST(ParseTimestamp, TakesTheUsualForms) {
  EXPECT_EQ(reread("2015-07-15T00:00:00.123Z", TypeKind::timestamp), "2015-07-15 00:00:00.123");
  EXPECT_EQ(reread("2015-07-15", TypeKind::timestamp), "2015-07-15 00:00:00");
  EXPECT_EQ(reread("2015-07-15 10:00:00-08:00", TypeKind::timestamp), "2015-07-15 10:00:00");
  EXPECT_EQ(reread("Jul 15 2015 4:05 PM", TypeKind::timestamp), "2015-07-15 16:05:00");
  EXPECT_EQ(reread("20150715T040506", TypeKind::timestamp), "2015-07-15 04:05:06");
  EXPECT_EQ(reread("2015-07-15 10:00 EST5EDT", TypeKind::timestamp), "2015-07-15 10:00:00");
  EXPECT_EQ(reread("0044-03-15 BC", TypeKind::timestamp), "0044-03-15 00:00:00 BC");
  EXPECT_EQ(reread("epoch", TypeKind::timestamp), "1970-01-01 00:00:00");
  EXPECT_EQ(reread("-infinity", TypeKind::timestamp), "-infinity");
}

TEST(ParseTimestamp, RoundsToMicroseconds) {
  EXPECT_EQ(reread("2015-07-15 23:59:59.9999999", TypeKind::timestamp), "2015-07-16 00:00:00");
  EXPECT_EQ(reread("2015-07-15 00:00:00.1234565", TypeKind::timestamp), "2015-07-15 00:00:00.123456");
}

TEST(ParseTimestamp, TellsSyntaxFromRange) {
  EXPECT_EQ(reread("2015-02-29", TypeKind::timestamp),
            "error 22008 date/time field value out of range: \"2015-02-29\"");
  EXPECT_EQ(reread("2015-07-15 25:00", TypeKind::timestamp),
            "error 22008 date/time field value out of range: \"2015-07-15 25:00\"");
  EXPECT_EQ(reread("tea time", TypeKind::timestamp),
            "error 22007 invalid input syntax for type timestamp: \"tea time\"");
  EXPECT_EQ(reread("4714-11-23 BC", TypeKind::timestamp), "error 22008 timestamp out of range: \"4714-11-23 BC\"");
  EXPECT_EQ(reread("2015-07-15 00:00+16", TypeKind::timestamp),
            "error 22009 time zone displacement out of range: \"2015-07-15 00:00+16\"");
}

TEST(ParseTimestamp, RefusesClocksAndZonesByName) {
  EXPECT_EQ(reread("now", TypeKind::timestamp),
            "error 0A000 \"now\" as a timestamp would read a clock, which no view does");
  EXPECT_EQ(reread("2015-07-15 Europe/Berlin", TypeKind::timestamp),
            "error 22023 time zone \"europe/berlin\" not recognized");
}

TEST(ParseDate, TakesItsWholeRange) {
  EXPECT_EQ(reread("5874897-12-31", TypeKind::date), "5874897-12-31");
  EXPECT_EQ(reread("4714-11-24 BC", TypeKind::date), "4714-11-24 BC");
  EXPECT_EQ(reread("5874898-01-01", TypeKind::date), "error 22008 date out of range: \"5874898-01-01\"");
  EXPECT_EQ(reread("10:00:00", TypeKind::date), "error 22007 invalid input syntax for type date: \"10:00:00\"");
}

TEST(ParseInterval, TakesVerboseIsoAndStandardForms) {
  EXPECT_EQ(reread("-1 year -2 mons +3 days -04:05:06", TypeKind::interval), "-1 years -2 mons +3 days -04:05:06");
  EXPECT_EQ(reread("P1Y2M3DT4H5M6S", TypeKind::interval), "1 year 2 mons 3 days 04:05:06");
  EXPECT_EQ(reread("P0001-02-03T04:05:06", TypeKind::interval), "1 year 2 mons 3 days 04:05:06");
  EXPECT_EQ(reread("1-2 3 4:05:06", TypeKind::interval), "1 year 2 mons 3 days 04:05:06");
  EXPECT_EQ(reread("1.5 months ago", TypeKind::interval), "-1 mons -15 days");
  EXPECT_EQ(reread("0", TypeKind::interval), "00:00:00");
}

TEST(ParseInterval, TellsSyntaxFromRange) {
  EXPECT_EQ(reread("1 fortnight", TypeKind::interval),
            "error 22007 invalid input syntax for type interval: \"1 fortnight\"");
  EXPECT_EQ(reread("2147483648 days", TypeKind::interval),
            "error 22015 interval field value out of range: \"2147483648 days\"");
  EXPECT_EQ(reread("178956971 years", TypeKind::interval), "error 22008 interval out of range");
}

TEST(DateTrunc, GoesToTheStartOfTheUnit) {
  const std::int64_t time = parse_timestamp("2001-02-16 20:38:40.12").value();
  EXPECT_EQ(show_time(date_trunc("Hour", time)), "2001-02-16 20:00:00");
  EXPECT_EQ(show_time(date_trunc("week", time)), "2001-02-12 00:00:00");
  EXPECT_EQ(show_time(date_trunc("quarter", time)), "2001-01-01 00:00:00");
  EXPECT_EQ(show_time(date_trunc("decade", time)), "2000-01-01 00:00:00");
  EXPECT_EQ(show_time(date_trunc("century", time)), "2001-01-01 00:00:00");
  EXPECT_EQ(show_time(date_trunc("Dow", time)),
            "error 22023 unit \"dow\" not recognized for type timestamp without time zone");
}

TEST(Extract, HasPostgresScales) {
  const std::int64_t time = parse_timestamp("2001-02-16 20:38:40.12").value();
  const auto part = [&](std::string_view field) { return show(extract_timestamp(field, time).value().value()); };
  EXPECT_EQ(part("epoch"), "982355920.120000");
  EXPECT_EQ(part("second"), "40.120000");
  EXPECT_EQ(part("milliseconds"), "40120.000");
  EXPECT_EQ(part("julian"), "2451957.86018657407407407407");
  EXPECT_EQ(part("isodow"), "5");
  EXPECT_EQ(show(extract_date("epoch", 1).value().value()), "86400");
}

TEST(Extract, GivesNullForMonthsOfInfinity) {
  const std::int64_t infinity = parse_timestamp("infinity").value();
  EXPECT_EQ(extract_timestamp("month", infinity).value(), std::nullopt);
  EXPECT_EQ(show(extract_timestamp("year", infinity).value().value()), "Infinity");
  EXPECT_EQ(to_outcome(extract_date("hour", 0).error()), "error 0A000 unit \"hour\" not supported for type date");
}

TEST(AddInterval, ClampsToTheEndOfTheMonth) {
  const auto plus = [](std::string_view time, std::string_view interval) {
    return show_time(add_interval(parse_timestamp(time).value(), parse_interval(interval).value()));
  };
  EXPECT_EQ(plus("2020-01-31 12:00:00", "1 month"), "2020-02-29 12:00:00");
  EXPECT_EQ(plus("2020-01-31", "1 month -1 day"), "2020-02-28 00:00:00");
  EXPECT_EQ(plus("infinity", "1 day"), "infinity");
  EXPECT_EQ(plus("4714-11-24 BC", "-1 us"), "error 22008 timestamp out of range");
}

TEST(AddInterval, MayPassBeyondTheLastTimestampButNotBeyondPostgres) {
  const auto plus = [](std::string_view time, std::string_view interval) {
    return show_time(add_interval(parse_timestamp(time).value(), parse_interval(interval).value()));
  };
  EXPECT_EQ(plus("294247-01-10", "4 years -9999 days"), "294223-08-26 00:00:00");
  EXPECT_EQ(plus("294247-01-10", "30 years -99999 days"), "error 22008 timestamp out of range");
  EXPECT_EQ(plus("294247-01-10", "1 day"), "error 22008 timestamp out of range");
}

TEST(DateArithmetic, StaysInRange) {
  EXPECT_EQ(to_outcome(add_days(2'145'042'905, 1), TypeKind::date), "error 22008 date out of range");
  EXPECT_EQ(to_outcome(subtract_dates(3, 5), TypeKind::integer), "-2");
  EXPECT_EQ(to_outcome(subtract_dates(INT32_MAX, 0), TypeKind::integer), "error 22008 cannot subtract infinite dates");
  EXPECT_EQ(to_outcome(date_to_timestamp(2'145'042'905), TypeKind::timestamp),
            "error 22008 date out of range for timestamp");
}

TEST(CastValue, RoundsDoublesToEvenAndNumericsAwayFromZero) {
  const Type integer{.kind = TypeKind::integer};
  EXPECT_EQ(to_outcome(cast_value(2.5, Type{.kind = TypeKind::double_precision}, integer), integer.kind), "2");
  EXPECT_EQ(to_outcome(cast_value(numeric("2.5"), Type{.kind = TypeKind::numeric}, integer), integer.kind), "3");
  EXPECT_EQ(to_outcome(cast_value(3e9, Type{.kind = TypeKind::double_precision}, integer), integer.kind),
            "error 22003 integer out of range");
  EXPECT_EQ(to_outcome(cast_value(numeric("NaN"), Type{.kind = TypeKind::numeric}, integer), integer.kind),
            "error 0A000 cannot convert NaN to integer");
}

TEST(CastValue, TruncatesToVarcharInCharacters) {
  EXPECT_EQ(reread("äöü", Type{TypeKind::text, -1, -1, 2}), "äö");
  EXPECT_EQ(reread("12.345", Type{TypeKind::numeric, 4, 2}), "12.35");
}

TEST(CastValue, RefusesPairsThatHaveNoCast) {
  EXPECT_EQ(
      to_outcome(cast_value(true, Type{.kind = TypeKind::boolean}, Type{.kind = TypeKind::bigint}), TypeKind::bigint),
      "error 42846 cannot cast type boolean to bigint");
  EXPECT_EQ(
      to_outcome(cast_value({}, Type{.kind = TypeKind::boolean}, Type{.kind = TypeKind::bigint}), TypeKind::bigint),
      "NULL");
}

TEST(TypeName, IsPostgresOwn) {
  EXPECT_EQ(type_name({TypeKind::numeric, 10, 2}), "numeric(10,2)");
  EXPECT_EQ(type_name({TypeKind::text, -1, -1, 20}), "character varying(20)");
  EXPECT_EQ(type_name(Type{.kind = TypeKind::timestamp}), "timestamp without time zone");
}

}  // namespace
}  // namespace kappa::processor::test

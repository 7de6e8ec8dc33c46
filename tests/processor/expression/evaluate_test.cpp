#include "kappa/processor/evaluate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "expressions.hpp"

namespace kappa::test {
namespace {

constexpr auto kLeastInteger = std::numeric_limits<std::int32_t>::min();
constexpr auto kLeastBigint = std::numeric_limits<std::int64_t>::min();

TEST(Evaluate, ChecksIntegerArithmetic) {
  const std::string out_of_range = "22003 integer out of range";
  EXPECT_EQ(value_of(Op::add, kInteger, {integer(2147483647), integer(1)}), out_of_range);
  EXPECT_EQ(value_of(Op::divide, kInteger, {integer(kLeastInteger), integer(-1)}), out_of_range);
  EXPECT_EQ(value_of(Op::negate, kInteger, {integer(kLeastInteger)}), out_of_range);
  EXPECT_EQ(value_of(Op::absolute, kBigint, {literal(kBigint, kLeastBigint)}), "22003 bigint out of range");
  EXPECT_EQ(value_of(Op::modulo, kInteger, {integer(kLeastInteger), integer(-1)}), "0");
  EXPECT_EQ(value_of(Op::divide, kInteger, {integer(-7), integer(2)}), "-3");
  EXPECT_EQ(value_of(division_by_zero()), "22012 division by zero");
}

TEST(Evaluate, ChecksDoubleArithmetic) {
  const auto number = [](double value) { return literal(kDouble, value); };
  EXPECT_EQ(value_of(Op::multiply, kDouble, {number(1e200), number(1e200)}), "22003 value out of range: overflow");
  EXPECT_EQ(value_of(Op::multiply, kDouble, {number(1e-200), number(1e-200)}), "22003 value out of range: underflow");
  EXPECT_EQ(value_of(Op::divide, kDouble, {number(1), number(0)}), "22012 division by zero");
  EXPECT_EQ(value_of(Op::add, kDouble, {number(INFINITY), number(1)}), "Infinity");
  EXPECT_EQ(value_of(Op::divide, kDouble, {number(1), number(INFINITY)}), "0");
}

TEST(Evaluate, ErrorsBeatNullInStrictFunctions) {
  EXPECT_EQ(value_of(Op::add, kInteger, {null(kInteger), division_by_zero()}), "22012 division by zero");
  EXPECT_EQ(value_of(Op::add, kInteger, {null(kInteger), integer(1)}), "NULL");
}

TEST(Evaluate, DecidingValueBeatsErrors) {
  for (const auto& arguments : {std::vector{boolean(false), failing_condition(), null(kBoolean)},
                                std::vector{null(kBoolean), failing_condition(), boolean(false)}})
    EXPECT_EQ(value_of(Op::logical_and, kBoolean, arguments), "f");
  EXPECT_EQ(value_of(Op::logical_or, kBoolean, {failing_condition(), boolean(true)}), "t");
}

TEST(Evaluate, ErrorsBeatNullInLogic) {
  EXPECT_EQ(value_of(Op::logical_and, kBoolean, {null(kBoolean), failing_condition(), boolean(true)}),
            "22012 division by zero");
  EXPECT_EQ(value_of(Op::logical_and, kBoolean, {null(kBoolean), boolean(true)}), "NULL");
  EXPECT_EQ(value_of(Op::logical_or, kBoolean, {null(kBoolean), boolean(false)}), "NULL");
}

TEST(Evaluate, LeastOfSeveralErrorsIsKept) {
  const auto overflow = call(Op::equal, kBoolean, {call(Op::negate, kInteger, {integer(kLeastInteger)}), integer(1)});
  EXPECT_EQ(value_of(Op::logical_and, kBoolean, {failing_condition(), overflow}), "22003 integer out of range");
  EXPECT_EQ(value_of(Op::logical_and, kBoolean, {overflow, failing_condition()}), "22003 integer out of range");
}

TEST(Evaluate, TestsOfTruthAreNeverNull) {
  EXPECT_EQ(value_of(Op::is_true, kBoolean, {null(kBoolean)}), "f");
  EXPECT_EQ(value_of(Op::is_not_false, kBoolean, {null(kBoolean)}), "t");
  EXPECT_EQ(value_of(Op::is_null, kBoolean, {null(kText)}), "t");
  EXPECT_EQ(value_of(Op::is_not_null, kBoolean, {division_by_zero()}), "22012 division by zero");
  EXPECT_EQ(value_of(Op::is_distinct, kBoolean, {null(kInteger), integer(1)}), "t");
  EXPECT_EQ(value_of(Op::is_not_distinct, kBoolean, {null(kInteger), null(kInteger)}), "t");
}

TEST(Evaluate, CaseDoesNotEvaluateWhatIsNotReached) {
  EXPECT_EQ(value_of(Op::case_when, kInteger, {boolean(true), integer(1), failing_condition(), integer(2), integer(3)}),
            "1");
  EXPECT_EQ(value_of(Op::case_when, kInteger, {boolean(false), division_by_zero(), null(kInteger)}), "NULL");
  EXPECT_EQ(value_of(Op::case_when, kInteger, {failing_condition(), integer(1), integer(2)}), "22012 division by zero");
}

TEST(Evaluate, CoalesceStopsAtTheFirstValue) {
  EXPECT_EQ(value_of(Op::coalesce, kInteger, {null(kInteger), integer(2), division_by_zero()}), "2");
  EXPECT_EQ(value_of(Op::coalesce, kInteger, {null(kInteger), division_by_zero(), integer(2)}),
            "22012 division by zero");
  EXPECT_EQ(value_of(Op::coalesce, kInteger, {null(kInteger)}), "NULL");
}

TEST(Evaluate, NullIfIsNullWhereEqual) {
  EXPECT_EQ(value_of(Op::null_if, kInteger, {integer(1), integer(1)}), "NULL");
  EXPECT_EQ(value_of(Op::null_if, kInteger, {integer(1), null(kInteger)}), "1");
  EXPECT_EQ(value_of(Op::null_if, kInteger, {null(kInteger), division_by_zero()}), "22012 division by zero");
}

TEST(Evaluate, InListIsAnOrOfEquals) {
  EXPECT_EQ(value_of(Op::in_list, kBoolean, {integer(2), integer(1), integer(2), null(kInteger)}), "t");
  EXPECT_EQ(value_of(Op::in_list, kBoolean, {integer(3), integer(1), null(kInteger)}), "NULL");
  EXPECT_EQ(value_of(Op::in_list, kBoolean, {text("b"), text("a"), text("c")}), "f");
  EXPECT_EQ(value_of(Op::in_list, kBoolean, {null(kText), text("a")}), "NULL");
  EXPECT_EQ(value_of(Op::in_list, kBoolean, {integer(1), division_by_zero(), integer(1)}), "t");
  EXPECT_EQ(value_of(Op::in_list, kBoolean, {literal(kDouble, 0.0), literal(kDouble, -0.0)}), "t");
}

TEST(Evaluate, MovesDatesAndTimestamps) {
  const auto month = literal(kInterval, processor::Interval{1, 0, 0});
  EXPECT_EQ(value_of(Op::add, kDate, {literal(kDate, std::int32_t{30}), integer(1)}), "1970-02-01");
  EXPECT_EQ(value_of(Op::add, kTimestamp, {literal(kDate, std::int32_t{30}), month}), "1970-02-28 00:00:00");
  EXPECT_EQ(value_of(Op::subtract, kTimestamp, {literal(kTimestamp, std::int64_t{0}), month}), "1969-12-01 00:00:00");
  EXPECT_EQ(value_of(Op::subtract, kInteger, {literal(kDate, std::int32_t{3}), literal(kDate, std::int32_t{5})}), "-2");
  EXPECT_EQ(value_of(Op::subtract, kDate, {literal(kDate, std::int32_t{0}), integer(2147483647)}),
            "22008 date out of range");
}

TEST(Evaluate, TruncatesAndExtracts) {
  const auto time = literal(kTimestamp, std::int64_t{90'061'500'000});
  EXPECT_EQ(value_of(Op::date_trunc, kTimestamp, {text("hour"), time}), "1970-01-02 01:00:00");
  EXPECT_EQ(value_of(Op::extract, kNumeric, {text("second"), time}), "1.500000");
  EXPECT_EQ(value_of(Op::extract, kNumeric, {text("day"), literal(kDate, std::int32_t{4})}), "5");
}

TEST(Evaluate, CastsThroughTheScalarRules) {
  EXPECT_EQ(value_of(Op::cast, kBigint, {text(" 12 ")}), "12");
  EXPECT_EQ(value_of(Op::cast, kInteger, {text("x")}).substr(0, 5), "22P02");
  EXPECT_EQ(value_of(Op::cast, kText, {literal(kTimestamp, std::int64_t{0})}), "1970-01-01 00:00:00");
  EXPECT_EQ(value_of(Op::cast, kInteger, {literal(kBigint, std::int64_t{1} << 40)}), "22003 integer out of range");
  EXPECT_EQ(value_of(Op::cast, Type{TypeKind::text, -1, -1, 2}, {text("abc")}), "ab");
  EXPECT_EQ(value_of(Op::cast, kText, {boolean(true)}), "true");
}

TEST(Evaluate, DeepTreesDoNotOverflowTheStack) {
  ExpressionPointer sum = integer(0);
  ExpressionPointer choice = integer(0);
  for (int i = 0; i < 1000; ++i) {
    sum = call(Op::add, kInteger, {sum, integer(1)});
    choice = call(Op::case_when, kInteger, {boolean(i % 2 == 0), choice, integer(i)});
  }
  EXPECT_EQ(value_of(sum), "1000");
  EXPECT_EQ(value_of(choice), "999");
}

}  // namespace
}  // namespace kappa::test

#include "text/range.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kappa::cli {
namespace {

using ::testing::HasSubstr;

constexpr Micros kNow = 1'735'689'600'000'000;  // 2025-01-01
constexpr Micros kHour = 3'600'000'000;

/// The offsets that a range names in a partition of offsets 0 to 99, as text.
std::string over_hundred(std::string_view text) {
  const auto range = Range::parse(text, kNow);
  if (!range) return range.error().message;
  const OffsetSpan span = resolve(*range, 0, 100);
  return std::to_string(span.begin) + ".." + std::to_string(span.end);
}

TEST(Range, SinglePointsReachToTheEnd) {
  EXPECT_EQ(over_hundred("start"), "0..100");
  EXPECT_EQ(over_hundred("end"), "100..100");
  EXPECT_EQ(over_hundred("8"), "8..100");
  EXPECT_EQ(over_hundred("-10"), "90..100");
  EXPECT_EQ(over_hundred("-1000"), "0..100");
  EXPECT_EQ(over_hundred("1000"), "100..100");
}

TEST(Range, PairsMixAllPoints) {
  EXPECT_EQ(over_hundred("8:end"), "8..100");
  EXPECT_EQ(over_hundred("8:12"), "8..12");
  EXPECT_EQ(over_hundred(":5"), "0..5");
  EXPECT_EQ(over_hundred("5:"), "5..100");
  EXPECT_EQ(over_hundred(":"), "0..100");
  EXPECT_EQ(over_hundred("-10:-5"), "90..95");
  EXPECT_EQ(over_hundred("start:-95"), "0..5");
  EXPECT_EQ(over_hundred("50:-60"), "50..50");
}

/// Its points as hours from now; other points as `start`, `end`.
std::string hours(std::string_view text) {
  const auto range = Range::parse(text, kNow);
  if (!range) return range.error().message;
  const auto point = [](const RangePoint& at) -> std::string {
    if (!at.is_time()) return at.from == RangePoint::From::start ? "start" : "end";
    return std::to_string((at.time - kNow) / kHour);
  };
  return point(range->begin) + ".." + point(range->end);
}

TEST(Range, HasTimes) {
  EXPECT_EQ(hours("@-1h"), "-1..end");
  EXPECT_EQ(hours("@-2h:@-1h"), "-2..-1");
  EXPECT_EQ(hours("@-1h:"), "-1..end");
  EXPECT_EQ(hours("@-1h:end"), "-1..end");
  EXPECT_EQ(hours(":@-1h"), "start..-1");
  EXPECT_EQ(hours("@2025-01-01"), "0..end");
  EXPECT_EQ(hours("@2025-01-01T03:00:00"), "3..end");
  EXPECT_EQ(hours("@2025-01-01T03:00:00+02:00:@2025-01-01T03:00:00Z"), "1..3");
  EXPECT_EQ(hours("@2025-01-01 03:00:00:end"), "3..end");
  EXPECT_EQ(hours("start:@1735693200"), "start..1");
  EXPECT_EQ(hours("@1735689600:@1735693200000"), "0..1");
}

TEST(Range, IsClippedToWhatThereIs) {
  const auto range = Range::parse("5:200", kNow);
  ASSERT_TRUE(range);
  const OffsetSpan span = resolve(*range, 20, 100);
  EXPECT_EQ(span.begin, 20U);
  EXPECT_EQ(span.end, 100U);
}

TEST(Range, RefusesEverythingElse) {
  for (const char* text : {"", "bogus", "1:2:3", "1 2", "0x1", "--1", "-", "1.5", "99999999999999999999", "START"}) {
    EXPECT_THAT(over_hundred(text), HasSubstr("is no range")) << text;
  }
  EXPECT_THAT(over_hundred("9:8"), HasSubstr("ends before it begins"));
  EXPECT_THAT(over_hundred("-5:-10"), HasSubstr("ends before it begins"));
  for (const char* text : {"@", "@yesterday", "@-", "@-1x", "@2025-13-01", "@1:2:3", "@-1h:@", "@2025-01-01T00:00"})
    EXPECT_THAT(over_hundred(text), HasSubstr("is no range")) << text;
  EXPECT_THAT(over_hundred("@-1h:@-2h"), HasSubstr("ends before it begins"));
  EXPECT_THAT(over_hundred("+5"), HasSubstr("+N is not supported"));
}

}  // namespace
}  // namespace kappa::cli

#include "text/range.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kappa::cli {
namespace {

using ::testing::HasSubstr;

/// The offsets that a range names in a partition of offsets 0 to 99, as text.
std::string over_hundred(std::string_view text) {
  const auto range = Range::parse(text);
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

TEST(Range, IsClippedToWhatThereIs) {
  const auto range = Range::parse("5:200");
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
  EXPECT_THAT(over_hundred("@2025-01-01"), HasSubstr("times are not supported"));
  EXPECT_THAT(over_hundred("+5"), HasSubstr("+N is not supported"));
}

}  // namespace
}  // namespace kappa::cli

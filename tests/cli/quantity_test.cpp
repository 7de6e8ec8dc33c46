#include "text/quantity.hpp"

#include <gtest/gtest.h>

namespace kappa::cli {
namespace {

TEST(Durations, AreAWholeNumberAndAUnit) {
  EXPECT_EQ(parse_duration("45s"), 45'000'000);
  EXPECT_EQ(parse_duration("90min"), 5'400'000'000);
  EXPECT_EQ(parse_duration("12h"), 43'200'000'000);
  EXPECT_EQ(parse_duration("30d"), 2'592'000'000'000);
  EXPECT_EQ(parse_duration("2w"), 1'209'600'000'000);
}

TEST(Durations, OfOtherFormsAreRefused) {
  for (const char* text : {"", "d", "0d", "-1d", "1.5d", "1m", "1 d", "30D", "30days", "400000d", "99999999999999999w"})
    EXPECT_EQ(parse_duration(text).error().code, Errc::usage) << text;
}

TEST(Durations, AreTextInTheLargestWholeUnit) {
  for (const char* text : {"45 s", "90 min", "12 h", "30 d", "2 w"}) {
    std::string written = text;
    std::erase(written, ' ');
    EXPECT_EQ(duration_text(*parse_duration(written)), text);
  }
  EXPECT_EQ(duration_text(1), "1 us");
}

TEST(Sizes, AreAWholeNumberAndPerhapsAUnit) {
  EXPECT_EQ(parse_bytes("1048576"), 1'048'576u);
  EXPECT_EQ(parse_bytes("10MB"), 10'000'000u);
  EXPECT_EQ(parse_bytes("50GiB"), 53'687'091'200u);
  EXPECT_EQ(parse_bytes("2TiB"), 2'199'023'255'552u);
}

TEST(Sizes, OfOtherFormsAreRefused) {
  for (const char* text : {"", "0", "0GiB", "GiB", "-1", "1.5GB", "1 GB", "1gb", "1K", "99999999999TiB"})
    EXPECT_EQ(parse_bytes(text).error().code, Errc::usage) << text;
}

}  // namespace
}  // namespace kappa::cli

#include "text/time_text.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace kappa::cli {
namespace {

constexpr Micros k2025 = 1'735'689'600'000'000;  // 2025-01-01T00:00:00Z

std::optional<Micros> automatic(std::string_view text) {
  return take_timestamp(text, TimestampFormat::automatic);
}

TEST(TimeText, IsRfc3339ToTheMicrosecond) {
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(rfc3339(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(rfc3339(k2025 + 1), "2025-01-01T00:00:00.000001Z");
  EXPECT_EQ(rfc3339(days_of_date(2024, 2, 29) * 86'400'000'000), "2024-02-29T00:00:00.000000Z");
}

TEST(TimeText, YearsBeyondFourDigitsHaveASign) {
  EXPECT_EQ(rfc3339(std::numeric_limits<Micros>::max()), "+294247-01-10T04:00:54.775807Z");
  EXPECT_EQ(rfc3339(std::numeric_limits<Micros>::min() + 1), "-290308-12-21T19:59:05.224193Z");
}

TEST(TimeText, EveryTimeComesBack) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 100'000; ++i) {
    const auto time = static_cast<Micros>(random()) >> (random() % 64);
    if (time == kNoTimestamp) continue;
    ASSERT_EQ(take_rfc3339(rfc3339(time), Zone::required), time) << rfc3339(time);
  }
}

TEST(TimeText, TakesZonesFractionsAndBlanks) {
  EXPECT_EQ(take_rfc3339("2025-01-01T01:30:00+01:30", Zone::required), k2025);
  EXPECT_EQ(take_rfc3339("2024-12-31t19:00:00.5-05:00", Zone::required), k2025 + 500'000);
  EXPECT_EQ(take_rfc3339("2025-01-01 00:00:00z", Zone::required), k2025);
  EXPECT_EQ(take_rfc3339("2024-12-31T23:59:59.9999995Z", Zone::required), k2025);
  EXPECT_EQ(take_rfc3339("2024-12-31T23:59:60Z", Zone::required), k2025);
}

TEST(TimeText, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "2025", "2025-13-01T00:00:00Z", "2025-02-29T00:00:00Z", "2025-01-01T24:00:00Z", "2025-01-01T00:00:00.Z",
        "2025-01-01T00:00:00Zx", "2025-01-01T00:00:00+0100", "2025-1-01T00:00:00Z", "+999999-01-01T00:00:00Z"}) {
    EXPECT_EQ(take_rfc3339(text, Zone::utc_if_absent), std::nullopt) << text;
  }
  EXPECT_EQ(take_rfc3339("2025-01-01T00:00:00", Zone::required), std::nullopt);
}

TEST(TimeText, AutomaticTakesNumbersByTheirSize) {
  EXPECT_EQ(automatic("1735689600"), k2025);
  EXPECT_EQ(automatic("1735689600.25"), k2025 + 250'000);
  EXPECT_EQ(automatic("1735689600000"), k2025);
  EXPECT_EQ(automatic("1735689600000000"), k2025);
  EXPECT_EQ(automatic("1735689600000000000"), std::nullopt);
  EXPECT_EQ(automatic("2025-01-01 00:00:00"), k2025);
  EXPECT_EQ(automatic("-1"), -1'000'000);
}

TEST(TimeText, NamedFormatsAreStrict) {
  EXPECT_EQ(take_timestamp("1.0000005", TimestampFormat::unix_s), 1'000'001);
  EXPECT_EQ(take_timestamp("5", TimestampFormat::unix_ms), 5000);
  EXPECT_EQ(take_timestamp("5", TimestampFormat::unix_us), 5);
  EXPECT_EQ(take_timestamp("2025-01-01T00:00:00Z", TimestampFormat::unix_s), std::nullopt);
  EXPECT_EQ(take_timestamp("5", TimestampFormat::rfc3339), std::nullopt);
  EXPECT_EQ(take_timestamp("2025-01-01T00:00:00", TimestampFormat::rfc3339), std::nullopt);
  EXPECT_EQ(take_timestamp("1e3", TimestampFormat::unix_s), std::nullopt);
  EXPECT_EQ(take_timestamp("9999999999999999999", TimestampFormat::unix_us), std::nullopt);
  EXPECT_EQ(timestamp_format("auto"), TimestampFormat::automatic);
  EXPECT_EQ(timestamp_format("unix"), std::nullopt);
}

}  // namespace
}  // namespace kappa::cli

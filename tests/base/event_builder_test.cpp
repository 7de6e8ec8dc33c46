#include "kappa/base/event_builder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace kappa {
namespace {

class EventBatchBuilderTest : public testing::Test {
 protected:
  void add(std::optional<std::string_view> key, std::optional<std::string_view> value,
           Micros timestamp = kNoTimestamp) {
    builder_.add({timestamp, bytes_of(key), bytes_of(value), {}});
  }
  [[nodiscard]] static std::optional<Bytes> bytes_of(std::optional<std::string_view> text) {
    return text ? std::optional<Bytes>(as_bytes(*text)) : std::nullopt;
  }
  [[nodiscard]] static std::string text(const BytesColumn& column, std::size_t i) {
    return column.has(i) ? std::string(as_text(column[i])) : "absent";
  }

  EventBatchBuilder builder_;
};

TEST_F(EventBatchBuilderTest, GivesWhatWasAdded) {
  add("k", "v", 7);
  add(std::nullopt, "w");
  const EventColumns columns = builder_.columns();
  EXPECT_EQ(columns.count, 2U);
  EXPECT_EQ(text(columns.keys, 0) + text(columns.keys, 1), "kabsent");
  EXPECT_EQ(text(columns.values, 0) + text(columns.values, 1), "vw");
  EXPECT_EQ(columns.timestamp(0), 7);
  EXPECT_EQ(columns.timestamp(1), kNoTimestamp);
}

TEST_F(EventBatchBuilderTest, AnAbsentValueIsNotAnEmptyOne) {
  add("", std::nullopt);
  const EventColumns columns = builder_.columns();
  EXPECT_TRUE(columns.keys.get(0).has_value());
  EXPECT_TRUE(columns.keys[0].empty());
  EXPECT_FALSE(columns.values.get(0).has_value());
}

TEST_F(EventBatchBuilderTest, ColumnsThatAreAllAbsentCostNothing) {
  add(std::nullopt, "v");
  const EventColumns columns = builder_.columns();
  EXPECT_TRUE(columns.keys.offsets.empty());
  EXPECT_TRUE(columns.timestamps.empty());
  EXPECT_TRUE(columns.headers.offsets.empty());
}

TEST_F(EventBatchBuilderTest, ColumnsThatAreAllPresentCarryNoPresence) {
  add("k", "v");
  EXPECT_TRUE(builder_.columns().keys.present.empty());
}

TEST_F(EventBatchBuilderTest, CountsTheBytesItHolds) {
  add("key", "value");
  EXPECT_EQ(builder_.raw_bytes(), 8U);
}

TEST_F(EventBatchBuilderTest, IsEmptyAndReusableAfterClear) {
  add("k", "v", 7);
  builder_.clear();
  EXPECT_EQ(builder_.count(), 0U);
  EXPECT_EQ(builder_.raw_bytes(), 0U);
  add(std::nullopt, "w");
  EXPECT_TRUE(builder_.columns().timestamps.empty());
  EXPECT_EQ(text(builder_.columns().values, 0), "w");
}

TEST(EventBatch, AnEventWithoutATimestampHasItsAppendTime) {
  const Micros given[] = {5, kNoTimestamp};
  EventBatch batch;
  batch.append_time = 9;
  batch.columns.timestamps = given;
  EXPECT_EQ(batch.timestamp(0), 5);
  EXPECT_EQ(batch.timestamp(1), 9);
}

}  // namespace
}  // namespace kappa

// Topics of several partitions: one order over all of them, begun at any place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "log_fixture.hpp"

namespace kappa::test {
namespace {

using log::LogTest;
using Strings = std::vector<std::string>;

class SeveralPartitions : public LogTest {
 protected:
  SeveralPartitions() : directory_(open()), topic_(*directory_->create_topic("t", log::TopicKind::user, 3)) {}

  log::Stamp append_to(std::uint32_t partition, const std::string& value) {
    const auto appender = directory_->appender(topic_, partition);
    EXPECT_TRUE(appender) << appender.error().message;
    const auto stamp = try_append(**appender, {value});
    EXPECT_TRUE(stamp) << stamp.error().message;
    return stamp.value_or(log::Stamp{});
  }
  std::unique_ptr<log::OrderedReader> merged() { return directory_->ordered_reader({&topic_, 1}).value(); }
  /// "PARTITION:VALUE" of each event up to the bound, in the order given.
  static Strings served(log::OrderedReader& reader) {
    Strings events;
    const auto bound = reader.bound();
    for (;;) {
      const auto batch = reader.next(*bound);
      EXPECT_TRUE(batch) << batch.error().message;
      if (!batch || !*batch) return events;
      Strings values;
      add_values(**batch, values);
      for (const std::string& value : values) events.push_back(std::to_string((*batch)->partition) + ":" + value);
    }
  }

  std::unique_ptr<log::Directory> directory_;
  log::TopicInfo topic_;
};

TEST_F(SeveralPartitions, AreReadInTheOrderOfTheirAppends) {
  append_to(2, "a"), append_to(0, "b"), append_to(2, "c"), append_to(1, "d");
  EXPECT_EQ(served(*merged()), (Strings{"2:a", "0:b", "2:c", "1:d"}));
}

TEST_F(SeveralPartitions, AreFollowedFromTheirEnds) {
  append_to(2, "a"), append_to(0, "b");
  const auto reader = merged();
  ASSERT_TRUE(reader->skip_to_end());
  EXPECT_EQ(served(*reader), Strings{});
  append_to(1, "c"), append_to(2, "d");
  EXPECT_EQ(served(*reader), (Strings{"1:c", "2:d"}));
}

TEST_F(SeveralPartitions, AreReadFromATime) {
  append_to(2, "a");
  const log::Stamp second = append_to(0, "b");
  log::Stamp later = append_to(2, "c");
  while (later.append_time == second.append_time) later = append_to(2, "c");
  const auto reader = merged();
  ASSERT_TRUE(reader->skip_to(later.append_time));
  EXPECT_EQ(served(*reader), Strings{"2:c"});
  const auto all_from_second = merged();
  ASSERT_TRUE(all_from_second->skip_to(second.append_time));
  EXPECT_THAT(served(*all_from_second), testing::Contains("0:b"));
}

TEST_F(SeveralPartitions, CountAsConsumedWhatIsSkipped) {
  append_to(2, "a"), append_to(2, "b"), append_to(0, "c");
  const auto reader = merged();
  ASSERT_TRUE(reader->skip_to_end());
  std::vector<std::uint64_t> ends;
  for (const log::ConsumedInput& input : reader->consumed()) ends.push_back(input.end.value);
  EXPECT_EQ(ends, (std::vector<std::uint64_t>{1, 0, 2}));
}

TEST_F(SeveralPartitions, AreLimited) {
  EXPECT_EQ(directory_->create_topic("none", log::TopicKind::user, 0).error().code, Errc::usage);
  EXPECT_EQ(directory_->create_topic("many", log::TopicKind::user, log::kPartitionsMax + 1).error().code, Errc::usage);
}

}  // namespace
}  // namespace kappa::test

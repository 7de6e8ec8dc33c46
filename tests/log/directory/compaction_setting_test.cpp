// That a topic is compacted, as the catalog has it.
#include <gtest/gtest.h>

#include "directory/catalog_json.hpp"
#include "log_fixture.hpp"

namespace kappa::log {
namespace {

class CompactionSetting : public LogTest {
 protected:
  CompactionSetting() : directory_(open()) { append(*directory_, "t", {"one"}); }
  Offset end() { return directory_->catalog().read()->end; }
  void horizon(const TopicInfo& of, std::uint64_t through) {
    const TopicCompacted compacted{of.id, 0, {through}, {0}, {1}};
    ASSERT_TRUE(directory_->catalog().append({{std::string(kTopicCompacted), of.name, compacted_body(compacted), {}}},
                                             std::nullopt));
  }
  std::unique_ptr<Directory> directory_;
};

TEST_F(CompactionSetting, IsOffAndThenAsItWasSet) {
  EXPECT_EQ(topic(*directory_, "t").compact_after, std::nullopt);
  for (const std::optional<Micros> after : {std::optional<Micros>(7), std::optional<Micros>(0), {}}) {
    EXPECT_TRUE(directory_->set_compaction(topic(*directory_, "t"), after, end()).value());
    EXPECT_EQ(topic(*directory_, "t").compact_after, after);
    EXPECT_EQ(topic(*open(), "t").compact_after, after);
  }
}

TEST_F(CompactionSetting, IsMadeUponTheCatalogAsItWas) {
  const Offset before = end();
  ASSERT_TRUE(directory_->create_topic("other", TopicKind::user, 1));
  EXPECT_FALSE(directory_->set_compaction(topic(*directory_, "t"), 7, before).value());
  EXPECT_EQ(topic(*directory_, "t").compact_after, std::nullopt);
}

TEST_F(CompactionSetting, OfOtherTopicsThanAUsersIsRefused) {
  const auto changes = directory_->create_topic("v", TopicKind::changelog, 1).value();
  EXPECT_EQ(directory_->set_compaction(changes, 7, end()).error().code, Errc::usage);
  EXPECT_EQ(directory_->set_compaction(topic(*directory_, "t"), -1, end()).error().code, Errc::usage);
}

TEST_F(CompactionSetting, HorizonIsTheHighestOfThisTopic) {
  const TopicInfo first = topic(*directory_, "t");
  for (const std::uint64_t through : {5U, 9U, 7U}) {
    const Sequence before = topic(*directory_, "t").compacted_at;
    horizon(first, through);
    EXPECT_GT(topic(*directory_, "t").compacted_at, before);
  }
  EXPECT_EQ(topic(*directory_, "t").compacted_through, Sequence{9});
  ASSERT_TRUE(directory_->delete_topic(first));
  append(*directory_, "t", {"another"});
  EXPECT_EQ(topic(*directory_, "t").compacted_through, kNoSequence);
  horizon(first, 11);
  EXPECT_EQ(topic(*directory_, "t").compacted_through, kNoSequence);
  EXPECT_EQ(directory_->set_compaction(first, 7, end()).error().code, Errc::not_found);
}

}  // namespace
}  // namespace kappa::log

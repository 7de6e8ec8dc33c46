// Retention and views: what a view needs stays, and what is left after a trim is the same for live and replay.
#include "kappa/replay/retention.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "run_fixture.hpp"

namespace kappa::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kCount =
    "CREATE TABLE t (a bigint); CREATE MATERIALIZED VIEW v AS SELECT a, count(*) AS n FROM t GROUP BY a;";

class RetentionOfInputs : public RunFixture {
 protected:
  void SetUp() override {
    RunFixture::SetUp();
    create_topics({"t"});
    append("t", {R"({"a":1})", R"({"a":2})"});
  }
  /// Sets a retention by which everything in the topic is too old.
  static log::TopicInfo expired(log::Directory& directory) {
    const log::Retention retention{.age = 1, .bytes = {}};
    EXPECT_TRUE(directory.set_retention(directory.catalog().find_topic("t").value().value(), retention));
    const auto topic = directory.catalog().find_topic("t").value().value();
    // Microseconds pass with every call.
    while (replay::plan_retention(directory, topic).value().needed_by.empty() &&
           directory.plan_retention(topic).value().empty()) {
    }
    return topic;
  }
};

TEST_F(RetentionOfInputs, TakesNothingThatAViewReads) {
  ASSERT_TRUE(run_to_end(kCount));
  const auto directory = open();
  expired(*directory);
  const auto plan = replay::apply_retention(*directory, "t");
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_THAT(plan->needed_by, ElementsAre("v"));
  EXPECT_THAT(plan->trims, IsEmpty());
  ASSERT_TRUE(replay::drop_view(*directory, "v"));
  expired(*directory);
  const auto later = replay::apply_retention(*directory, "t");
  ASSERT_TRUE(later) << later.error().message;
  EXPECT_THAT(later->needed_by, IsEmpty());
  ASSERT_EQ(later->trims.size(), 1u);
  EXPECT_EQ(later->trims.front().end, Offset{2});
}

TEST_F(RetentionOfInputs, LeavesLiveAndReplayTheSame) {
  {
    const auto directory = open();
    expired(*directory);
    ASSERT_TRUE(replay::apply_retention(*directory, "t"));
  }
  append("t", {R"({"a":3})"});
  ASSERT_TRUE(run_to_end(kCount));
  append("t", {R"({"a":3})"});
  ASSERT_TRUE(run_to_end(kCount));
  expect_live_equals_replay(kCount, "v");
  EXPECT_EQ(replay_of(kCount, "v").rows, 1u);
}

TEST_F(RetentionOfInputs, IsCarriedOutBeforeAViewIsReadThatWasDefinedAfterIt) {
  {
    // A process that died between the event of the catalog and the log start.
    const auto directory = open();
    append("t", {R"({"a":3})"});
    auto topic = expired(*directory);
    const auto id = topic.id;
    auto trims = directory->plan_retention(topic).value();
    ASSERT_EQ(trims.size(), 1u);
    trims.front().end = trims.front().begin;  // Only begins a new segment.
    const Offset end = directory->catalog().read().value().end;
    ASSERT_TRUE(directory->trim(topic, trims, end));
    const std::string body =
        fmt::format(R"({{"id":"{:016x}{:016x}","partition":0,"log_start":3}})", id.words[0], id.words[1]);
    ASSERT_TRUE(directory->catalog().append({{"topic_trimmed", "t", body, {}}}, {}));
  }
  append("t", {R"({"a":4})"});
  ASSERT_TRUE(run_to_end(kCount));
  expect_live_equals_replay(kCount, "v");
  EXPECT_EQ(replay_of(kCount, "v").rows, 1u);
}

}  // namespace
}  // namespace kappa::test

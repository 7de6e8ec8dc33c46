// A changelog's events: their bytes, their order, and that the boundaries of commits determine them.
#include <gmock/gmock.h>
#include <signal.h>

#include "changelog_fixture.hpp"
#include "collected_changes.hpp"

namespace kappa::test {
namespace {

using testing::ElementsAre;

const std::string kTable = "CREATE TABLE t (k text, n integer, d numeric);\n";

std::string view(const std::string& name, const std::string& query) {
  return "CREATE MATERIALIZED VIEW " + name + " AS " + query + ";\n";
}

class Changelog : public ChangelogFixture {
 protected:
  void SetUp() override {
    RunFixture::SetUp();
    create_topics({"t"});
  }
  void append_and_run(const std::vector<TextEvent>& events, const std::string& sql) {
    append("t", events);
    const auto ran = run_to_end(sql);
    ASSERT_TRUE(ran) << ran.error().message;
  }
  // What a fresh processor gives when it advances exactly at the recorded positions.
  std::vector<std::string> recomputed(const std::string& sql, const std::string& name) {
    const auto directory = open();
    auto made = *compiled(sql).make({name});
    std::vector<log::TopicInfo> inputs;
    for (const auto& input : made->inputs()) inputs.push_back(topic(*directory, input.topic));
    const auto reader = *directory->ordered_reader(inputs);
    CollectedChanges collected(*made);
    const std::vector<replay::RecordedCommit> boundaries = commits(name);
    for (const replay::RecordedCommit& commit : boundaries) {
      for (auto batch = *reader->next(commit.through); batch; batch = *reader->next(commit.through))
        EXPECT_TRUE(made->process(*batch));
      EXPECT_TRUE(made->advance(commit.through, collected));
    }
    return collected.take_last();
  }
  std::vector<std::string> recorded(const std::string& name) {
    std::vector<std::string> changes;
    for (const ChangelogEvent& event : events_of(name))
      changes.push_back((event.op == "retract" ? "- " : "+ ") + event.value);
    return changes;
  }
};

TEST_F(Changelog, AnEventIsTheRowWithItsUniqueKeyAndItsOp) {
  const std::string sql = kTable + view("v", "SELECT k, n, sum(d) AS s FROM t GROUP BY n, k");
  append_and_run({R"({"k":"a\"","n":1,"d":1.0})"}, sql);
  append_and_run({R"({"k":"a\"","n":1,"d":0.50})"}, sql);
  EXPECT_THAT(changes_of("v"), ElementsAre(R"(insert [1,"a\""] {"k":"a\"","n":1,"s":1.0})",
                                           R"(retract [1,"a\""] {"k":"a\"","n":1,"s":1.0})",
                                           R"(insert [1,"a\""] {"k":"a\"","n":1,"s":1.50})"));
}

TEST_F(Changelog, ARowOfAKeyedTableHasThePrimaryKeyAsItsKey) {
  const std::string table = "CREATE TABLE t (k text, n integer, d numeric, PRIMARY KEY (n, k));\n";
  const std::string sql = table + view("v", "SELECT d, k, n FROM t");
  append_and_run({{R"([2,"a"])", R"({"k":"a","n":2,"d":1.0})"}, {R"([1,"b"])", R"({"k":"b","n":1,"d":1.0})"}}, sql);
  append_and_run({{R"([2,"a"])", R"({"k":"a","n":2,"d":0.5})"}, deletion(R"([1,"b"])")}, sql);
  EXPECT_THAT(changes_of("v"),
              ElementsAre(R"(insert [1,"b"] {"d":1.0,"k":"b","n":1})", R"(insert [2,"a"] {"d":1.0,"k":"a","n":2})",
                          R"(retract [1,"b"] {"d":1.0,"k":"b","n":1})", R"(retract [2,"a"] {"d":1.0,"k":"a","n":2})",
                          R"(insert [2,"a"] {"d":0.5,"k":"a","n":2})"));
  expect_live_equals_replay(sql, "v");
}

TEST_F(Changelog, AnAggregateWithoutGroupByHasTheEmptyKey) {
  append_and_run({R"({"n":1})"}, kTable + view("v", "SELECT count(*) AS c FROM t"));
  EXPECT_THAT(changes_of("v"), ElementsAre(R"(insert [] {"c":1})"));
}

TEST_F(Changelog, ARowWithoutUniqueKeyHasNoKey) {
  append_and_run({R"({"n":1})", R"({"n":1})"}, kTable + view("v", "SELECT n FROM t"));
  EXPECT_THAT(changes_of("v"), ElementsAre(R"(insert - {"n":1})", R"(insert - {"n":1})"));
}

TEST_F(Changelog, AChangeOfWeightTwoIsTwoEvents) {
  append_and_run({R"({"n":1})"}, kTable + view("v", "SELECT n FROM t UNION ALL SELECT n FROM t"));
  EXPECT_THAT(changes_of("v"), ElementsAre(R"(insert - {"n":1})", R"(insert - {"n":1})"));
}

TEST_F(Changelog, RowsOfOneTopicStandInTheOrderOfTheirArrival) {
  append_and_run({R"({"n":3})", R"({"n":1})", R"({"n":2})"}, kTable + view("v", "SELECT n FROM t WHERE n <> 1"));
  EXPECT_THAT(changes_of("v"), ElementsAre(R"(insert - {"n":3})", R"(insert - {"n":2})"));
}

TEST_F(Changelog, OtherRowsStandByKeyThenRetractionThenRow) {
  const std::string sql = kTable + view("v", "SELECT k, count(*) AS c FROM t GROUP BY k");
  append_and_run({R"({"k":"b"})", R"({"k":"a"})", R"({})"}, sql);
  append_and_run({R"({"k":"b"})", R"({"k":"a"})"}, sql);
  EXPECT_THAT(changes_of("v"), ElementsAre(R"(insert [null] {"k":null,"c":1})", R"(insert ["a"] {"k":"a","c":1})",
                                           R"(insert ["b"] {"k":"b","c":1})", R"(retract ["a"] {"k":"a","c":1})",
                                           R"(insert ["a"] {"k":"a","c":2})", R"(retract ["b"] {"k":"b","c":1})",
                                           R"(insert ["b"] {"k":"b","c":2})"));
}

TEST_F(Changelog, TheTimeOfAnEventIsTheAppendTimeOfTheFrameAtThrough) {
  append("t", {R"({"k":"a"})"});
  append_and_run({R"({"k":"a"})"}, kTable + view("v", "SELECT k, count(*) AS c FROM t GROUP BY k"));
  const log::FrameInfo through = frames_of("t").back();
  ASSERT_EQ(commits("v").back().through, through.sequence);
  ASSERT_EQ(events_of("v").size(), 1U);
  EXPECT_EQ(events_of("v")[0].timestamp, through.append_time);
}

TEST_F(Changelog, IsWhatAProcessorGivesAtTheRecordedBoundaries) {
  const std::string sql = kTable + view("v", "SELECT n, count(*) AS c, sum(d) AS s FROM t GROUP BY n");
  append_and_run({R"({"n":1,"d":1.00})", R"({"n":2,"d":2})"}, sql);
  append("t", {R"({"n":1,"d":-1.0})"});
  append_and_run({R"({"n":3})"}, sql);
  append_and_run({R"({"n":2,"d":1e3})"}, sql);
  EXPECT_EQ(commits("v").size(), 3U);
  EXPECT_EQ(recorded("v"), recomputed(sql, "v"));
}

TEST_F(Changelog, OfTwoViewsWithTheSameBoundariesHasTheSameBytes) {
  const std::string query = "SELECT k, count(*) AS c FROM t GROUP BY k";
  const std::string calm = kTable + view("calm", query);
  const std::string killed = kTable + view("killed", query);
  for (const std::string event : {R"({"k":"a"})", R"({"k":"b"})", R"({"k":"a"})"}) {
    append_and_run({event}, calm);
    Child dies = run_in_child(killed, replay::RunUntil::stopped, [](const replay::RunNotice& notice) {
      if (notice.kind == replay::RunNotice::Kind::committed) raise(SIGKILL);
    });
    ASSERT_EQ(dies.wait(), 128 + SIGKILL);
  }
  EXPECT_EQ(events_of("calm").size(), 4U);
  EXPECT_EQ(events_of("calm"), events_of("killed"));
}

}  // namespace
}  // namespace kappa::test

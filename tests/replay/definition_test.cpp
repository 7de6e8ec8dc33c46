// Definitions: which text is the same view, which table is the same table, and what names stand for.
#include <gmock/gmock.h>

#include "changelog_fixture.hpp"

namespace kappa::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kTable = "CREATE TABLE t (k integer);\n";
const std::string kCounts = "CREATE MATERIALIZED VIEW c AS SELECT k, count(*) AS n FROM t GROUP BY k;\n";

class Definitions : public ChangelogFixture {
 protected:
  void SetUp() override {
    RunFixture::SetUp();
    create_topics({"t"});
    append("t", {R"({"k":1})", R"({"k":0})", R"({"k":1})"});
  }
  void expect_conflict(const std::string& sql, const std::string& message, const std::string& hint) {
    const auto refused = run_to_end(sql);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_THAT(refused.error().message, HasSubstr(message));
    EXPECT_THAT(refused.error().hint, HasSubstr(hint));
  }
};

TEST_F(Definitions, ThatDifferInBlanksAndCommentsAreUnchanged) {
  ASSERT_TRUE(run_to_end(kTable + kCounts));
  const auto again = run_to_end(
      "create table t\n(K INTEGER);  -- the same table\n"
      "CREATE MATERIALIZED VIEW c AS\n  SELECT k,\n  COUNT(*) n /* how many */\n  FROM t AS t GROUP BY k;\n");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->recovered_commits, 2U);
}

TEST_F(Definitions, ThatDifferInTheTreeAreRefused) {
  ASSERT_TRUE(run_to_end(kTable + kCounts));
  expect_conflict(kTable + "CREATE MATERIALIZED VIEW c AS SELECT k, count(k) AS n FROM t GROUP BY k;",
                  "view c exists with another definition", "kappa view drop c");
  expect_conflict("CREATE TABLE t (k bigint);" + kCounts, "view c exists with another definition", "kappa view drop c");
}

TEST_F(Definitions, OfATableHoldAsLongAsAViewUsesIt) {
  const std::string other = "CREATE TABLE t (k text);\nCREATE MATERIALIZED VIEW d AS SELECT k FROM t;";
  ASSERT_TRUE(run_to_end(kTable + kCounts));
  expect_conflict(other, "table t is defined otherwise by view c", "kappa view drop c");
  drop_views();
  const auto ran = run_to_end(other);
  EXPECT_TRUE(ran) << ran.error().message;
}

TEST_F(Definitions, OfViewsOverViewsRunInOnePass) {
  const std::string sql = kTable + kCounts + "CREATE MATERIALIZED VIEW d AS SELECT n, count(*) AS m FROM c GROUP BY n;";
  ASSERT_TRUE(run_to_end(sql));
  append("t", {R"({"k":0})"});
  ASSERT_TRUE(run_to_end(sql));
  EXPECT_THAT(changes_of("d"),
              ElementsAre(R"(insert [1] {"n":1,"m":1})", R"(insert [2] {"n":2,"m":1})", R"(retract [1] {"n":1,"m":1})",
                          R"(retract [2] {"n":2,"m":1})", R"(insert [2] {"n":2,"m":2})"));
  expect_live_equals_replay(sql, "c");
  expect_live_equals_replay(sql, "d");
}

TEST_F(Definitions, OfATableOverAViewAreRefused) {
  ASSERT_TRUE(run_to_end(kTable + kCounts));
  expect_conflict("CREATE TABLE c (k integer); CREATE MATERIALIZED VIEW d AS SELECT k FROM c;", "c belongs to a view",
                  "define both views in one file");
}

TEST_F(Definitions, OfAViewNamedAsATopicAreRefused) {
  create_topics({"c"});
  expect_conflict(kTable + kCounts, "a topic c exists", "another name");
}

TEST_F(Definitions, WithOnErrorStopEndTheRunBeforeTheFrame) {
  const std::string sql =
      kTable + "CREATE MATERIALIZED VIEW s WITH (on_error = 'stop') AS SELECT 6 / (k - 5) AS q FROM t;\n";
  append("t", {R"({"k":6})", R"({"k":5})"});
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto stopped = run_to_end(sql);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Errc::query);
    EXPECT_THAT(stopped.error().message, HasSubstr("offset 4: division by zero"));
  }
  EXPECT_EQ(events_of("s").size(), 3U);
  ASSERT_EQ(commits("s").size(), 1U);
  EXPECT_EQ(commits("s")[0].through, frames_of("t")[0].sequence);
  EXPECT_EQ(commits("s")[0].inputs[0].end, Offset{3});
}

TEST_F(Definitions, WithDeadLettersCountErrorsAsRows) {
  const std::string sql = kTable + "CREATE MATERIALIZED VIEW s AS SELECT 6 / (k - 1) AS q FROM t;\n";
  append("t", {"no json"});
  ASSERT_TRUE(run_to_end(sql));
  EXPECT_THAT(changes_of("s"), ElementsAre(R"(insert - {"q":-6})"));
  EXPECT_EQ(events_of("s.errors").size(), 3U);
  expect_live_equals_replay(sql, "s.errors");
}

}  // namespace
}  // namespace kappa::test

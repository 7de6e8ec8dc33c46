// Commits: what makes one whole, what each records, and what a run does with those it finds.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "changelog_fixture.hpp"
#include "lagging_directory.hpp"

namespace kappa::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kTable = "CREATE TABLE t (k integer);\n";
const std::string kRows = "CREATE MATERIALIZED VIEW v AS SELECT k FROM t;\n";
const std::string kCounts = "CREATE MATERIALIZED VIEW c AS SELECT k, count(*) AS n FROM t GROUP BY k;\n";

class Commits : public ChangelogFixture {
 protected:
  void SetUp() override {
    RunFixture::SetUp();
    create_topics({"t"});
  }
  void append_and_run(const std::string& value, const std::string& sql) {
    append("t", {value});
    const auto ran = run_to_end(sql);
    ASSERT_TRUE(ran) << ran.error().message;
  }
  // The views are defined and have committed nothing.
  void define_only(const std::string& sql) { ASSERT_TRUE(run_to_end(sql)); }

  std::vector<std::string> values(log::PartitionReader& reader) {
    std::vector<std::string> found;
    for (auto batch = reader.next(); batch && *batch; batch = reader.next())
      for (std::size_t i = 0; i < (*batch)->columns.count; ++i)
        found.emplace_back(as_text((*batch)->columns.values[i]));
    return found;
  }

  log::CommitBlock block_;
};

TEST_F(Commits, AVoidOneIsPassedOver) {
  define_only(kTable + kRows);
  append("t", {R"({"k":1})"});
  const Sequence through = last_sequence("t");
  forge("v", {"void 1", "void 2"}, {&block_, through, true, false});
  forge("v", {"void 3"}, {&block_, through, false, false});
  forge("v", {"whole 1"}, {&block_, through, true, false});
  forge("v", {"whole 2"}, {&block_, through, false, false});
  forge("v", {"whole 3"}, {&block_, through, false, true});
  EXPECT_THAT(changes_of("v"), ElementsAre("insert - whole 1", "insert - whole 2", "insert - whole 3"));
  ASSERT_EQ(commits("v").size(), 1U);
  EXPECT_EQ(commits("v")[0].first, Offset{3});
  EXPECT_EQ(commits("v")[0].events, 3U);
}

TEST_F(Commits, AnUnfinishedOneIsNotShown) {
  define_only(kTable + kRows);
  append("t", {R"({"k":1})"});
  forge("v", {"begun"}, {&block_, last_sequence("t"), true, false});
  EXPECT_THAT(changes_of("v"), IsEmpty());
  EXPECT_THAT(commits("v"), IsEmpty());
}

TEST_F(Commits, AnUnfinishedOneIsWrittenAgainByTheNextRun) {
  define_only(kTable + kRows);
  append("t", {R"({"k":1})"});
  forge("v", {R"({"k":1})"}, {&block_, last_sequence("t"), true, false});
  ASSERT_TRUE(run_to_end(kTable + kRows));
  EXPECT_THAT(changes_of("v"), ElementsAre(R"(insert - {"k":1})"));
  expect_live_equals_replay(kTable + kRows, "v");
}

TEST_F(Commits, AReaderThatGoesBackReadsThemAgain) {
  append_and_run(R"({"k":1})", kTable + kRows);
  append_and_run(R"({"k":2})", kTable + kRows);
  const auto directory = open();
  const auto reader = *replay::committed_reader(*directory, topic(*directory, "v"));
  EXPECT_THAT(values(*reader), ElementsAre(R"({"k":1})", R"({"k":2})"));
  ASSERT_TRUE(reader->seek(Offset{0}));
  EXPECT_THAT(values(*reader), ElementsAre(R"({"k":1})", R"({"k":2})"));
  ASSERT_TRUE(reader->seek(Offset{1}));
  EXPECT_THAT(values(*reader), ElementsAre(R"({"k":2})"));
}

TEST_F(Commits, AReaderWhoseHeadersAreAheadWaitsForTheEvents) {
  append_and_run(R"({"k":1})", kTable + kRows);
  const auto directory = open();
  LaggingDirectory lagging(*directory);
  const auto reader = *replay::committed_reader(lagging, topic(*directory, "v"));
  EXPECT_THAT(values(*reader), IsEmpty());
  ASSERT_TRUE(reader->wait({}));
  EXPECT_THAT(values(*reader), ElementsAre(R"({"k":1})"));
}

TEST_F(Commits, AChainOfThemNamesWhatEachConsumed) {
  append_and_run(R"({"k":1})", kTable + kCounts);
  append("t", {R"({"k":1})"});
  append_and_run(R"({"k":2})", kTable + kCounts);
  const auto chain = commits("c");
  const auto input = frames_of("t");
  ASSERT_EQ(chain.size(), 2U);
  EXPECT_EQ(chain[0].from, kNoSequence);
  EXPECT_EQ(chain[0].through, input[0].sequence);
  EXPECT_EQ(chain[1].from, input[0].sequence);
  EXPECT_EQ(chain[1].through, input[2].sequence);
  ASSERT_EQ(chain[1].inputs.size(), 1U);
  EXPECT_EQ(chain[1].inputs[0].end, Offset{3});
  EXPECT_GT(chain[1].epoch, chain[0].epoch);
}

TEST_F(Commits, AnAppendWithAnOlderEpochOrAnotherEndIsRefused) {
  append_and_run(R"({"k":1})", kTable + kRows);
  const auto directory = open();
  const auto appender = *directory->appender(topic(*directory, "v"));
  const auto owner = *appender->take_ownership();
  const log::CommitFrame part{&block_, last_sequence("t"), true, true};
  const auto older = appender->append({}, {Offset{1}, owner - 1, part});
  const auto elsewhere = appender->append({}, {Offset{0}, owner, part});
  EXPECT_EQ(older.error().code, Errc::conflict);
  EXPECT_EQ(elsewhere.error().code, Errc::conflict);
  EXPECT_TRUE(appender->append({}, {Offset{1}, owner, part}));
}

TEST_F(Commits, ASilentOutputRecordsHowFarItHasCome) {
  append_and_run(R"({"k":1})", kTable + "CREATE MATERIALIZED VIEW v AS SELECT k FROM t WHERE k < 0;");
  for (const std::string output : {"v", "v.errors"}) {
    ASSERT_EQ(commits(output).size(), 1U) << output;
    EXPECT_EQ(commits(output)[0].through, last_sequence("t"));
    EXPECT_EQ(commits(output)[0].events, 0U);
    EXPECT_EQ(frames_of(output).back().commit->kind, log::CommitKind::progress);
  }
}

TEST_F(Commits, OneWithoutChangesIsNotWritten) {
  append_and_run(R"({"k":1})", kTable + kRows);
  ASSERT_TRUE(run_to_end(kTable + kRows));
  EXPECT_EQ(commits("v").size(), 1U);
}

TEST_F(Commits, ADifferentRecordStopsTheRunThatWritesNothing) {
  append_and_run(R"({"k":1})", kTable + kRows);
  const Sequence from = last_sequence("t");
  append("t", {R"({"k":2})"});
  const Sequence through = last_sequence("t");
  block_.from = from;
  block_.fingerprint = {2, 7, 7};
  forge("v", {R"({"k":3})"}, {&block_, through, true, true});
  append("t", {R"({"k":4})"});
  const auto refused = run_to_end(kTable + kRows);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::corruption);
  EXPECT_THAT(refused.error().message, HasSubstr(fmt::format("v: the changes of ({}, {}]", from.value, through.value)));
  EXPECT_EQ(frames_of("v").size(), 2U);
}

TEST_F(Commits, ViewsThatStandAtDifferentPlacesRecoverTogether) {
  const std::string both = kTable + kRows + kCounts;
  append_and_run(R"({"k":1})", both);
  append_and_run(R"({"k":1})", kTable + kCounts);
  ASSERT_LT(commits("v").back().through, commits("c").back().through);
  const auto recovered = run_to_end(both);
  ASSERT_TRUE(recovered) << recovered.error().message;
  EXPECT_EQ(commits("v").back().through, commits("c").back().through);
  EXPECT_EQ(events_of("v").size(), 2U);
  expect_live_equals_replay(both, "v");
  expect_live_equals_replay(both, "c");
}

TEST_F(Commits, OfTwoTopicsAdvanceWithTheOneOrder) {
  create_topics({"u"});
  const std::string sql = kTable + "CREATE TABLE u (k integer);\n" + kRows +
                          "CREATE MATERIALIZED VIEW w AS SELECT k FROM u;\n" +
                          "CREATE MATERIALIZED VIEW b AS SELECT k FROM t UNION ALL SELECT k FROM u;\n";
  append("t", {R"({"k":1})"});
  append("u", {R"({"k":2})"});
  ASSERT_TRUE(run_to_end(sql));
  EXPECT_EQ(commits("v").back().through, last_sequence("t"));
  EXPECT_EQ(commits("w").back().through, last_sequence("u"));
  EXPECT_EQ(commits("b").back().through, last_sequence("u"));
  EXPECT_EQ(commits("v").back().inputs.size(), 1U);
  EXPECT_EQ(commits("b").back().inputs.size(), 2U);
}

TEST_F(Commits, OfMoreThanAFrameAreWhole) {
  std::vector<TextEvent> values;
  for (int i = 0; i < 70'000; ++i) values.emplace_back(fmt::format(R"({{"k":{}}})", i));
  append("t", values);
  append("t", {R"({"k":-1})"});
  ASSERT_TRUE(run_to_end(kTable + "CREATE MATERIALIZED VIEW v AS SELECT k, 'a text that fills frames' AS x FROM t;"));
  // The limit of 64 k changes ends the first commit at the end of a frame.
  ASSERT_EQ(commits("v").size(), 2U);
  EXPECT_EQ(commits("v")[0].events, 70'000U);
  EXPECT_GT(frames_of("v").size(), 2U);
  EXPECT_EQ(events_of("v").size(), 70'001U);
}

}  // namespace
}  // namespace kappa::test

// What is compacted: no view, run or replay can tell.
#include <gmock/gmock.h>

#include <utility>

#include "compaction_fixture.hpp"
#include "kappa/replay/retention.hpp"

namespace kappa::test {
namespace {

using testing::HasSubstr;

/// Compacted as far as it goes: a deletion goes with the compaction after that of its rows.
class Compacted : public CompactionOfInputs {
 protected:
  void SetUp() override {
    CompactionOfInputs::SetUp();
    ASSERT_TRUE(set(0));
  }
  std::uint64_t compact_wholly() {
    std::uint64_t removed = 0;
    for (;;) {
      const auto done = compact();
      EXPECT_TRUE(done) << done.error().message;
      if (!done || done->repacked.removed == 0) return removed;
      removed += done->repacked.removed;
    }
  }
  std::vector<std::string> kept() {
    std::vector<std::string> events;
    const auto directory = open();
    const auto reader = directory->reader(topic(*directory), 0).value();
    while (const auto batch = reader->next().value())
      for (std::size_t i = 0; i < batch->columns.count; ++i)
        events.push_back(fmt::format("{} {}", batch->offset(i).value,
                                     batch->columns.values.has(i) ? as_text(batch->columns.values[i]) : "deleted"));
    return events;
  }
  std::string fingerprints(const std::string& sql, const std::string& view) {
    return to_text(replay_of(sql, view).fingerprint) + to_text(replay_of(sql, view + ".errors").fingerprint);
  }
};

TEST_F(Compacted, ChangesNoContentsFromTheHorizonOn) {
  append("t", {row("a", 1), row("b", 1)});
  ASSERT_TRUE(run_to_end(kSum));
  append("t", {row("a", 2), deletion("b"), row("c", 7)});
  append("t", {row("c", 8)});
  ASSERT_TRUE(run_to_end(kSum));
  const std::string before = fingerprints(kSum, "v");
  EXPECT_EQ(compact_wholly(), 4u);
  EXPECT_THAT(kept(), testing::ElementsAre(R"(2 {"k":"a","n":2})", R"(5 {"k":"c","n":8})"));
  EXPECT_EQ(fingerprints(kSum, "v"), before);
  append("t", {row("b", 5), deletion("c")});
  const auto ran = run_to_end(kSum);
  ASSERT_TRUE(ran) << ran.error().message;
  expect_live_equals_replay(kSum, "v");
  const auto present = replay::replay(*open(), compiled(kSum), {.output = "v", .as_of = {}}, [](const auto& rows) {
    EXPECT_EQ(rows.columns[0]->template as<std::int64_t>().front(), 2);
    return Result<void>{};
  });
  EXPECT_TRUE(present);
}

TEST_F(Compacted, KeepsWhatIsNoRowAndWhatItDoesNotReplace) {
  append("t", {row("a", 1), TextEvent("a", R"({"k":"a","n":"x"})"), TextEvent("b", R"({"k":"a"})"), deletion("\xff")});
  append("t", {row("c", 1), row("c", 2), row("c", 3)});
  ASSERT_TRUE(run_to_end(kSum));
  const std::string before = fingerprints(kSum, "v");
  EXPECT_EQ(compact_wholly(), 2u);
  EXPECT_EQ(kept().size(), 5u);
  EXPECT_EQ(kept().front(), R"(0 {"k":"a","n":1})");
  EXPECT_EQ(fingerprints(kSum, "v"), before);
}

TEST_F(Compacted, KeepsADeletionUntilItsRowsAreGone) {
  append("t", {row("a", 1), row("b", 1), deletion("a"), row("b", 2)});
  ASSERT_TRUE(run_to_end(kSum));
  ASSERT_TRUE(compact());
  EXPECT_THAT(kept(), testing::ElementsAre("2 deleted", R"(3 {"k":"b","n":2})"));
  append("t", {row("x", 1)});
  ASSERT_TRUE(run_to_end(kSum));
  ASSERT_TRUE(compact());
  EXPECT_THAT(kept(), testing::ElementsAre(R"(3 {"k":"b","n":2})", R"(4 {"k":"x","n":1})"));
}

TEST_F(Compacted, MeetsAReplayThatIsReading) {
  append("t", {row("a", 1), row("a", 2)});
  append("t", {row("b", 1)});
  ASSERT_TRUE(run_to_end(kSum));
  bool compacted = false;
  const auto reading = open();
  const auto replayed = replay::replay(*reading, compiled(kSum),
                                       {.output = "v",
                                        .as_of = {},
                                        .stop = {},
                                        .progress =
                                            [&](std::uint64_t, std::uint64_t) {
                                              if (std::exchange(compacted, true)) return;
                                              EXPECT_TRUE(compact());
                                            }},
                                       [](const auto&) -> Result<void> {
                                         ADD_FAILURE() << "rows were given";
                                         return {};
                                       });
  ASSERT_FALSE(replayed);
  EXPECT_EQ(replayed.error().code, Errc::conflict);
  EXPECT_THAT(replayed.error().message, HasSubstr("topic t was compacted while it was being read"));
}

TEST_F(Compacted, RecoveryComparesFromTheHorizonOn) {
  append("t", {row("a", 1), row("a", 2)});
  ASSERT_TRUE(run_to_end(kSum));
  append("t", {row("a", 3)});
  ASSERT_TRUE(run_to_end(kSum));
  ASSERT_GT(compact_wholly(), 0u);
  append("t", {row("b", 1)});
  ASSERT_TRUE(run_to_end(kSum));
  const Sequence horizon = topic(*open()).compacted_through;
  std::uint64_t above = 0;
  std::uint64_t below = 0;
  for (const std::string output : {"v", "v.errors"})
    for (const auto& commit : commits(output)) ++(commit.through < horizon ? below : above);
  EXPECT_GE(below, 1u);
  EXPECT_GE(above, 3u);
  const auto again = run_to_end(kSum);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->recovered_commits, above);
}

TEST_F(Compacted, StatesBelowTheHorizonDoNotStopARun) {
  const std::string sql =
      std::string(kKeyed) + "CREATE MATERIALIZED VIEW v WITH (on_error = 'stop') AS SELECT 100 / sum(n) AS s FROM t;";
  for (const TextEvent& event : {row("x", 5), row("a", 1), row("b", -1), row("x", 7)}) {
    append("t", {event});
    const auto ran = run_to_end(sql);
    ASSERT_TRUE(ran) << ran.error().message;
  }
  ASSERT_GT(compact_wholly(), 0u);
  const auto again = run_to_end(sql);  // Of a and b alone the sum is 0.
  ASSERT_TRUE(again) << again.error().message;
  append("t", {row("a", 2)});
  ASSERT_TRUE(run_to_end(sql));
  expect_live_equals_replay(sql, "v");
}

TEST_F(Compacted, ANewViewCommitsNothingBelowTheHorizon) {
  append("t", {row("a", 1)});
  append("t", {row("a", 2)});
  append("t", {row("b", 1)});
  ASSERT_TRUE(run_to_end(kSum));
  ASSERT_GT(compact_wholly(), 0u);
  const Sequence horizon = topic(*open()).compacted_through;
  append("t", {row("b", 2)});
  // A clock by which a commit is due at each frame.
  std::chrono::nanoseconds time{0};
  const auto later = [&] { return time += std::chrono::seconds(5); };
  const std::string sql =
      std::string(kKeyed) + "CREATE MATERIALIZED VIEW w AS SELECT count(*) AS c, sum(n) AS s FROM t;";
  const auto ran = replay::run(*open(), compiled(sql),
                               {.until = replay::RunUntil::end, .stop = {}, .compile = compile, .clock = later});
  ASSERT_TRUE(ran) << ran.error().message;
  ASSERT_FALSE(commits("w").empty());
  EXPECT_EQ(commits("w").front().through, horizon);
  expect_live_equals_replay(sql, "w");
}

TEST_F(Compacted, AndTrimmedTopicsAreReadByNewViews) {
  append("t", {row("a", 1), row("a", 2)});
  append("t", {row("a", 3)});
  ASSERT_TRUE(run_to_end(kSum));
  ASSERT_GT(compact_wholly(), 0u);
  drop_views();
  {
    const auto directory = open();
    ASSERT_TRUE(directory->set_retention(topic(*directory), {.age = 1, .bytes = {}}));
    const auto trimmed = [&] {
      EXPECT_TRUE(replay::apply_retention(*directory, "t"));
      return directory->status(topic(*directory), 0)->extent;
    };
    for (auto extent = trimmed(); extent.start < extent.end; extent = trimmed()) {
    }
    ASSERT_TRUE(directory->set_retention(topic(*directory), {}));
  }
  // Nothing is left up to the horizon, so who has read nothing has read all of it.
  for (int i = 0; i < 3; ++i) {
    const auto ran = run_to_end(kSum);
    ASSERT_TRUE(ran) << ran.error().message;
    EXPECT_EQ(fingerprints(kSum, "v"), to_text(ran->outputs[0].fingerprint) + to_text(ran->outputs[1].fingerprint));
    append("t", {row("b", i)});
  }
  EXPECT_FALSE(commits("v").empty());
}

TEST_F(Compacted, AViewThatStandsBelowTheHorizonIsToldSo) {
  append("t", {row("a", 1)});
  ASSERT_TRUE(run_to_end(kSum));
  append("t", {row("a", 2)});
  const auto directory = open();
  const Sequence last = directory->reader(topic(*directory), 0).value()->extent()->last;
  record_horizon(last);  // As no compaction does it.
  const auto ran = run_to_end(kSum);
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().code, Errc::conflict);
  EXPECT_THAT(ran.error().message, HasSubstr("its input was compacted up to"));
}

TEST_F(Compacted, TakesKeysTogetherThatStandInSeveralPartitions) {
  create_topic("p", 3);
  const std::string sql =
      "CREATE TABLE p (k text, n bigint, PRIMARY KEY (k)); CREATE MATERIALIZED VIEW w AS SELECT k, n FROM p;";
  for (std::uint32_t partition = 0; partition < 3; ++partition)
    append("p", {row("stray", 1), row("stray", 2)}, partition);
  append("p", {deletion("stray")}, 0);
  ASSERT_TRUE(run_to_end(sql));
  const std::string before = fingerprints(sql, "w");
  ASSERT_TRUE(replay::set_compaction(*open(), "p", 0, compile));
  std::uint64_t removed = 0;
  std::vector<std::uint32_t> partitions;
  for (int round = 0; round < 2; ++round) {
    const auto done = replay::compact(*open(), "p", compile, {.show = false, .roll = true},
                                      [&](std::uint32_t partition, const auto& report) -> Result<void> {
                                        partitions.push_back(partition);
                                        removed += report.repacked.removed;
                                        return {};
                                      });
    ASSERT_TRUE(done) << done.error().message;
  }
  EXPECT_THAT(partitions, testing::ElementsAre(0, 1, 2, 0, 1, 2));
  EXPECT_EQ(removed, 7u);
  EXPECT_EQ(fingerprints(sql, "w"), before);
}

}  // namespace
}  // namespace kappa::test

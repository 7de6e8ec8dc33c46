// Compaction and views: who may be compacted, how far, and who is told.
#include "kappa/replay/compaction.hpp"

#include <gmock/gmock.h>
#include <signal.h>

#include "compaction_fixture.hpp"

namespace kappa::test {
namespace {

using replay::Hindrance;
using testing::AllOf;
using testing::HasSubstr;

TEST_F(CompactionOfInputs, IsRefusedWhereAViewNeedsEachEvent) {
  append("t", {row("a", 1)});
  ASSERT_TRUE(run_to_end(kUnkeyedSum));
  const auto refused = set(0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_THAT(refused.error().message,
              AllOf(HasSubstr("view u reads topic t by table t"), HasSubstr("no PRIMARY KEY")));
  EXPECT_EQ(refused.error().hint, "to compact the topic, drop the view: kappa view drop u");
  EXPECT_EQ(replay::check_compaction(*open(), "t", 0, compile).error().code, Errc::conflict);
  EXPECT_TRUE(set(std::nullopt));
  drop_views();
  EXPECT_TRUE(set(0));
  EXPECT_EQ(topic(*open()).compact_after, 0);
}

TEST_F(CompactionOfInputs, AndATableWithoutAKeyAreNotBoth) {
  append("t", {row("a", 1)});
  ASSERT_TRUE(set(0));
  const auto refused = run_to_end(kUnkeyedSum);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("topic t is compacted by key, and t has no PRIMARY KEY"));
  EXPECT_EQ(replay_of(kUnkeyedSum, "u").rows, 1u);  // Nothing has gone yet.
  EXPECT_TRUE(run_to_end(kSum));
  ASSERT_TRUE(set(std::nullopt));
  drop_views();  // A table has one definition.
  EXPECT_TRUE(run_to_end(kUnkeyedSum));
}

TEST_F(CompactionOfInputs, ThatIsDoneIsRememberedAgainstTablesWithoutAKey) {
  append("t", {row("a", 1)});
  record_horizon({1});
  const auto ran = run_to_end(kUnkeyedSum);
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().code, Errc::conflict);
  EXPECT_THAT(ran.error().message, HasSubstr("topic t was compacted"));
  const auto replayed = replay::replay(*open(), compiled(kUnkeyedSum), {.output = "u", .as_of = {}},
                                       [](const auto&) -> Result<void> { return {}; });
  ASSERT_FALSE(replayed);
  EXPECT_EQ(replayed.error().message, ran.error().message);
}

TEST_F(CompactionOfInputs, ByAnotherTableIsSaid) {
  append("t", {row("a", 1)});
  ASSERT_TRUE(run_to_end(kSum));
  record_horizon({1});
  std::vector<std::string> warnings;
  const auto warned = [&](const std::string& sql, const std::string& view) {
    warnings.clear();
    const auto replayed = replay::replay(*open(), compiled(sql),
                                         {.output = view,
                                          .as_of = {},
                                          .stop = {},
                                          .progress = {},
                                          .warning = [&](const std::string& text) { warnings.push_back(text); }},
                                         [](const auto&) -> Result<void> { return {}; });
    EXPECT_TRUE(replayed) << replayed.error().message;
    return warnings;
  };
  EXPECT_THAT(warned(kSum, "v"), testing::IsEmpty());
  EXPECT_THAT(warned(std::string(kKeyed) + "CREATE MATERIALIZED VIEW w AS SELECT k FROM t;", "w"), testing::IsEmpty());
  const std::string narrower =
      "CREATE TABLE t (k text, PRIMARY KEY (k)); CREATE MATERIALIZED VIEW w AS SELECT k FROM t;";
  EXPECT_THAT(warned(narrower, "w"), testing::ElementsAre(HasSubstr("topic t was compacted, and no view is left")));
}

TEST_F(CompactionOfInputs, HasNoHorizonBeforeEachOutputOfEachViewStandsSomewhere) {
  append("t", {row("a", 1)});
  const auto off = compact();
  ASSERT_TRUE(off) << off.error().message;
  EXPECT_EQ(off->held_by.kind, Hindrance::Kind::off);
  ASSERT_TRUE(set(0));
  const auto nobody = compact();
  ASSERT_TRUE(nobody) << nobody.error().message;
  EXPECT_EQ(nobody->horizon, kNoSequence);
  EXPECT_EQ(nobody->held_by.kind, Hindrance::Kind::no_view);
  EXPECT_EQ(topic(*open()).compacted_through, kNoSequence);

  ASSERT_TRUE(run_to_end(kSum));
  append("t", {row("a", 2)});
  const auto view = compact(true);
  ASSERT_TRUE(view) << view.error().message;
  EXPECT_EQ(view->held_by.kind, Hindrance::Kind::view);
  EXPECT_EQ(view->horizon, std::min(last_through("v"), last_through("v.errors")));
  // Defined, and nothing of it committed yet.
  const std::string other =
      std::string(kKeyed) +
      "CREATE MATERIALIZED VIEW w AS SELECT k FROM t; CREATE MATERIALIZED VIEW x AS SELECT n FROM t;";
  Child dying = run_in_child(other, replay::RunUntil::end, [](const auto&) { raise(SIGKILL); });
  dying.wait();
  const auto behind = compact(true);
  ASSERT_TRUE(behind) << behind.error().message;
  EXPECT_EQ(behind->horizon, kNoSequence);
  EXPECT_EQ(behind->held_by.kind, Hindrance::Kind::view);
  EXPECT_THAT(behind->held_by.output, testing::AnyOf("w", "w.errors", "x", "x.errors"));
}

TEST_F(CompactionOfInputs, HasAHorizonNoYoungerThanItsAge) {
  append("t", {row("a", 1)});
  append("t", {row("a", 2)});
  ASSERT_TRUE(run_to_end(kSum));
  ASSERT_TRUE(set(Micros{3600} * 1'000'000));
  const auto young = compact(true);
  ASSERT_TRUE(young) << young.error().message;
  EXPECT_EQ(young->held_by.kind, Hindrance::Kind::age);
  EXPECT_EQ(young->horizon, kNoSequence);
  EXPECT_EQ(young->repacked.removed, 0u);
  ASSERT_TRUE(set(1));
  const auto old = compact(true);
  ASSERT_TRUE(old) << old.error().message;
  EXPECT_EQ(old->horizon, last_through("v"));
  EXPECT_EQ(old->repacked.removed, 1u);
}

TEST_F(CompactionOfInputs, ContentsBelowTheHorizonAreNotAskedFor) {
  append("t", {row("a", 1)});
  append("t", {row("a", 2)});
  ASSERT_TRUE(run_to_end(kSum));
  const Sequence at = last_through("v");
  record_horizon(at);
  EXPECT_EQ(replay_of(compiled(kSum), "v", at).rows, 1u);
  const auto below = replay::replay(*open(), compiled(kSum), {.output = "v", .as_of = Sequence{at.value - 1}},
                                    [](const auto&) -> Result<void> { return {}; });
  ASSERT_FALSE(below);
  EXPECT_EQ(below.error().code, Errc::not_found);
  EXPECT_THAT(below.error().message, HasSubstr("was compacted"));
}

}  // namespace
}  // namespace kappa::test

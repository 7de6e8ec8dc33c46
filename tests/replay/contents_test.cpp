// What a view held at a position: the changelog answers at the ends of commits, a replay between them.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "changelog_fixture.hpp"

namespace kappa::test {
namespace {

const std::string kSql =
    "CREATE TABLE t (k integer);\n"
    "CREATE MATERIALIZED VIEW v AS SELECT k, count(*) AS n FROM t GROUP BY k;\n";

class Contents : public ChangelogFixture {
 protected:
  // Three frames in two commits.
  void SetUp() override {
    RunFixture::SetUp();
    create_topics({"t"});
    append("t", {R"({"k":1})"});
    ASSERT_TRUE(run_to_end(kSql));
    append("t", {R"({"k":1})"});
    append("t", {R"({"k":2})"});
    ASSERT_TRUE(run_to_end(kSql));
    frames_ = frames_of("t");
  }
  std::optional<replay::RecordedContents> recorded_at(Sequence position) {
    const auto directory = open();
    const auto ignore = [](const processor::Batch&) -> Result<void> { return {}; };
    const auto contents = replay::read_contents(*directory, *compiled(kSql).find("v"), position, ignore);
    EXPECT_TRUE(contents) << contents.error().message;
    return contents ? *contents : std::nullopt;
  }

  std::vector<log::FrameInfo> frames_;
};

TEST_F(Contents, AtTheEndOfACommitAreTheSumOfTheChangelog) {
  for (const std::size_t frame : {0U, 2U}) {
    const auto recorded = recorded_at(frames_[frame].sequence);
    ASSERT_TRUE(recorded);
    EXPECT_EQ(to_text(recorded->fingerprint),
              to_text(replay_of(compiled(kSql), "v", frames_[frame].sequence).fingerprint));
  }
  EXPECT_EQ(recorded_at(frames_[0].sequence)->rows, 1U);
}

TEST_F(Contents, InsideACommitAreLeftToAReplay) {
  EXPECT_FALSE(recorded_at(frames_[1].sequence));
  const auto replayed = replay_of(compiled(kSql), "v", frames_[1].sequence);
  EXPECT_EQ(replayed.events, 2U);
  EXPECT_EQ(replayed.rows, 1U);
}

TEST_F(Contents, BeyondTheLastFrameAreRefusedAlsoWhereTheCounterIsFarAboveIt) {
  std::filesystem::remove(directory_ / "sequence");  // Then it goes on at a multiple of 2^20.
  const auto directory = open();
  Sequence last;
  for (const std::string name : {"t", "v", "v.errors", "_catalog"})
    last = std::max(last, directory->status(topic(*directory, name), 0)->extent.last);
  const auto ignore = [](const processor::Batch&) -> Result<void> { return {}; };
  const auto contents = [&](Sequence as_of) {
    return replay::replay(*directory, compiled(kSql), {.output = "v", .as_of = as_of}, ignore);
  };
  const auto refused = contents(last.plus(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::not_found);
  EXPECT_THAT(refused.error().message, testing::HasSubstr(fmt::format("the last one is {}", last.value)));
  const auto settled = contents(last);
  ASSERT_TRUE(settled) << settled.error().message;
  EXPECT_EQ(settled->position, frames_.back().sequence);
}

TEST_F(Contents, BeyondTheEndAreRefused) {
  const auto directory = open();
  const auto ignore = [](const processor::Batch&) -> Result<void> { return {}; };
  const auto refused =
      replay::replay(*directory, compiled(kSql), {.output = "v", .as_of = Sequence{1}.plus(1ULL << 60U)}, ignore);
  EXPECT_EQ(refused.error().code, Errc::not_found);
}

TEST_F(Contents, ThatDoNotHaveTheRecordedFingerprintAreCorruption) {
  log::CommitBlock block;
  block.fingerprint = {9, 9, 9};
  append("t", {R"({"k":3})"});
  forge("v", {R"({"k":3,"n":1})"}, {&block, last_sequence("t"), true, true});
  const auto directory = open();
  const auto ignore = [](const processor::Batch&) -> Result<void> { return {}; };
  const auto contents = replay::read_contents(*directory, *compiled(kSql).find("v"), {}, ignore);
  ASSERT_FALSE(contents);
  EXPECT_EQ(contents.error().code, Errc::corruption);
}

}  // namespace
}  // namespace kappa::test

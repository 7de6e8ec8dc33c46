// A processor written by hand is run and replayed as SQL is: the engine knows the interface only.
#include <gmock/gmock.h>
#include <signal.h>

#include "changelog_fixture.hpp"
#include "word_count_processor.hpp"

namespace kappa::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

replay::Definition word_count(const std::string& version = "1") {
  auto defined = replay::define([version]() -> std::unique_ptr<processor::Processor> {
    return std::make_unique<WordCountProcessor>("lines", "word_count", version);
  });
  return defined ? std::move(*defined) : replay::Definition{};
}

class CppProcessor : public ChangelogFixture {
 protected:
  void SetUp() override {
    RunFixture::SetUp();
    create_topics({"lines"});
    append("lines", {"to be or not to be"});
  }
};

TEST_F(CppProcessor, RunsToTheEndAndEqualsItsReplay) {
  ASSERT_TRUE(run_to_end(word_count()));
  append("lines", {"be that", ""});
  ASSERT_TRUE(run_to_end(word_count()));
  expect_live_equals_replay(word_count(), "word_count");
  EXPECT_THAT(changes_of("word_count"),
              ElementsAre(R"(insert ["be"] {"word":"be","count":2})", R"(insert ["or"] {"word":"or","count":1})",
                          R"(insert ["to"] {"word":"to","count":2})", R"(insert ["not"] {"word":"not","count":1})",
                          R"(retract ["be"] {"word":"be","count":2})", R"(insert ["be"] {"word":"be","count":3})",
                          R"(insert ["that"] {"word":"that","count":1})"));
}

TEST_F(CppProcessor, IsKilledResumedAndEqualsItsReplay) {
  Child killed = run_in_child(word_count(), replay::RunUntil::stopped, [](const replay::RunNotice& notice) {
    if (notice.kind == replay::RunNotice::Kind::committed) raise(SIGKILL);
  });
  ASSERT_EQ(killed.wait(), 128 + SIGKILL);
  append("lines", {"that is the question", "to be"});
  const auto resumed = run_to_end(word_count());
  ASSERT_TRUE(resumed) << resumed.error().message;
  EXPECT_EQ(resumed->recovered_commits, 1U);
  EXPECT_EQ(resumed->commits, 1U);
  expect_live_equals_replay(word_count(), "word_count");
}

TEST_F(CppProcessor, WithAnotherDeclaredVersionIsRefused) {
  ASSERT_TRUE(run_to_end(word_count("1")));
  const auto refused = run_to_end(word_count("2"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_THAT(refused.error().hint, HasSubstr("kappa view drop word_count"));
}

TEST_F(CppProcessor, DefinesNoTableOfItsTopic) {
  ASSERT_TRUE(run_to_end(word_count()));
  const auto ran = run_to_end("CREATE TABLE lines (x text); CREATE MATERIALIZED VIEW v AS SELECT x FROM lines;");
  EXPECT_TRUE(ran) << ran.error().message;
}

}  // namespace
}  // namespace kappa::test

// A processor written by hand is run and replayed as SQL is: the engine knows the interface only.
#include <gmock/gmock.h>
#include <signal.h>

#include "changelog_fixture.hpp"
#include "must.hpp"
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

/// Counts words until it meets one that it does not like, or is asked for something that it cannot tell.
class Throwing final : public processor::Processor {
 public:
  enum class In { process, advance, pending, version };
  explicit Throwing(In in) : in_(in) {}
  [[nodiscard]] std::span<const processor::InputSpec> inputs() const override { return words_.inputs(); }
  [[nodiscard]] std::span<const processor::OutputSpec> outputs() const override { return words_.outputs(); }
  [[nodiscard]] std::string_view version() const override {
    if (in_ == In::version) throw std::runtime_error("no version");
    return words_.version();
  }
  [[nodiscard]] Result<void> process(const EventBatch& batch) override {
    for (std::size_t i = 0; i < batch.columns.count; ++i) met_ |= as_text(batch.columns.values[i]) == "worse";
    throw_in(In::process);
    return words_.process(batch);
  }
  [[nodiscard]] Result<void> advance(Sequence position, processor::ChangeSink& sink) override {
    auto advanced = words_.advance(position, sink);
    throw_in(In::advance);
    return advanced;
  }
  [[nodiscard]] std::vector<std::string> take_warnings() override { return {}; }
  [[nodiscard]] std::size_t pending_bytes() const override {
    throw_in(In::pending);
    return words_.pending_bytes();
  }
  [[nodiscard]] std::size_t state_bytes() const override { return 0; }

 private:
  void throw_in(In place) const {
    if (met_ && place == in_) throw std::runtime_error("no such word");
  }

  WordCountProcessor words_{"lines"};
  In in_;
  bool met_ = false;
};

class CppProcessorThrows : public CppProcessor, public testing::WithParamInterface<Throwing::In> {
 protected:
  static replay::Definition throwing() {
    return must(replay::define([] { return std::make_unique<Throwing>(GetParam()); }));
  }
};

TEST_P(CppProcessorThrows, SoItsRunEndsWithAnErrorAndNothingElse) {
  ASSERT_TRUE(run_to_end(throwing()));
  const auto before = changes_of("word_count");
  append("lines", {"worse"});
  for (const auto& failed : {run_to_end(throwing()), run_to_end(throwing())}) {
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Errc::query);
    EXPECT_THAT(failed.error().message,
                testing::ContainsRegex("the processor of word_count, over .* threw: no such word"));
  }
  EXPECT_EQ(changes_of("word_count"), before);
  // The one that was mended goes on where it stood.
  const auto mended = run_to_end(word_count());
  ASSERT_TRUE(mended) << mended.error().message;
  EXPECT_EQ(mended->recovered_commits, 1U);
  expect_live_equals_replay(word_count(), "word_count");
  EXPECT_EQ(changes_of("word_count").size(), before.size() + 1);
}

INSTANTIATE_TEST_SUITE_P(Everywhere, CppProcessorThrows,
                         testing::Values(Throwing::In::process, Throwing::In::advance, Throwing::In::pending));

TEST_F(CppProcessor, ThatCannotBeMadeIsNoDefinition) {
  const auto threw = replay::define([]() -> std::unique_ptr<processor::Processor> { throw 1; });
  ASSERT_FALSE(threw);
  EXPECT_THAT(threw.error().message, HasSubstr("no std::exception"));
  const auto unnamed = replay::define([] { return std::make_unique<Throwing>(Throwing::In::version); });
  ASSERT_FALSE(unnamed);
  EXPECT_THAT(unnamed.error().message, HasSubstr("threw: no version"));
  const auto none = replay::define([]() -> std::unique_ptr<processor::Processor> { return nullptr; });
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::query);
  const auto short_of = replay::define([]() -> std::unique_ptr<processor::Processor> { throw std::bad_alloc(); });
  ASSERT_FALSE(short_of);
  EXPECT_EQ(short_of.error().code, Errc::io);
}

}  // namespace
}  // namespace kappa::test

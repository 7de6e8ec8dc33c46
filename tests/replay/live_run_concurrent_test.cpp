// What a run does while it is live: its outputs' syncs overlap, and silent outputs record how far they have come.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "changelog_fixture.hpp"
#include "slow_sync_directory.hpp"

namespace kappa::test {
namespace {

using namespace std::chrono_literals;

const std::string kTable = "CREATE TABLE t (k integer);\n";
const std::string kRows = "CREATE MATERIALIZED VIEW v AS SELECT k FROM t;\n";
const std::string kSilent = "CREATE MATERIALIZED VIEW s AS SELECT k FROM t WHERE k < 0;\n";

/// Waits for a condition that another thread brings about; false after a time in which it should have.
bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

class LiveRunThreads : public ChangelogFixture {
 protected:
  void SetUp() override {
    RunFixture::SetUp();
    create_topics({"t"});
  }

  /// A run until the returned thread ends, by the fixture's clock.
  std::jthread run_live(const std::string& sql) {
    return std::jthread([this, sql](const std::stop_token& stop) {
      const auto directory = open();
      const auto clock = [this] { return std::chrono::nanoseconds(now_ += stride_); };
      const auto ran = replay::run(*directory, compiled(sql), {.stop = stop, .compile = compile, .clock = clock});
      EXPECT_TRUE(ran) << ran.error().message;
    });
  }
  bool has_commits(const std::string& output, std::size_t count) {
    return eventually([&] { return commits(output).size() == count; });
  }

  std::atomic<std::int64_t> now_ = 1;
  std::atomic<std::int64_t> stride_ = 0;  ///< What the clock gains each time it is looked at.
};

TEST_F(LiveRunThreads, SilentOutputsRecordTheirProgressOnceItIsDue) {
  ASSERT_TRUE(run_to_end(kTable + kRows + kSilent));
  const std::jthread run = run_live(kTable + kRows + kSilent);
  append("t", {R"({"k":1})"});
  ASSERT_TRUE(has_commits("v", 1));
  EXPECT_TRUE(commits("s").empty());
  now_ += std::chrono::nanoseconds(10s).count();
  append("t", {R"({"k":2})"});
  ASSERT_TRUE(has_commits("s", 1));
  ASSERT_TRUE(has_commits("v.errors", 1));
  EXPECT_EQ(commits("s")[0].through, last_sequence("t"));
  EXPECT_EQ(frames_of("s").back().commit->kind, log::CommitKind::progress);
  append("t", {R"({"k":3})"});
  ASSERT_TRUE(has_commits("v", 3));
  EXPECT_EQ(commits("s").size(), 1U);
}

TEST_F(LiveRunThreads, SilentOutputsRecordTheirProgressWithoutFurtherInput) {
  ASSERT_TRUE(run_to_end(kTable + kSilent));
  stride_ = std::chrono::nanoseconds(10s).count();
  const std::jthread run = run_live(kTable + kSilent);
  append("t", {R"({"k":1})"});
  EXPECT_TRUE(has_commits("s", 1));
}

TEST_F(LiveRunThreads, RecoveryComparesWhatSilentOutputsRecordedLive) {
  ASSERT_TRUE(run_to_end(kTable + kRows + kSilent));
  stride_ = std::chrono::nanoseconds(10s).count();
  {
    const std::jthread run = run_live(kTable + kRows + kSilent);
    append("t", {R"({"k":1})"});
    ASSERT_TRUE(has_commits("s", 1));
  }
  append("t", {R"({"k":-2})"});
  const auto recovered = run_to_end(kTable + kRows + kSilent);
  ASSERT_TRUE(recovered) << recovered.error().message;
  EXPECT_GE(recovered->recovered_commits, 3U);  // Of v, s and at least one of the errors outputs.
  expect_live_equals_replay(kTable + kRows + kSilent, "v");
  expect_live_equals_replay(kTable + kRows + kSilent, "s");
}

TEST_F(LiveRunThreads, TheSyncsOfItsOutputsOverlap) {
  const auto directory = open();
  SlowSyncDirectory slow(*directory);
  append("t", {R"({"k":1})"});
  const auto ran =
      replay::run(slow, compiled(kTable + kRows + "CREATE MATERIALIZED VIEW w AS SELECT k + 1 AS n FROM t;"),
                  {.until = replay::RunUntil::end, .stop = {}, .compile = compile});
  ASSERT_TRUE(ran) << ran.error().message;
  EXPECT_GE(slow.most_at_once(), 2U);
}

}  // namespace
}  // namespace kappa::test

// Threads of one process on one partition and on several: group commit, following, merging.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "log_fixture.hpp"

namespace kappa::log {
namespace {

constexpr int kThreads = 4;
constexpr int kAppends = 25;

class PartitionThreads : public LogTest {
 protected:
  // Each thread appends its own values through one shared appender.
  static void append_from_threads(Appender& appender, const std::string& prefix) {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread)
      threads.emplace_back([&appender, prefix, thread] {
        for (int i = 0; i < kAppends; ++i)
          EXPECT_TRUE(try_append(appender, {prefix + std::to_string(thread * kAppends + i)}));
      });
  }
  static std::vector<std::string> follow(PartitionReader& reader, std::size_t count) {
    std::vector<std::string> values;
    while (values.size() < count) {
      auto batch = reader.next();
      EXPECT_TRUE(batch);
      if (!batch) break;
      if (*batch)
        add_values(**batch, values);
      else
        EXPECT_TRUE(reader.wait({}));
    }
    return values;
  }
};

TEST_F(PartitionThreads, ShareAnAppenderWhileAReaderFollows) {
  const auto directory = open();
  const auto appender = directory->appender(topic(*directory, "t"));
  ASSERT_TRUE(appender);
  const auto reader = directory->reader(topic(*directory, "t"));
  ASSERT_TRUE(reader);
  std::vector<std::string> followed;
  {
    std::jthread follower([&] { followed = follow(**reader, kThreads * kAppends); });
    append_from_threads(**appender, "v");
  }
  EXPECT_EQ(followed, read(*directory, "t"));
  EXPECT_EQ(std::set<std::string>(followed.begin(), followed.end()).size(), std::size_t{kThreads * kAppends});
}

TEST_F(PartitionThreads, OfTwoOpenDirectoriesKeepOneOrder) {
  const auto one = open();
  const auto other = open();
  const auto a = one->appender(topic(*one, "a"));
  const auto b = other->appender(topic(*other, "b"));
  ASSERT_TRUE(a && b);
  {
    std::jthread first([&] { append_from_threads(**a, "a"); });
    append_from_threads(**b, "b");
  }
  const auto merged = merge(*one, {"a", "b"});
  EXPECT_EQ(merged.size(), std::size_t{2 * kThreads * kAppends});
  EXPECT_EQ(merged, merge(*other, {"a", "b"}));
}

TEST_F(PartitionThreads, AWaitingReaderIsStoppedFromOutside) {
  const auto directory = open();
  const auto reader = directory->reader(topic(*directory, "t"));
  ASSERT_TRUE(reader);
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  const auto waited = (*reader)->wait(stop.get_token());
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().code, Errc::interrupted);
}

}  // namespace
}  // namespace kappa::log

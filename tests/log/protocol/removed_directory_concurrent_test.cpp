// A directory that is removed under those who wait in it: they end, and say why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "log_fixture.hpp"

namespace kappa::log {
namespace {

class RemovedDirectory : public LogTest {
 protected:
  RemovedDirectory() : writer_(open()), reader_(open_read_only()) {
    append(*writer_, "t", {"a"});
    topic_ = topic(*reader_, "t");
  }
  /// Removes everything while `wait` waits, or just before it begins to.
  template <typename Wait>
  void expect_end(Wait wait) {
    auto waiting = std::async(std::launch::async, wait);
    std::filesystem::remove_all(data());
    const Error error = waiting.get();
    // Which of the files is missed first is a matter of chance.
    EXPECT_THAT(error.message, testing::ContainsRegex("removed .*while .*in use"));
    EXPECT_THAT(error.hint, testing::HasSubstr("end every process that uses"));
  }

  std::unique_ptr<Directory> writer_;
  std::unique_ptr<Directory> reader_;
  TopicInfo topic_;
};

TEST_F(RemovedDirectory, EndsAWaitForAPartition) {
  const auto reader = reader_->reader(topic_);
  ASSERT_TRUE(reader && (*reader)->next().value());
  expect_end([&] { return (*reader)->wait({}).error(); });
}

TEST_F(RemovedDirectory, EndsAWaitForTheOneOrder) {
  const auto reader = reader_->ordered_reader(std::span(&topic_, 1));
  ASSERT_TRUE(reader);
  const auto bound = (*reader)->bound();
  ASSERT_TRUE(bound && (*reader)->next(*bound).value());
  expect_end([&] { return (*reader)->wait_past(*bound, std::chrono::hours{1}, {}).error(); });
}

}  // namespace
}  // namespace kappa::log

// A log from its making to what is restored from its backup, on an operating system that interrupts every second call
// and transfers a few bytes at a time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kappa/log/backup.hpp"
#include "kappa/log/verify.hpp"
#include "log_fixture.hpp"
#include "system_calls.hpp"

namespace kappa::test {
namespace {

using Strings = std::vector<std::string>;

constexpr int kAppends = 12;

class ShortHistory : public log::LogTest {
 protected:
  ShortHistory() { calls_->short_transfers = true; }
  /// Segments of a few events.
  [[nodiscard]] std::unique_ptr<log::Directory> open_small() const {
    log::ProtocolOptions small;
    small.segment_bytes = 14'000;
    small.mark_every_bytes = 600;
    return open(small);
  }
  void append_all(log::Directory& directory) {
    for (int i = 0; i < kAppends; ++i) {
      const Strings values = {"event " + std::to_string(i), std::string(500, static_cast<char>('a' + i))};
      append(directory, "t", values);
      append(directory, "u", {values[0]});
      appended_.insert(appended_.end(), values.begin(), values.end());
      merged_.insert(merged_.end(), values.begin(), values.end());
      merged_.push_back(values[0]);
    }
  }
  void expect_all(log::Directory& directory) {
    EXPECT_EQ(read(directory, "t"), appended_);
    EXPECT_EQ(merge(directory, {"t", "u"}), merged_);
    const auto verified = log::verify_partition(directory, topic(directory, "t"), 0);
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_EQ(verified->events, appended_.size());
    for (const log::Damage& damage : verified->damages) ADD_FAILURE() << damage.file << ": " << damage.what;
  }

  ToldSystemCalls calls_;
  Strings appended_;
  Strings merged_;
};

TEST_F(ShortHistory, IsReadAsItWasAppendedAndAsItIsRestored) {
  const auto backup = data().parent_path() / "backup";
  const auto restored = data().parent_path() / "restored";
  append_all(*open_small());
  EXPECT_GT(files("t", ".seg").size(), 3u);
  {
    const auto directory = open_small();
    EXPECT_THAT(directory->take_recovery_notes(), testing::IsEmpty());
    expect_all(*directory);
    const auto report = log::back_up(*directory, backup);
    ASSERT_TRUE(report) << report.error().message;
  }
  const auto report = log::restore(backup, restored);
  ASSERT_TRUE(report) << report.error().message;
  expect_all(*log::Directory::open(restored, {}).value());
  for (const char* call : {"pread", "pwritev", "fdatasync", "fsync", "posix_fallocate", "flock", "fcntl", "getrandom"})
    EXPECT_GE(calls_->made[call], 2) << call;
}

}  // namespace
}  // namespace kappa::test

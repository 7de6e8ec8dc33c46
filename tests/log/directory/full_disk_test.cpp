// A process that has a directory open while its disk fills up and is freed, again and again: it needs no restart.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <random>

#include "kappa/log/verify.hpp"
#include "log_fixture.hpp"

namespace kappa::test {
namespace {

using log::Appender;
using log::LogTest;
using testing::HasSubstr;
using testing::SizeIs;

constexpr int kCycles = 100;
constexpr std::uint64_t kSegmentBytes = 300'000;

class FullDisk : public LogTest {
 protected:
  void SetUp() override {
    if (unshare(CLONE_NEWNS) != 0 || mount("", "/", "", MS_REC | MS_PRIVATE, nullptr) != 0)
      GTEST_SKIP() << "only root can mount a small file system";
    std::filesystem::create_directory(data());
    ASSERT_EQ(mount("small", data().c_str(), "tmpfs", 0, "size=2m"), 0);
    log::ProtocolOptions small;
    small.segment_bytes = kSegmentBytes;
    directory_ = open(small);
    kept_ = directory_->appender(topic(*directory_, "kept")).value();
    bulk_ = directory_->appender(topic(*directory_, "bulk")).value();
    ASSERT_TRUE(directory_->set_retention(topic(*directory_, "bulk"), {.age = {}, .bytes = 1}));
  }
  void TearDown() override {
    kept_.reset();
    bulk_.reset();
    directory_.reset();  // Closing needs no room.
    umount2(data().c_str(), MNT_DETACH);
  }

  /// Appends until it is refused; then takes every byte that is left.
  void fill() {
    auto appended = try_append(*bulk_, {noise(20'000)});
    while (appended) appended = try_append(*bulk_, {noise(20'000)});
    EXPECT_EQ(appended.error().code, Errc::io);
    EXPECT_THAT(appended.error().message, HasSubstr("No space left on device"));
    const int file = ::open(filling().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const std::string page(4096, 'x');
    while (::write(file, page.data(), page.size()) > 0) continue;
    ::close(file);
  }
  std::string noise(std::size_t bytes) {
    std::string value(bytes, ' ');
    for (char& c : value) c = static_cast<char>(random_());
    return value;
  }
  [[nodiscard]] std::filesystem::path filling() const { return data() / "lost+found"; }

  void keep(const std::string& value) {
    const auto appended = try_append(*kept_, {value});
    ASSERT_TRUE(appended) << appended.error().message;
    values_.push_back(value);
  }
  void expect_whole() {
    EXPECT_TRUE(read(*directory_, "kept") == values_);
    for (const char* name : {"kept", "bulk"}) {
      const auto report = log::verify_partition(*directory_, topic(*directory_, name), 0);
      ASSERT_TRUE(report) << report.error().message;
      EXPECT_THAT(report->damages, SizeIs(0));
    }
  }
  /// All segments of the bulk but the newest.
  void trim_bulk() {
    const auto trims = directory_->plan_retention(topic(*directory_, "bulk"));
    ASSERT_TRUE(trims) << trims.error().message;
    ASSERT_THAT(*trims, SizeIs(1));
    const auto trimmed = directory_->trim(topic(*directory_, "bulk"), *trims, directory_->catalog().read()->end);
    ASSERT_TRUE(trimmed) << trimmed.error().message;
  }

  std::unique_ptr<log::Directory> directory_;
  std::unique_ptr<Appender> kept_, bulk_;
  std::vector<std::string> values_;
  std::mt19937_64 random_;
};

TEST_F(FullDisk, IsFilledAndFreedWithoutARestart) {
  for (int cycle = 0; cycle < kCycles && !HasFailure(); ++cycle) {
    keep("before " + std::to_string(cycle));
    fill();
    expect_whole();
    std::filesystem::remove(filling());
    if (!try_append(*bulk_, {noise(20'000)})) trim_bulk();
    keep("after " + std::to_string(cycle));
  }
  expect_whole();
}

TEST_F(FullDisk, IsFreedByRetentionWithNoByteLeft) {
  for (int cycle = 0; cycle < kCycles && !HasFailure(); ++cycle) {
    fill();
    trim_bulk();
    keep("after " + std::to_string(cycle));
    expect_whole();
    std::filesystem::remove(filling());
  }
}

TEST_F(FullDisk, IsFreedByDeletingATopicWithNoByteLeft) {
  append(*open(), "scrap", {noise(200'000)});  // A file that is open somewhere keeps its room.
  fill();
  const auto deleted = directory_->delete_topic(topic(*directory_, "scrap"));
  ASSERT_TRUE(deleted) << deleted.error().message;
  keep("after");
  expect_whole();
}

}  // namespace
}  // namespace kappa::test

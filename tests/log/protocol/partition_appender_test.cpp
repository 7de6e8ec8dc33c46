// What can refuse an append, and what becomes of one that nobody awaits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <random>

#include "failing_seam.hpp"
#include "kappa/log/verify.hpp"
#include "log_fixture.hpp"

namespace kappa::test {
namespace {

using log::Appender;
using log::AppendOptions;
using log::Directory;
using log::LogTest;
using Strings = std::vector<std::string>;

class PartitionAppends : public LogTest {
 protected:
  PartitionAppends() : directory_(open({}, &seam_)) {
    append(*directory_, "t", {"a"});
    appender_ = appender(*directory_);
  }
  static std::unique_ptr<Appender> appender(Directory& directory) {
    return directory.appender(topic(directory, "t")).value();
  }
  void write(const std::string& value) {
    EventBatchBuilder events;
    events.add({.value = as_bytes(value)});
    ASSERT_TRUE(appender_->write(events.columns()));
  }
  [[nodiscard]] std::string bytes() const {
    std::ifstream file(files("t", ".seg").front(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] std::string random_value(std::size_t bytes) {
    std::string value(bytes, ' ');
    for (char& c : value) c = static_cast<char>(random_());
    return value;
  }
  void expect_refused(const AppendOptions& options, const std::string& why) {
    const std::string before = bytes();
    const auto refused = try_append(*appender_, {"refused"}, options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_THAT(refused.error().message, testing::HasSubstr(why));
    EXPECT_EQ(bytes(), before);
    EXPECT_EQ(read(*directory_, "t"), Strings{"a"});
  }

  FailingSeam seam_;
  std::unique_ptr<Directory> directory_;
  std::unique_ptr<Appender> appender_;
  std::mt19937_64 random_{1};
};

TEST_F(PartitionAppends, AtAnotherEndThanExpectedAreRefused) {
  expect_refused({.expected_end = Offset{0}, .owner_epoch = {}, .commit = {}},
                 "t/0: the end is at offset 1, expected was 0");
  expect_refused({.expected_end = Offset{2}, .owner_epoch = {}, .commit = {}}, "expected was 2");
  EXPECT_TRUE(try_append(*appender_, {"b"}, {.expected_end = Offset{1}, .owner_epoch = {}, .commit = {}}));
}

TEST_F(PartitionAppends, OfAnOlderOwnerAreRefused) {
  const auto first = appender_->take_ownership();
  ASSERT_TRUE(first);
  const auto other = open({}, &seam_);
  const auto second = appender(*other)->take_ownership();
  ASSERT_TRUE(second);
  EXPECT_GT(*second, *first);
  expect_refused({.expected_end = {}, .owner_epoch = *first, .commit = {}}, "another run has taken over");
  EXPECT_TRUE(try_append(*appender(*other), {"b"}, {.expected_end = {}, .owner_epoch = *second, .commit = {}}));
}

TEST_F(PartitionAppends, OfAnOlderOwnerAreRefusedAfterReopeningToo) {
  const auto first = appender_->take_ownership();
  ASSERT_TRUE(appender_->take_ownership());
  appender_ = nullptr;
  directory_ = nullptr;
  directory_ = open({}, &seam_);
  appender_ = appender(*directory_);
  expect_refused({.expected_end = {}, .owner_epoch = *first, .commit = {}}, "another run has taken over");
}

TEST_F(PartitionAppends, ThatNobodyAwaitsAreDurableOnceClosed) {
  write("b");
  EXPECT_EQ(read(*directory_, "t"), Strings{"a"});
  appender_ = nullptr;
  EXPECT_EQ(read(*directory_, "t"), (Strings{"a", "b"}));
  const auto device = data().string() + "-device";
  seam_.restore_device(data(), device);
  const auto restored = Directory::open(device, {});
  ASSERT_TRUE(restored);
  EXPECT_EQ(read(**restored, "t"), (Strings{"a", "b"}));
  std::filesystem::remove_all(device);
}

// Something stands behind the written end, farther than the first block that an append overwrites.
TEST_F(PartitionAppends, OverAnyByteThatIsNotZeroAreRefused) {
  const std::string before = bytes();
  std::fstream(files("t", ".seg").front(), std::ios::binary | std::ios::in | std::ios::out)
      .seekp(static_cast<std::streamoff>(before.find_last_not_of('\0') + 7'000))
      .put('x');
  const auto other = open({}, &seam_);
  const auto refused = try_append(*appender(*other), {random_value(20'000)});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("is to be zero and is not"));
  EXPECT_EQ(read(*directory_, "t"), Strings{"a"});
}

// Something stands behind the frame, where zeros are to be written ahead. Who has just made the file longer knows what
// is there; who opens the partition afterwards does not.
TEST_F(PartitionAppends, ThatWriteZerosOverOtherBytesAreRefusedAfterReopening) {
  constexpr std::streamoff kBehindTheFrame = 200'000;
  std::fstream(files("t", ".seg").front(), std::ios::binary | std::ios::in | std::ios::out)
      .seekp(kBehindTheFrame)
      .put('x');
  const std::string before = bytes();
  const auto other = open({}, &seam_);
  const auto refused = try_append(*appender(*other), {random_value(130'000)});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("byte 200000 is to be zero and is not"));
  EXPECT_TRUE(bytes().starts_with(before));
  EXPECT_EQ(read(*directory_, "t"), Strings{"a"});
}

// The head is what it was before, as from a copy: frames stand where it points, and where it says that zeros are due.
TEST_F(PartitionAppends, WithAnOlderHeadAreRefusedAndOverwriteNothing) {
  const auto path = data() / "topics" / "t" / "0" / "head";
  const auto content = [](const std::filesystem::path& of) {
    std::ifstream file(of, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string older = content(path);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(try_append(*appender_, {random_value(600'000)}));
  const std::string before = bytes();
  std::fstream(path, std::ios::binary | std::ios::in | std::ios::out) << older;
  const auto refused = try_append(*appender_, {random_value(900'000)});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_TRUE(bytes() == before);
}

TEST_F(PartitionAppends, ToARemovedSegmentAreRefused) {
  std::filesystem::remove(files("t", ".seg").front());
  const auto refused = try_append(*appender_, {"b"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_THAT(refused.error().message, testing::HasSubstr(".seg: it was removed or replaced while in use"));
}

TEST_F(PartitionAppends, InARemovedDirectoryAreRefused) {
  std::filesystem::remove_all(data());
  const auto refused = try_append(*appender_, {"b"});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("was removed (or its file sequence)"));
}

// The lock of the partition is held by somebody who says that he is this process.
TEST_F(PartitionAppends, ThatWaitNameTheHolder) {
  std::string told;
  log::ProtocolOptions impatient;
  impatient.lock_wait_notice = std::chrono::milliseconds{1};
  impatient.lock_wait_max = std::chrono::milliseconds{1};
  auto other =
      log::open_directory(data(), {.seam = &seam_, .notice = [&](const std::string& what) { told = what; }}, impatient);
  ASSERT_TRUE(other);
  const auto waiting = appender(**other);
  const auto holder = seam_.open(data() / "topics" / "t" / "0", log::OpenMode::directory);
  ASSERT_TRUE(seam_.lock(*holder, log::LockMode::exclusive, {}).value());
  const auto refused = try_append(*waiting, {"b"});
  ASSERT_FALSE(refused);
  const std::string name = "process " + std::to_string(getpid());
  EXPECT_EQ(told, "t/0: waiting for the lock held by " + name);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("t/0: " + name + " has held the partition's lock"));
}

// Written by a process that died before its sync: nobody has published it, and nobody is about to.
TEST_F(PartitionAppends, OfTheCatalogSettleWhatADeadCreatorLeft) {
  const auto dead = open({}, &seam_);
  const auto catalog = dead->appender(topic(*dead, "_catalog"));
  ASSERT_TRUE(catalog);
  EventBatchBuilder events;
  events.add({.value = as_bytes(R"({"event":"topic_created","name":"u","body":)"
                                R"({"id":"00000000000000010000000000000002","kind":"user","partitions":1}})")});
  ASSERT_TRUE((*catalog)->write(events.columns()));
  EXPECT_EQ(directory_->create_topic("u", log::TopicKind::user).error().code, Errc::conflict);
  ASSERT_TRUE((*catalog)->write(events.columns()));
  EXPECT_TRUE(directory_->delete_topic(topic(*directory_, "t")));
}

}  // namespace
}  // namespace kappa::test

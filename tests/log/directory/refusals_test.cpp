// What keeps a directory from being opened or changed is told with what to do about it, and changes nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "forwarding_seam.hpp"
#include "log_fixture.hpp"

namespace kappa::test {
namespace {

namespace fs = std::filesystem;
using log::LogTest;
using log::TopicInfo;
using log::TopicKind;
using testing::HasSubstr;
using testing::SizeIs;
using Strings = std::vector<std::string>;

/// A file system of a kind, locks that others hold, a file that cannot be written to.
class HinderingSeam final : public ForwardingSeam {
 public:
  Result<log::FileSystem> file_system(const std::string& path) override {
    if (failing_file_system) return fail(Errc::io, "cannot look at the file system of " + path, "look at it");
    return kind;
  }
  Result<bool> lock(const log::File& file, log::LockMode mode, std::chrono::nanoseconds timeout) override {
    const bool held = !held_by_others.empty() && file.path().ends_with(held_by_others);
    return held ? Result<bool>(false) : ForwardingSeam::lock(file, mode, timeout);
  }
  Result<void> write(const log::File& file, std::uint64_t position, std::span<const Bytes> parts) override {
    if (!full.empty() && file.path().contains(full)) return fail(Errc::io, file.path() + ": disk full");
    return ForwardingSeam::write(file, position, parts);
  }
  log::FileSystem kind = log::FileSystem::ordinary;
  bool failing_file_system = false;
  std::string held_by_others;
  std::string full;
};

class DirectoryRefusals : public LogTest {
 protected:
  template <typename T>
  static void expect_told(const Result<T>& refused, Errc code, const std::string& what, const std::string& hint) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, code) << refused.error().message;
    EXPECT_THAT(refused.error().message, HasSubstr(what));
    EXPECT_THAT(refused.error().hint, HasSubstr(hint));
  }
  Result<std::unique_ptr<log::Directory>> try_open(bool create) {
    return log::open_directory(data(), {.create = create, .seam = &seam_}, {});
  }

  HinderingSeam seam_;
};

TEST_F(DirectoryRefusals, OnAFileSystemThatOtherMachinesShare) {
  seam_.kind = log::FileSystem::refused;
  expect_told(try_open(true), Errc::io, data().string() + " is on a network or FUSE file system", "a local disk");
  EXPECT_TRUE(fs::is_empty(data()));
  seam_.kind = log::FileSystem::ordinary;
  seam_.failing_file_system = true;
  expect_told(try_open(true), Errc::io, "cannot look at the file system of " + data().string(), "look at it");
  EXPECT_TRUE(fs::is_empty(data()));
}

TEST_F(DirectoryRefusals, WhileAnotherProcessIsStarting) {
  append(*open(), "t", {"a"});
  seam_.held_by_others = "/lock";
  expect_told(try_open(false), Errc::io, data().string() + ": another process has been starting for 60 s",
              "kill -CONT");
  seam_.held_by_others.clear();
  const auto directory = try_open(false);
  ASSERT_TRUE(directory);
  EXPECT_EQ(read(**directory, "t"), Strings{"a"});
}

TEST_F(DirectoryRefusals, WhileAnotherProcessMakesTopics) {
  const auto directory = open({}, &seam_);
  append(*directory, "t", {"a"});
  seam_.held_by_others = "/topics";
  const std::string held = "another process has been creating or deleting a topic for 30 s";
  expect_told(directory->create_topic("u", TopicKind::user), Errc::io, held, "kill -CONT");
  expect_told(directory->delete_topic(topic(*directory, "t")), Errc::io, held, "kill -CONT");
  seam_.held_by_others.clear();
  EXPECT_THAT(directory->catalog().topics().value(), SizeIs(1));
  EXPECT_EQ(read(*directory, "t"), Strings{"a"});
  EXPECT_TRUE(directory->create_topic("u", TopicKind::user));
}

TEST_F(DirectoryRefusals, WhereTheCatalogCannotBeWritten) {
  const auto directory = open({}, &seam_);
  append(*directory, "t", {"a"});
  seam_.full = "/_catalog/";
  const TopicInfo kept = topic(*directory, "t");
  const auto refused = directory->set_retention(kept, {.age = {}, .bytes = 1'000'000});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::io);
  EXPECT_THAT(refused.error().message, HasSubstr("/topics/_catalog/0/"));
  EXPECT_FALSE(topic(*directory, "t").retention.bytes);
  seam_.full.clear();
  ASSERT_TRUE(directory->set_retention(kept, {.age = {}, .bytes = 1'000'000}));
  EXPECT_EQ(topic(*directory, "t").retention.bytes, 1'000'000u);
}

TEST_F(DirectoryRefusals, OfWhatATopicCannotBe) {
  const auto directory = open();
  append(*directory, "t", {"a"});
  const TopicInfo known = topic(*directory, "t");
  for (const std::uint32_t partitions : {0u, log::kPartitionsMax + 1})
    EXPECT_EQ(directory->create_topic("u", TopicKind::user, partitions).error().code, Errc::usage) << partitions;
  expect_told(directory->reader(known, 1), Errc::not_found, "there is no partition t/1", "kappa topic list");
  expect_told(directory->appender(known, 1), Errc::not_found, "there is no partition t/1", "kappa topic list");
  EXPECT_FALSE(fs::exists(data() / "topics" / "t" / "1"));
}

TEST_F(DirectoryRefusals, OfEventsInACatalogThatIsOpenForReading) {
  append(*open(), "t", {"a"});
  const auto directory = open_read_only();
  const auto refused = directory->catalog().append({{"view_defined", "v", "{}", {}}}, {});
  expect_told(refused, Errc::io, "open for reading only", "permission to write");
}

/// It is told each time, and nothing behind it is taken for known.
TEST_F(DirectoryRefusals, OfACatalogThatCannotBeUnderstood) {
  const auto directory = open();
  append(*directory, "t", {"a"});
  const TopicInfo catalog = directory->catalog().find_topic(log::kCatalogTopic).value().value();
  ASSERT_TRUE(try_append(*directory->appender(catalog).value(), {R"({"event":"topic_deleted"})"}));
  for (int i = 0; i < 2; ++i) {
    const auto refused = directory->catalog().topics();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::corruption);
    EXPECT_THAT(refused.error().message, HasSubstr("_catalog: the event at offset 1 cannot be understood"));
    EXPECT_EQ(directory->create_topic("u", TopicKind::user).error().code, Errc::corruption);
  }
  EXPECT_FALSE(fs::exists(data() / "topics" / "u"));
}

}  // namespace
}  // namespace kappa::test

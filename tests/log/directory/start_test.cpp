// Starting: who finds that no start has been finished makes one, whoever else was at it; and what creating costs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <set>

#include "forwarding_seam.hpp"
#include "log_fixture.hpp"

namespace kappa::test {
namespace {

using log::LogTest;
using Strings = std::vector<std::string>;

/// A machine that was started again. The first attempts to be alone in the directory fail, because of another process
/// that is starting; it dies while its lock is waited for.
class RestartedSeam final : public ForwardingSeam {
 public:
  explicit RestartedSeam(int starters_that_die) : starters_(starters_that_die) {}
  Result<bool> lock(const log::File& file, log::LockMode mode, std::chrono::nanoseconds timeout) override {
    const bool start = mode == log::LockMode::exclusive && file.path().ends_with("/lock");
    if (start && starters_-- > 0) return false;
    return ForwardingSeam::lock(file, mode, timeout);
  }
  std::uint64_t boot_id() override { return ForwardingSeam::boot_id() + 1; }

 private:
  std::atomic<int> starters_;
};

class Start : public LogTest {};

TEST_F(Start, IsMadeByWhoWaitedForAStarterThatDied) {
  append(*open(), "t", {"a"});
  RestartedSeam seam(2);
  const auto directory = open({}, &seam);
  append(*directory, "t", {"b"});
  EXPECT_EQ(merge(*directory, {"t"}), (Strings{"a", "b"}));
}

TEST_F(Start, OfANewDirectoryIsMadeByWhoWaitedForAStarterThatDied) {
  RestartedSeam seam(1);
  append(*open({}, &seam), "t", {"a"});
  EXPECT_EQ(read(*open(), "t"), Strings{"a"});
}

TEST_F(Start, IsMadeByOneOfManyWhoWaited) {
  append(*open(), "t", {"a"});
  RestartedSeam seam(8);
  std::vector<std::future<std::unique_ptr<log::Directory>>> opening;
  for (int i = 0; i < 8; ++i) opening.push_back(std::async(std::launch::async, [&] { return open({}, &seam); }));
  std::vector<std::unique_ptr<log::Directory>> all;
  for (auto& one : opening) all.push_back(one.get());
  for (const auto& one : all) append(*one, "t", {"b"});
  EXPECT_EQ(read(*all.front(), "t").size(), 9u);
}

TEST_F(Start, BesideProcessesWhoseCounterWasRemovedIsRefused) {
  const auto directory = open();
  append(*directory, "t", {"a"});
  std::filesystem::remove(data() / "sequence");
  const auto second = log::Directory::open(data(), {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::conflict);
  EXPECT_THAT(second.error().message, testing::HasSubstr("its file sequence was removed or replaced"));
}

class CountingSeam final : public ForwardingSeam {
 public:
  Result<log::File> open(const std::string& path, log::OpenMode mode) override {
    ++opened;
    return ForwardingSeam::open(path, mode);
  }
  int opened = 0;
};

TEST_F(Start, OfAPartitionLooksAtNoOther) {
  CountingSeam seam;
  const auto directory = open({}, &seam);
  const auto cost = [&](const char* name, std::uint32_t partitions) {
    const int before = seam.opened;
    EXPECT_TRUE(directory->create_topic(name, log::TopicKind::user, partitions));
    return seam.opened - before;
  };
  const int few = cost("few", 10);
  const int many = cost("many", 40);
  EXPECT_LT(many, 5 * few);
}

TEST_F(Start, IsNotNeededToReadWhateverTheHeadsHold) {
  append(*open(), "t", {"a", "b"});
  std::filesystem::remove(data() / "sequence");
  std::ofstream(data() / "sequence", std::ios::binary) << std::string(4096, '\0');
  // As a loss of power may leave a page.
  std::ofstream(data() / "topics" / "t" / "0" / "head", std::ios::binary) << std::string(4096, '\x5a');
  EXPECT_EQ(read(*open_read_only(), "t"), (Strings{"a", "b"}));
}

/// A second one at the same place may be what a wipe that was cut off has left of the first.
TEST_F(Start, KeepsEveryTornTailOfOnePlace) {
  append(*open(), "t", {"a"});
  const std::filesystem::path segment = files("t", ".seg")[0];
  std::set<std::string> kept;
  for (const char* torn : {"the first torn tail", "another", "another", "the third"}) {
    std::fstream(segment, std::ios::in | std::ios::out | std::ios::binary).seekp(14'000) << torn;
    const auto notes = open()->take_recovery_notes();
    ASSERT_THAT(notes, testing::SizeIs(1));
    kept.insert(notes[0].kept_aside);
    std::ifstream copy(notes[0].kept_aside, std::ios::binary);
    EXPECT_TRUE(std::string(std::istreambuf_iterator<char>(copy), {}).ends_with(torn));
  }
  EXPECT_EQ(kept.size(), 3u) << "one copy of what is the same";
  for (const auto& entry : std::filesystem::directory_iterator(data() / "torn"))
    EXPECT_TRUE(kept.contains(entry.path().string())) << entry.path();
}

/// A partition whose head is lost is recovered when it is first used, beside others at work; what that found is told.
TEST_F(Start, OfAPartitionAloneTellsWhatItFound) {
  append(*open(), "t", {"a"});
  const auto directory = open();
  ASSERT_TRUE(directory->take_recovery_notes().empty());
  const std::filesystem::path segment = files("t", ".seg")[0];
  std::filesystem::remove(data() / "topics" / "t" / "0" / "head");
  std::fstream(segment, std::ios::in | std::ios::out | std::ios::binary).seekp(14'000) << "torn";
  append(*directory, "t", {"b"});
  const auto notes = directory->take_recovery_notes();
  ASSERT_THAT(notes, testing::SizeIs(1));
  EXPECT_EQ(notes[0].file, segment.string());
  EXPECT_TRUE(std::filesystem::exists(notes[0].kept_aside));
  EXPECT_EQ(read(*directory, "t"), (Strings{"a", "b"}));
}

}  // namespace
}  // namespace kappa::test

// The recovery of a torn tail of which any call fails: no byte of the tail is wiped before a copy of all of it is
// durable, whatever was tried before; and the next start is one like any other.
#include <algorithm>

#include "cut_off.hpp"
#include "directory/log_directory.hpp"
#include "format/hash.hpp"
#include "must.hpp"
#include "protocol/tail.hpp"

namespace kappa::test {
namespace {

constexpr const char* kRoot = "/log";
constexpr const char* kAside = "/log/torn";
constexpr const char* kPartition = "/log/topics/t/0";
constexpr std::size_t kTornBytes = (1 << 20) + 5000;  // More than is copied, or wiped, in one write.

std::vector<std::byte> read_range(const CrashDisk& disk, const std::string& path, std::uint64_t from,
                                  std::uint64_t bytes) {
  std::vector<std::byte> content(bytes);
  if (const auto inode = disk.find(path)) inode->read(from, content);
  return content;
}

class TornTailCrash : public CutOff {
 protected:
  TornTailCrash() : CutOff({.prefixes = 16, .random = 6}, 5), torn_(kTornBytes) {
    for (std::byte& byte : torn_) byte = static_cast<std::byte>(random_() % 255 + 1);
    DiskSeam seam(disk_);
    auto directory = must(open(seam));
    const log::TopicInfo topic = must(directory->create_topic("t", log::TopicKind::user, 1));
    for (int i = 0; i < 3; ++i) {
      auto events = event_of("v");
      static_cast<void>(must(must(directory->appender(topic))->append(events.columns())));
    }
    directory.reset();
    const log::Tail tail = must(log::read_tail(seam, kPartition, log::Access::read_write));
    end_ = tail.end.position.value;
    segment_ = tail.segment->file.path();
    const Bytes parts[] = {torn_};
    const log::File file = must(seam.open(segment_, log::OpenMode::write));
    EXPECT_TRUE(seam.write(file, end_, parts));
    EXPECT_TRUE(seam.sync(file));
    disk_.settle_store();
  }

  [[nodiscard]] static Result<std::unique_ptr<log::Directory>> open(log::Seam& seam) {
    return log::open_directory(kRoot, {.create = true, .seam = &seam}, {});
  }
  [[nodiscard]] bool is_copy(const CrashDisk& disk, const std::string& path) const {
    const auto file = disk.find(path);
    return file && file->cache.size() == kTornBytes && read_range(disk, path, 0, kTornBytes) == torn_;
  }
  [[nodiscard]] bool has_copy(const CrashDisk& disk) const {
    return std::ranges::any_of(
        disk.list(kAside), [&](const std::string& name) { return is_copy(disk, fmt::format("{}/{}", kAside, name)); });
  }
  [[nodiscard]] bool is_torn(const CrashDisk& disk) const {
    return read_range(disk, segment_, end_, kTornBytes) == torn_;
  }
  [[nodiscard]] std::string lost(const CrashDisk& disk) {
    const CrashImages images(disk);
    const CrashDisk durable = images.image(images.first(0, PageImage::older), random_);
    for (const CrashDisk* left : {&disk, &durable})
      if (!is_torn(*left) && !has_copy(*left)) return "wiped, and there is no copy";
    return {};
  }

  /// What is wrong with what is left, and with the start after it.
  [[nodiscard]] std::string judge_torn(CrashDisk& disk) {
    if (auto wrong = lost(disk); !wrong.empty()) return wrong;
    const bool torn = is_torn(disk);
    ++(torn ? torn_left_ : wiped_);
    DiskSeam seam(disk);
    auto directory = open(seam);
    if (!directory) return "the next start: " + directory.error().message;
    const std::vector<log::RecoveryNote> notes = (*directory)->take_recovery_notes();
    if (torn && notes.size() != 1) return fmt::format("the next start tells {} torn tails", notes.size());
    if (torn && !is_copy(disk, notes[0].kept_aside)) return "the next start tells of something else";
    disk.settle_store();
    if (auto wrong = lost(disk); !wrong.empty()) return "after the next start: " + wrong;
    const auto rest = read_range(disk, segment_, end_, kTornBytes);
    if (!log::all_zeros(rest)) return "the next start leaves torn bytes";
    return {};
  }

  std::vector<std::byte> torn_;
  std::uint64_t end_ = 0;
  std::string segment_;
  int torn_left_ = 0;  ///< States in which the tail was as it had been,
  int wiped_ = 0;      ///< and those in which it was not.
};

TEST_F(TornTailCrash, LeavesTheTailOrACopyOfIt) {
  CrashDisk disk = disk_.after_kill();
  const auto judge = [this](CrashDisk& left) { return judge_torn(left); };
  DiskSeam seam(disk, at_each_call(disk, judge));
  const auto done = open(seam);
  ASSERT_TRUE(done) << done.error().message;
  for (const std::string& wrong : wrong_) ADD_FAILURE() << wrong;
  EXPECT_GT(torn_left_, 20);
  EXPECT_GT(wiped_, 20);
}

class TornTailFailure : public TornTailCrash, public testing::WithParamInterface<CutOff::Failure> {};

TEST_P(TornTailFailure, OfAnyCallLeavesTheTailOrACopyOfIt) {
  fail_each_call(
      GetParam(), [](log::Seam& seam) { static_cast<void>(open(seam)); },
      [this](CrashDisk& left) { return judge_torn(left); });
  EXPECT_GT(torn_left_, 5);
  EXPECT_GT(wiped_, 0);
}

INSTANTIATE_TEST_SUITE_P(All, TornTailFailure, cut_off_failures(), failure_name);

}  // namespace
}  // namespace kappa::test

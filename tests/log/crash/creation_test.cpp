// The making of a directory, cut off anywhere: whoever comes next makes the rest of it, and loses nothing of what was
// acknowledged.
#include <gtest/gtest.h>

#include <set>

#include "crash_explorer.hpp"
#include "fmt/format.h"
#include "kappa/base/event_builder.hpp"
#include "rarer.hpp"

namespace kappa::test {
namespace {

constexpr char kRoot[] = "/home/user/log";

class Creation : public testing::Test {
 protected:
  static constexpr std::uint32_t kPartitions = 2;
  /// How far one has come: the topic is made, then each partition has its event, then it is deleted.
  static constexpr int kMade = 1;
  static constexpr int kDeleted = kMade + static_cast<int>(kPartitions) + 1;

  /// What one process does from nothing: a directory in a new directory, a topic, and an event in each of its
  /// partitions, then the topic's end.
  static Result<void> use(log::Seam& seam, int& done) {
    auto directory = log::open_directory(kRoot, {.create = true, .seam = &seam}, {});
    if (!directory) return propagate(directory);
    auto topic = (*directory)->create_topic("t", log::TopicKind::user, kPartitions);
    if (!topic) return propagate(topic);
    done = kMade;
    EventBatchBuilder event;
    event.add({.value = as_bytes(std::string_view("event"))});
    for (std::uint32_t number = 0; number < kPartitions; ++number) {
      auto appender = (*directory)->appender(*topic, number);
      if (!appender) return propagate(appender);
      if (auto appended = (*appender)->append(event.columns()); !appended) return propagate(appended);
      ++done;
    }
    if (auto deleted = (*directory)->delete_topic(*topic); !deleted) return deleted;
    done = kDeleted;
    return {};
  }
  /// How many of the partitions, from the first on, have their event.
  static Result<int> count_events(log::Directory& directory, const log::TopicInfo& topic) {
    int events = 0;
    for (std::uint32_t number = 0; number < topic.partitions; ++number) {
      auto reader = directory.reader(topic, number);
      if (!reader) return propagate(reader);
      auto batch = (*reader)->next();
      if (!batch) return propagate(batch);
      if (*batch && events == static_cast<int>(number)) ++events;
    }
    return events;
  }

  /// What is wrong with what a newcomer finds who goes on making it.
  static std::string judge(CrashDisk& disk, int done, int& found) {
    DiskSeam seam(disk);
    auto directory = log::open_directory(kRoot, {.create = true, .seam = &seam}, {});
    if (!directory) return directory.error().message;
    auto topic = (*directory)->catalog().find_topic("t");
    if (!topic) return topic.error().message;
    found = 0;
    if (*topic) {
      if ((*topic)->partitions != kPartitions) return "another number of partitions";
      auto events = count_events(**directory, **topic);
      if (!events) return events.error().message;
      found = kMade + *events;
    }
    // Once the last event is acknowledged the deletion may have begun.
    if (done < kDeleted && found < done && (done < kDeleted - 1 || found != 0)) return "what was acknowledged is gone";
    if (done == kDeleted && found != 0) return "a topic that was deleted is back";
    return {};
  }
  /// Of a newcomer that has opened the directory and of what it then loses with the power.
  void look(CrashDisk disk, const char* kind) {
    int found = 0;
    std::string wrong = judge(disk, done_, found);
    disk.settle_store();
    int again = 0;
    if (wrong.empty()) {
      const CrashImages images(disk);
      CrashDisk lost = images.image(images.first(0, PageImage::device), random_);
      wrong = judge(lost, std::min(found, kDeleted - 1), again);
      if (wrong.empty() && found != again) wrong = "what a newcomer has seen is gone";
    }
    ++states_;
    if (!wrong.empty()) wrong_.insert(fmt::format("{} after {}: {}", kind, done_, wrong));
  }
  void examine(const CrashDisk& disk) {
    look(disk.after_kill(), "a kill");
    const CrashImages images(disk);
    for (std::size_t units = 0; units <= images.units(); ++units)
      look(images.image(images.first(units, PageImage::older), random_), "a loss of power");
    for (int i = 0; i < 20; ++i) {
      Survivors some = images.first(0, PageImage::mixed);
      for (std::size_t unit = 0; unit < images.units(); ++unit) some.kept[unit] = random_() % 2 == 0;
      some.lost = static_cast<LostBytes>(random_() % 4);
      look(images.image(some, random_), "a loss of power that keeps some");
    }
  }

  int done_ = 0;
  std::uint64_t states_ = 0;
  std::set<std::string> wrong_;
  Random random_{5};
};

TEST_F(Creation, IsFinishedByTheNextProcessWhereverItWasCutOff) {
  CrashDisk disk;
  disk.make("/home", true);
  disk.sync_names("/");
  DiskSeam seam(disk, [&](DiskSeam::Point point) {
    if (point == DiskSeam::Point::call) examine(disk);
  });
  const auto used = use(seam, done_);
  ASSERT_TRUE(used) << used.error().message;
  disk.settle_store();
  examine(disk);
  for (const std::string& wrong : wrong_) ADD_FAILURE() << wrong;
  EXPECT_GT(states_, 500u);
}

/// As before, and the one who goes on is killed as well, and the one after it loses power.
TEST_F(Creation, IsFinishedAlsoAfterOneWhoFinishedIt) {
  CrashDisk disk;
  disk.make("/home", true);
  disk.sync_names("/");
  int moment = 0;
  DiskSeam seam(disk, [&](DiskSeam::Point point) {
    if (point != DiskSeam::Point::call || ++moment % static_cast<int>(3 * kRarer) != 0) return;
    CrashDisk killed = disk.after_kill();
    int second_done = 0;
    const int before = done_;
    DiskSeam second(killed, [&](DiskSeam::Point inner) {
      if (inner != DiskSeam::Point::call) return;
      done_ = second_done;
      examine(killed);
    });
    if (before == 0) static_cast<void>(use(second, second_done));
    done_ = before;
  });
  ASSERT_TRUE(use(seam, done_));
  for (const std::string& wrong : wrong_) ADD_FAILURE() << wrong;
}

}  // namespace
}  // namespace kappa::test

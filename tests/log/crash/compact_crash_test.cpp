// Compaction that is cut off anywhere, or of which any call fails: the table at the horizon is what it was, nothing
// that was deleted is back, and what is left is as it was.
#include <gtest/gtest.h>

#include <map>

#include "crash_history.hpp"
#include "cut_off.hpp"
#include "fmt/format.h"
#include "forwarding_seam.hpp"
#include "kappa/log/repack.hpp"
#include "kappa/log/verify.hpp"
#include "must.hpp"

namespace kappa::test {
namespace {

constexpr const char* kTopic = "keyed";

/// The rows of a table, and each event by its offset.
struct FoundTable {
  std::map<std::string, std::string> rows;
  std::map<std::uint64_t, std::string> events;
};

class CompactCrash : public CutOff {
 protected:
  CompactCrash() : CutOff({.prefixes = 4, .random = 2}, 11) {
    setup_.protocol.segment_bytes = log::kFirstFramePosition + 4'000;
    setup_.protocol.mark_every_bytes = 1500;
    DiskSeam seam(disk_);
    auto directory = must(open(seam));
    const log::TopicInfo topic = must(directory->create_topic(kTopic, log::TopicKind::user, 1));
    auto appender = must(directory->appender(topic));
    // In the first segments rows that later ones delete: the deletions come segments later.
    for (int i = 0; i < 30; ++i) append(*appender, fmt::format("old{}", i), i);
    for (int i = 0; i < 30; ++i) append(*appender, fmt::format("k{}", i % 3), i);
    for (int i = 0; i < 30; ++i) append(*appender, fmt::format("old{}", i), std::nullopt);
    // And some that are deleted in the next one.
    for (int i = 0; i < 14; ++i) append(*appender, fmt::format("late{}", i), i);
    for (int i = 0; i < 14; ++i) append(*appender, fmt::format("late{}", i), std::nullopt);
    for (int i = 0; i < 20; ++i) append(*appender, fmt::format("k{}", i % 3), 100 + i);
    horizon_ = must(must(directory->reader(topic))->extent()).last;
    append(*appender, "k1", 1000);
    before_ = must(find(*directory));
    appender.reset();
    directory.reset();
    disk_.settle_store();
  }

  static void append(log::Appender& appender, const std::string& key, std::optional<int> number) {
    const std::string value = number ? fmt::format("{} {}", *number, std::string(60, 'v')) : "";
    EventBatchBuilder builder;
    builder.add({.key = as_bytes(key), .value = number ? std::optional(as_bytes(value)) : std::nullopt});
    static_cast<void>(must(appender.append(builder.columns())));
  }
  [[nodiscard]] Result<std::unique_ptr<log::Directory>> open(log::Seam& seam) const {
    return log::open_directory(setup_.root, {.create = true, .seam = &seam}, setup_.protocol);
  }
  [[nodiscard]] Result<log::RepackReport> compact(log::Seam& seam) const {
    auto directory = open(seam);
    if (!directory) return propagate(directory);
    return compact(**directory);
  }
  [[nodiscard]] Result<log::RepackReport> compact(log::Directory& directory) const {
    auto topic = directory.catalog().find_topic(kTopic);
    if (!topic) return propagate(topic);
    auto catalog = directory.catalog().read();
    if (!catalog) return propagate(catalog);
    const log::Compaction compaction{horizon_, judge_crash_events, catalog->end};
    return log::repack_partition(directory, **topic, 0, {.compaction = &compaction});
  }

  [[nodiscard]] static Result<FoundTable> find(log::Directory& directory) {
    auto topic = directory.catalog().find_topic(kTopic);
    if (!topic) return propagate(topic);
    auto reader = directory.reader(**topic);
    if (!reader) return propagate(reader);
    FoundTable found;
    for (;;) {
      auto batch = (*reader)->next();
      if (!batch) return propagate(batch);
      if (!*batch) return found;
      for (std::size_t i = 0; i < (*batch)->columns.count; ++i) take(**batch, i, found);
    }
  }
  static void take(const EventBatch& batch, std::size_t i, FoundTable& found) {
    const std::string key(as_text(batch.columns.keys[i]));
    const std::string value(as_text(batch.columns.values[i]));
    found.events[batch.offset(i).value] =
        fmt::format("{} {} {} {}", batch.sequence.value, batch.append_time, key, value);
    if (batch.columns.values.has(i))
      found.rows[key] = value;
    else
      found.rows.erase(key);
  }

  /// What is wrong with what is left, and with compacting it again.
  [[nodiscard]] std::string judge_compacted(CrashDisk& disk) {
    DiskSeam seam(disk);
    auto directory = open(seam);
    if (!directory) return directory.error().message;
    if (auto wrong = look(**directory); !wrong.empty()) return wrong;
    auto again = compact(**directory);
    if (!again) return "again: " + again.error().message;
    ++(again->repacked == 0 ? done_ : to_do_);
    return look(**directory);
  }
  [[nodiscard]] std::string look(log::Directory& directory) const {
    auto found = find(directory);
    if (!found) return found.error().message;
    if (found->rows != before_.rows) return "another table than before";
    for (const auto& [offset, event] : found->events)
      if (before_.events.at(offset) != event) return fmt::format("another event at offset {}", offset);
    auto topic = directory.catalog().find_topic(kTopic);
    if (!topic) return topic.error().message;
    if (found->events.size() < before_.events.size() && (*topic)->compacted_through != horizon_)
      return "events are gone, and no compaction is on record";
    auto verified = log::verify_partition(directory, **topic, 0);
    if (!verified) return verified.error().message;
    if (!verified->damages.empty()) return verified->damages[0].file + ": " + verified->damages[0].what;
    return {};
  }

  CrashSetup setup_;
  Sequence horizon_;
  FoundTable before_;
  int done_ = 0;   ///< States in which nothing was left to do,
  int to_do_ = 0;  ///< and those in which something was.
};

TEST_F(CompactCrash, LeavesTheTableAsItWasAndBringsNothingBack) {
  CrashDisk disk = disk_.after_kill();
  const auto judge = [this](CrashDisk& left) { return judge_compacted(left); };
  DiskSeam seam(disk, at_each_call(disk, judge));
  for (const bool deletions : {false, true}) {
    const auto done = compact(seam);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_GT(done->repacked, deletions ? 0u : 3u);
    EXPECT_GT(done->removed, deletions ? 20u : 60u);
  }
  disk.settle_store();
  to_do_ = 0;
  const int done_before = std::exchange(done_, 0);
  examine(disk, judge);
  for (const std::string& wrong : wrong_) ADD_FAILURE() << wrong;
  EXPECT_EQ(to_do_, 0) << "compacted, and not durable";
  EXPECT_GT(done_ + done_before, 5);
}

/// One of the names that segments take is not synced.
class UnsyncedName final : public ForwardingSeam {
 public:
  UnsyncedName(log::Seam& real, int number) : ForwardingSeam(real), left_(number) {}
  Result<void> rename(const std::string& from, const std::string& to) override {
    refuses_ = to.ends_with(".seg") && left_-- == 0;
    return ForwardingSeam::rename(from, to);
  }
  Result<void> sync(const log::File& file) override {
    if (!std::exchange(refuses_, false)) return ForwardingSeam::sync(file);
    return fail(Errc::io, "refused");
  }

 private:
  int left_;
  bool refuses_ = false;
};

TEST_F(CompactCrash, RestsOnNothingThatTheOneBeforeHasNotMadeDurable) {
  samples_.random = 10;
  const auto judge = [this](CrashDisk& left) { return judge_compacted(left); };
  for (const int number : {6, 7}) {  // Behind these the segments with the deletions follow at once.
    SCOPED_TRACE(number);
    CrashDisk disk = disk_.after_kill();
    bool looks = false;
    DiskSeam real(disk, [&](DiskSeam::Point point) {
      if (looks && point == DiskSeam::Point::call) examine(disk, judge);
    });
    UnsyncedName seam(real, number);
    const auto directory = must(open(seam));
    ASSERT_FALSE(compact(*directory));
    looks = true;
    EXPECT_TRUE(compact(*directory));
    looks = false;
    for (const std::string& wrong : std::exchange(wrong_, {})) ADD_FAILURE() << wrong;
  }
}

class CompactFailure : public CompactCrash, public testing::WithParamInterface<CutOff::Failure> {};

TEST_P(CompactFailure, OfAnyCallLeavesTheTableAsItWas) {
  fail_each_call(
      GetParam(), [this](log::Seam& seam) { static_cast<void>(compact(seam)); },
      [this](CrashDisk& left) { return judge_compacted(left); });
}

INSTANTIATE_TEST_SUITE_P(All, CompactFailure, cut_off_failures(), failure_name);

}  // namespace
}  // namespace kappa::test

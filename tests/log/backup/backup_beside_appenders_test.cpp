// Backups at random moments, while processes append to several topics and one keeps a view of them, and are killed. In
// what is restored there is everything at or below the backup's sequence, byte for byte, and nothing else.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <atomic>
#include <iostream>
#include <random>

#include "bound_fork.hpp"
#include "kappa/log/backup.hpp"
#include "log_fixture.hpp"

namespace kappa::test {
namespace {

using log::Access;
using log::Appender;
using log::Directory;
using log::LogTest;

constexpr int kRounds = 8;
constexpr int kBackupsOfARound = 3;
constexpr int kAppenders = 2;
constexpr std::array<const char*, 4> kTopics{"a", "b", "c", "view"};

/// What the children have told; outlives them.
struct Told {
  std::atomic<std::uint64_t> appends{0};
  std::atomic<std::uint64_t> acknowledged{0};  ///< The greatest sequence.
};

/// A frame with all there is to it.
struct WholeFrame {
  std::uint64_t sequence, offset, through;
  std::vector<std::string> values;
  friend bool operator==(const WholeFrame&, const WholeFrame&) = default;
};

class BackupBesideAppenders : public LogTest {
 protected:
  BackupBesideAppenders() {
    void* memory = mmap(nullptr, sizeof(Told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    told_ = new (memory) Told;
    const char* given = std::getenv("KAPPA_SEED");
    seed_ = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    std::cout << "KAPPA_SEED=" << seed_ << "\n";
    random_.seed(seed_);
    const auto directory = open_small();
    for (const char* name : kTopics) topic(*directory, name);
  }
  ~BackupBesideAppenders() override { munmap(told_, sizeof(Told)); }

  [[nodiscard]] std::unique_ptr<Directory> open_small() const {
    log::ProtocolOptions small;
    small.segment_bytes = 20'000;
    small.mark_every_bytes = 3'000;
    return open(small);
  }

  void note(const Result<log::Stamp>& stamp) const {
    if (!stamp) _exit(3);
    std::uint64_t seen = told_->acknowledged;
    while (seen < stamp->sequence.value && !told_->acknowledged.compare_exchange_weak(seen, stamp->sequence.value)) {
    }
    ++told_->appends;
  }

  [[noreturn]] void append_until_killed(std::uint64_t seed) const {
    std::mt19937_64 random(seed);
    const auto directory = open_small();
    std::vector<std::unique_ptr<Appender>> appenders;
    for (std::size_t i = 0; i < 3; ++i) appenders.push_back(directory->appender(topic(*directory, kTopics[i])).value());
    for (std::uint64_t i = 0;; ++i) {
      std::vector<std::string> values;
      for (std::uint64_t n = random() % 3 + 1; n > 0; --n)
        values.push_back(fmt::format("{} {} {}", seed, i, std::string(random() % 900, 'x')));
      note(try_append(*appenders[random() % 3], values));
    }
  }

  /// Commits, again and again, what it has read.
  [[noreturn]] void keep_view_until_killed() const {
    const auto directory = open_small();
    std::vector<log::TopicInfo> inputs;
    for (std::size_t i = 0; i < 3; ++i) inputs.push_back(topic(*directory, kTopics[i]));
    const auto view = directory->appender(topic(*directory, "view")).value();
    const auto reader = directory->ordered_reader(inputs).value();
    Sequence through;
    for (;;) {
      const auto bound = reader->wait_past(through, log::OrderedReader::kNoLimit, {});
      if (!bound) _exit(4);
      Sequence last = through;
      while (auto batch = reader->next(*bound).value()) last = batch->sequence;
      if (last == through) continue;
      log::CommitBlock block;
      block.from = std::exchange(through, last);
      block.inputs = reader->consumed();
      log::AppendOptions options;
      options.commit = log::CommitFrame{&block, through};
      note(try_append(*view, {fmt::format("through {}", through.value)}, options));
    }
  }

  std::vector<pid_t> start_children() {
    std::vector<pid_t> children;
    for (int i = 0; i < kAppenders; ++i)
      children.push_back(bound_fork([&, seed = random_()]() -> int { append_until_killed(seed); }));
    children.push_back(bound_fork([&]() -> int { keep_view_until_killed(); }));
    return children;
  }
  void await_appends(std::uint64_t count) const {
    for (const std::uint64_t end = told_->appends + count; told_->appends < end;) std::this_thread::yield();
  }

  static std::vector<WholeFrame> frames(Directory& directory, const char* name, Sequence last) {
    std::vector<WholeFrame> all;
    const auto reader = directory.reader(topic(directory, name)).value();
    for (;;) {
      auto batch = reader->next();
      EXPECT_TRUE(batch) << batch.error().message;
      if (!batch || !*batch || (*batch)->sequence > last) return all;
      WholeFrame frame{(*batch)->sequence.value, (*batch)->first_offset.value, reader->info().through.value, {}};
      add_values(**batch, frame.values);
      all.push_back(std::move(frame));
    }
  }

  void compare(Sequence sequence) {
    const std::filesystem::path place = data().parent_path() / "restored";
    std::filesystem::remove_all(place);
    const auto report = log::restore(data().parent_path() / "backup", place);
    ASSERT_TRUE(report) << report.error().message;
    const auto copy = Directory::open(place, {}).value();
    EXPECT_TRUE(copy->take_recovery_notes().empty());
    const auto original = open_small();  // Which adopts what killed processes have left whole.
    for (const char* name : kTopics) {
      const auto status = copy->status(topic(*copy, name), 0);
      EXPECT_TRUE(status) << status.error().message;
      const auto found = frames(*copy, name, kEndOfTime);
      const auto expected = frames(*original, name, sequence);
      EXPECT_EQ(found.size(), expected.size()) << name;
      EXPECT_TRUE(found == expected) << name;
    }
  }

  Told* told_ = nullptr;
  std::uint64_t seed_ = 0;
  std::mt19937_64 random_;
};

TEST_F(BackupBesideAppenders, HoldsWhatIsAtOrBelowItsSequenceAndNothingElse) {
  std::uint64_t kept = 0;
  for (int round = 0; round < kRounds && !HasFatalFailure(); ++round) {
    std::vector<pid_t> children = start_children();
    Sequence sequence;
    for (int i = 0; i < kBackupsOfARound; ++i) {
      await_appends(random_() % 30);
      const bool last = i + 1 == kBackupsOfARound;
      // The last one, with processes that died anywhere and nobody who sees to what they left.
      if (last)
        for (const pid_t child : children) kill(child, SIGKILL);
      const std::uint64_t acknowledged = told_->acknowledged;
      const auto directory = random_() % 2 == 0 && !last ? open_small() : open_read_only();
      const auto report = log::back_up(*directory, data().parent_path() / "backup");
      ASSERT_TRUE(report) << report.error().message;
      EXPECT_GE(report->sequence.value, acknowledged);
      EXPECT_EQ(report->held_back, "");
      EXPECT_GE(report->sequence, sequence);
      sequence = report->sequence;
      kept += report->segments_kept;
    }
    for (const pid_t child : children) {
      int status = 0;
      waitpid(child, &status, 0);
      EXPECT_TRUE(WIFSIGNALED(status)) << "a child ended by itself, with " << WEXITSTATUS(status);
    }
    compare(sequence);
  }
  EXPECT_GT(kept, 0u);
}

}  // namespace
}  // namespace kappa::test

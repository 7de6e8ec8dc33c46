// A partition that nobody appends to any more is marked and synced while its directory stays open: what a loss of power
// and rot may pass off as a torn tail rests on it (see "The residual" in docs/reliability.md).
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "forwarding_seam.hpp"
#include "log_fixture.hpp"
#include "protocol/housekeeper.hpp"
#include "protocol/tail.hpp"

namespace kappa::test {
namespace {

using log::LogTest;

constexpr std::chrono::microseconds kLook{1};
constexpr std::chrono::seconds kPatience{30};

/// Time passes with each look at it, and knows which mark of a topic's segment a sync has made durable.
class WatchedMark final : public ForwardingSeam {
 public:
  std::chrono::nanoseconds monotonic() override { return std::chrono::microseconds{looks_.fetch_add(kLook.count())}; }
  void pass(std::chrono::microseconds time) { looks_ += time.count(); }
  [[nodiscard]] std::chrono::microseconds passed() const { return std::chrono::microseconds{looks_.load()}; }

  Result<void> sync_data(const log::File& file) override {
    const Position mark = newest_mark(file.path());
    auto synced = real().sync_data(file);
    if (synced && file.path().find("/t/") != std::string::npos) durable_mark_ = mark.value;
    return synced;
  }
  /// Zero: none yet.
  [[nodiscard]] Position durable_mark() const { return {durable_mark_.load()}; }

 private:
  Position newest_mark(const std::string& path) {
    const auto segment = log::open_segment_file(real(), path, log::Access::read_only);
    if (!segment) return {};
    const auto mark = log::read_newest_mark(real(), **segment);
    return mark && *mark ? (*mark)->point.position : Position{};
  }

  std::atomic<std::int64_t> looks_{1'000'000};
  std::atomic<std::uint64_t> durable_mark_{0};
};

class QuietMark : public LogTest {
 protected:
  /// Appended with no housekeeper: the directory makes one for the operating system alone.
  std::shared_ptr<log::Partition> append_one() {
    if (!directory_) directory_ = open({}, &seam_);
    const log::TopicInfo known = topic(*directory_, "t");
    if (!appender_) appender_ = directory_->appender(known).value();
    EXPECT_TRUE(try_append(*appender_, {"a"}));
    return static_cast<log::LogDirectory&>(*directory_).partition(known, 0).value();
  }
  [[nodiscard]] log::Tail tail() const {
    return log::read_tail(log::real_seam(), (data() / "topics/t/0").string(), log::Access::read_only).value();
  }
  template <typename Condition>
  static bool comes(Condition condition) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (!condition() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    return condition();
  }

  WatchedMark seam_;
  std::unique_ptr<log::Directory> directory_;
  std::unique_ptr<log::Appender> appender_;  ///< Kept: it marks when it ends.
};

TEST_F(QuietMark, IsPutWhileTheDirectoryIsOpen) {
  const auto directory = open();
  for (int i = 0; i < 3; ++i) {
    append(*directory, "t", {"a"});
    const Position end = tail().end.position;
    ASSERT_TRUE(comes([&] {
      const auto mark = tail().mark;
      return mark && mark->point.position == end;
    })) << "after append "
        << i;
  }
}

TEST_F(QuietMark, IsDurableFiftyMillisecondsAfterTheLastAppend) {
  log::Housekeeper housekeeper(seam_, {});
  for (int i = 0; i < 3; ++i) {
    housekeeper.appended(append_one(), log::Housekeeper::Due::mark_when_quiet);
    const Position end = tail().end.position;
    EXPECT_LT(seam_.durable_mark(), end);
    seam_.pass(std::chrono::milliseconds{50});
    ASSERT_TRUE(comes([&] { return seam_.durable_mark() == end; })) << "after append " << i;
  }
}

/// Only the thread that would put the mark still looks at the clock.
TEST_F(QuietMark, IsNotPutBeforeThat) {
  log::Housekeeper housekeeper(seam_, {});
  housekeeper.appended(append_one(), log::Housekeeper::Due::mark_when_quiet);
  const auto some_looks = seam_.passed() + 3 * kLook;
  EXPECT_TRUE(comes([&] { return seam_.passed() >= some_looks; }));
  EXPECT_LT(seam_.durable_mark(), tail().end.position);
}

}  // namespace
}  // namespace kappa::test

#pragma once
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>

#include "protocol/sequence_page.hpp"

namespace kappa::log {

/// Longest sleep of a waiting reader: how late it notices what wakes nobody. That is an append whose process died
/// before it was durable, and so acknowledged to nobody; and that the directory has been removed.
inline constexpr std::chrono::milliseconds kWaitSlice{1'000};

/// Watches what holds a reader back: tells when it has been the same thing for longer than a time.
class HeldBack {
 public:
  /// True if `low` has been the same since a call at least `patience` ago; then starts anew.
  [[nodiscard]] bool too_long(Sequence low, std::chrono::nanoseconds now, std::chrono::nanoseconds patience) {
    if (low_ != low) {
      low_ = low;
      since_ = now;
      return false;
    }
    if (now - since_ < patience) return false;
    since_ = now;
    return true;
  }

 private:
  std::optional<Sequence> low_;
  std::chrono::nanoseconds since_{};
};

/// Waits on the page such that a request to stop ends the wait at once. A nudge changes no word, so one that comes
/// between the waiter's look at the request and its falling asleep is lost: it is repeated until the waiter is awake.
class StoppableWait {
 public:
  StoppableWait(const std::stop_token& stop, const SequencePage& page)
      : stop_(stop), page_(page), callback_(stop, Nudge{&page, asleep_}) {}

  void wait(std::uint32_t seen, std::chrono::nanoseconds limit) const {
    asleep_->store(true);
    if (!stop_.stop_requested()) page_.wait(seen, limit);
    asleep_->store(false);
  }

 private:
  static constexpr int kNudgesMax = 20;
  static constexpr std::chrono::milliseconds kNudgeAgain{1};
  using Asleep = std::shared_ptr<std::atomic<bool>>;
  struct Nudge {
    const SequencePage* page;
    Asleep asleep;
    void operator()() const {
      const SequencePage& its_page = *page;
      const Asleep flag = asleep;  // Shared: in a test's seam the waiter may be gone while its nudge still runs.
      for (int i = 0; i < kNudgesMax && flag->load(); ++i) {
        its_page.nudge();
        its_page.wait(its_page.wakeups(), kNudgeAgain);
      }
    }
  };
  const std::stop_token& stop_;
  const SequencePage& page_;
  Asleep asleep_ = std::make_shared<std::atomic<bool>>(false);
  std::stop_callback<Nudge> callback_;
};

}  // namespace kappa::log

#pragma once
#include <chrono>
#include <optional>
#include <stop_token>

#include "protocol/sequence_page.hpp"

namespace kappa::log {

/// Longest sleep of a waiting reader: how late it notices that it is to stop where no wake-up reaches it.
inline constexpr std::chrono::milliseconds kWaitSlice{100};

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

/// While it lives, a request to stop wakes the waiters of the page.
class WakeOnStop {
 public:
  WakeOnStop(const std::stop_token& stop, const SequencePage& page) : callback_(stop, Nudge{&page}) {}

 private:
  struct Nudge {
    const SequencePage* page;
    void operator()() const { page->nudge(); }
  };
  std::stop_callback<Nudge> callback_;
};

}  // namespace kappa::log

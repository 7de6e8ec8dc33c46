#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>

#include "kappa/base/event_builder.hpp"
#include "kappa/log/appender.hpp"

namespace kappa::cli {

/// What of an append is durable. `last` is the offset of the last event, meaningful where events > 0.
struct DurableEvents {
  std::uint64_t events = 0;
  Offset first;
  Offset last;
};

/// Collects events into frames and appends them: a frame is cut at 1 MiB, or when deadline() has passed, whichever is
/// first. Encoding is on the caller's thread; one of its own waits for durability, so that neither waits for the other.
/// Not thread-safe; lives no longer than the appender.
class FrameWriter {
 public:
  using Clock = std::chrono::steady_clock;
  /// With `expected_end` all events are one append, made by finish() on condition that the topic ends there; more than
  /// an append can hold is Errc::bad_input.
  explicit FrameWriter(log::Appender& appender, std::optional<Offset> expected_end = {})
      : appender_(appender), expected_end_(expected_end) {}
  FrameWriter(const FrameWriter&) = delete;
  FrameWriter& operator=(const FrameWriter&) = delete;
  ~FrameWriter();

  /// Takes an event, and writes the frame if it is large enough.
  [[nodiscard]] Result<void> add(const EventView& event);
  /// When the events that wait should be cut; nullopt: none waits, or all are one append.
  [[nodiscard]] std::optional<Clock::time_point> deadline() const { return deadline_; }
  [[nodiscard]] bool holds_events() const { return frame_.count() != 0; }
  /// Forgets what waits.
  void discard() { frame_.clear(); }
  /// Writes what waits; its durability is seen to meanwhile.
  [[nodiscard]] Result<void> cut();
  /// Writes what waits and returns once all is durable, or cannot become so.
  [[nodiscard]] Result<void> finish();
  [[nodiscard]] DurableEvents durable();
  /// Events that the appender left out, for it had them already.
  [[nodiscard]] std::uint64_t duplicates() const { return duplicates_; }

 private:
  struct Written {
    log::Stamp stamp;
    std::uint64_t events = 0;  ///< With all frames before.
  };
  [[nodiscard]] Result<void> write_frame();
  void hand_over();
  void make_durable(std::stop_token stop);

  log::Appender& appender_;
  const std::optional<Offset> expected_end_;
  EventBatchBuilder frame_;
  std::optional<Clock::time_point> deadline_;
  std::optional<Offset> first_;
  Written written_;
  std::uint64_t duplicates_ = 0;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Written> waiting_;  // guarded by mutex_
  std::uint64_t frames_ahead_ = 0;  // guarded by mutex_: written since the last sync began
  Written durable_;                 // guarded by mutex_
  std::optional<Error> failure_;    // guarded by mutex_
  std::jthread thread_;             // Last: it uses the others.
};

}  // namespace kappa::cli

#pragma once
#include <atomic>
#include <stop_token>
#include <thread>

namespace kappa::cli {

/// Turns SIGINT and SIGTERM into a stop request. The signals are blocked in every thread and taken by one that waits
/// for them, because std::stop_source is not safe in a signal handler. A second SIGINT ends the process at once.
/// Make it before any other thread. SIGPIPE is ignored from here on: a closed pipe is an error value of write().
class Signals {
 public:
  Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }
  /// The signal that asked to stop; 0 for none.
  [[nodiscard]] int received() const { return received_.load(); }
  /// Exit code of work that was stopped before its end: 128 and the signal.
  [[nodiscard]] int code_of_cut_work() const { return 128 + received(); }
  /// Exit code of work that has no end of its own, as a run: SIGTERM is how one stops it.
  [[nodiscard]] int code_of_endless_work() const;

 private:
  void wait_for_signals();

  std::stop_source source_;
  std::atomic<int> received_ = 0;
  std::jthread thread_;
};

/// From here on a page of a mapped file that is not there any more ends the process with exit code 6 and words. Every
/// other process goes on: it is as if this one were killed.
void end_in_words_without_a_page();

/// Ends the process as SIGPIPE does, silently: what a filter whose reader has gone is expected to do.
[[noreturn]] void die_of_closed_pipe();

}  // namespace kappa::cli

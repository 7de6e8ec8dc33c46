#pragma once
#include <atomic>
#include <optional>
#include <stop_token>
#include <thread>

namespace kappa::cli {

/// While it lives, the end of whoever reads a pipe that we write to is a request to stop: a command that waits for
/// something to write would notice it only with the next write. Other descriptors are not watched.
class ReaderWatch {
 public:
  /// `stop` is another reason to stop, and passed on.
  ReaderWatch(int descriptor, const std::stop_token& stop);
  ReaderWatch(const ReaderWatch&) = delete;
  ReaderWatch& operator=(const ReaderWatch&) = delete;
  ~ReaderWatch();

  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }
  [[nodiscard]] bool reader_has_gone() const { return gone_.load(); }

 private:
  struct PassOn {
    std::stop_source source;
    void operator()() { source.request_stop(); }
  };
  void watch(int descriptor);

  std::stop_source source_;
  std::atomic<bool> gone_ = false;
  std::stop_callback<PassOn> outer_;
  int end_ = -1;  ///< An event descriptor: written to at the end.
  std::optional<std::jthread> thread_;
};

}  // namespace kappa::cli

#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "kappa/base/result.hpp"

namespace kappa::cli {

/// Lines from a file or a pipe, as bytes, the newline excluded; the last need not have one. Reads much at a time and
/// hands out what there is, so that a slow pipe is not held back. Not thread-safe.
class LineSource {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Outcome {
    line,      ///< line() is the next.
    too_long,  ///< The next is longer than the limit and is passed over.
    pause,     ///< Nothing came until the deadline.
    stopped,   ///< Asked to stop; whole lines that were read have been handed out.
    end
  };

  /// Whether there is a file of this path that may be read, or the errors of open() and next(). Opens nothing: whoever
  /// writes to a named pipe would take that for its reader.
  [[nodiscard]] static Result<void> check(const std::string& path);
  /// Opens a file, or standard input for `-`. Errc::not_found or Errc::io names it.
  [[nodiscard]] static Result<LineSource> open(const std::string& path, std::size_t line_bytes_max,
                                               std::stop_token stop);
  LineSource(LineSource&& other) noexcept;
  LineSource& operator=(LineSource&&) = delete;
  ~LineSource();

  /// Waits for a line, at most until the deadline.
  [[nodiscard]] Result<Outcome> next(std::optional<Clock::time_point> deadline);
  /// Valid until the next call of next().
  [[nodiscard]] std::string_view line() const { return line_; }
  /// Number of the last line, from 1.
  [[nodiscard]] std::uint64_t number() const { return number_; }
  /// For messages: the path, `stdin` for standard input.
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  enum class Filled { more, pause, stopped, end };
  class StopSignal;
  LineSource(std::string name, int descriptor, std::size_t line_bytes_max, std::stop_token stop);
  [[nodiscard]] Result<Filled> fill(std::optional<Clock::time_point> deadline);
  [[nodiscard]] Filled wait(std::optional<Clock::time_point> deadline) const;
  void make_room();
  Outcome give(std::size_t end, std::size_t next_begin);

  std::string name_;
  int descriptor_;
  std::size_t line_bytes_max_;
  std::stop_token stop_;
  std::unique_ptr<StopSignal> stop_signal_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;    ///< First byte not handed out.
  std::size_t scanned_ = 0;  ///< No newline in [begin_, scanned_).
  std::size_t end_ = 0;
  bool passing_over_ = false;  ///< Inside a line that is too long.
  std::string_view line_;
  std::uint64_t number_ = 0;
};

}  // namespace kappa::cli

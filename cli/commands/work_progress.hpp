#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "frame/command.hpp"
#include "kappa/log/progress.hpp"

namespace kappa::cli {

/// What --rate and --progress were given.
struct ProgressOptions {
  std::string rate;
  std::string mode;
};
/// The two options, for a verb's table.
[[nodiscard]] std::vector<Option> progress_options(ProgressOptions& options);

/// Tells on stderr how a long work goes on, holds it to a rate, and ends it when asked to stop (Errc::interrupted). By
/// itself it tells on a terminal only, in one line, once the work has lasted two seconds. Not thread-safe.
class WorkProgress final : public log::Progress {
 public:
  /// `verb` begins each line. Errc::usage for a rate that is none.
  [[nodiscard]] static Result<std::unique_ptr<WorkProgress>> make(const Context& context, std::string verb,
                                                                  const ProgressOptions& options);
  ~WorkProgress() override;
  WorkProgress(const WorkProgress&) = delete;
  WorkProgress& operator=(const WorkProgress&) = delete;

  void expect(std::uint64_t bytes) override { expected_ += bytes; }
  [[nodiscard]] Result<void> advance(std::uint64_t bytes) override;
  /// The work is done: how much it was, where each step is told; takes the line off the terminal.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  enum class Mode : std::uint8_t { none, line, plain, json };
  WorkProgress(const Context& context, std::string verb, Mode mode, std::uint64_t rate)
      : context_(context), verb_(std::move(verb)), mode_(mode), rate_(rate) {}
  void keep_to_rate(std::uint64_t bytes);
  void tell(Clock::time_point now);

  const Context& context_;
  const std::string verb_;
  const Mode mode_;
  const std::uint64_t rate_;  ///< Bytes a second; 0: as fast as it goes.
  const Clock::time_point begun_ = Clock::now();
  Clock::time_point told_ = begun_;
  Clock::time_point due_ = begun_;  ///< When the bytes done so far may be done.
  std::uint64_t expected_ = 0;
  std::uint64_t done_ = 0;
  bool on_screen_ = false;
};

}  // namespace kappa::cli

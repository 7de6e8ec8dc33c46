#include "commands/work_progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <mutex>

#include "text/json_scan.hpp"
#include "text/quantity.hpp"
#include "text/table.hpp"

namespace kappa::cli {
namespace {

using std::chrono::duration;

constexpr std::chrono::seconds kQuietBegin{2};
constexpr std::chrono::milliseconds kLineEvery{200};
constexpr std::chrono::seconds kPlainEvery{1};
/// What was not used of the rate is forgotten after this.
constexpr std::chrono::milliseconds kBurst{100};

std::string time_left(double seconds) {
  constexpr double kMinute = 60;
  constexpr double kHour = 3600;
  if (seconds < kMinute) return fmt::format("{:.0f} s", seconds);
  if (seconds < kHour) return fmt::format("{:.0f} min", seconds / kMinute);
  return fmt::format("{:.1f} h", seconds / kHour);
}

}  // namespace

std::vector<Option> progress_options(ProgressOptions& options) {
  return {{"--rate", "BYTES", "Read at most so many bytes a second: 50MiB", &options.rate},
          {"--progress",
           "MODE",
           "How to tell of it on stderr: auto (on a terminal, after 2 s), plain, json, none",
           &options.mode,
           {"auto", "plain", "json", "none"}}};
}

Result<std::unique_ptr<WorkProgress>> WorkProgress::make(const Context& context, std::string verb,
                                                         const ProgressOptions& options) {
  std::uint64_t rate = 0;
  if (!options.rate.empty()) {
    auto parsed = parse_bytes(options.rate);
    if (!parsed) return propagate(parsed);
    rate = *parsed;
  }
  Mode mode = ::isatty(STDERR_FILENO) != 0 ? Mode::line : Mode::none;
  if (options.mode == "plain") mode = Mode::plain;
  if (options.mode == "json") mode = Mode::json;
  if (options.mode == "none" || context.common.quiet) mode = Mode::none;
  return std::unique_ptr<WorkProgress>(new WorkProgress(context, std::move(verb), mode, rate));
}

WorkProgress::~WorkProgress() {
  if (on_screen_) std::fputs("\r\x1b[K", stderr);
}

Result<void> WorkProgress::advance(std::uint64_t bytes) {
  done_ += bytes;
  if (rate_ != 0) keep_to_rate(bytes);
  if (context_.stop.stop_requested()) return fail(Errc::interrupted, "interrupted");
  if (mode_ == Mode::none) return {};
  const auto now = Clock::now();
  const bool due =
      mode_ == Mode::line ? now - begun_ >= kQuietBegin && now - told_ >= kLineEvery : now - told_ >= kPlainEvery;
  if (due) tell(now);
  return {};
}

void WorkProgress::keep_to_rate(std::uint64_t bytes) {
  const auto now = Clock::now();
  const duration<double> cost(static_cast<double>(bytes) / static_cast<double>(rate_));
  due_ = std::max(due_, now - kBurst) + std::chrono::duration_cast<Clock::duration>(cost);
  if (due_ <= now) return;
  std::mutex mutex;
  std::unique_lock lock(mutex);
  // Nobody but a request to stop ends the wait early.
  std::condition_variable_any().wait_until(lock, context_.stop, due_, [] { return false; });
}

void WorkProgress::tell(Clock::time_point now) {
  told_ = now;
  const double seconds = duration<double>(now - begun_).count();
  const double rate = seconds > 0 ? static_cast<double>(done_) / seconds : 0;
  // Appends may have made more of it than was expected.
  const std::uint64_t expected = std::max(expected_, done_);
  const double left = rate > 0 ? static_cast<double>(expected - done_) / rate : 0;
  if (mode_ == Mode::json) {
    std::fputs(fmt::format(R"({{"verb":"{}","done":{},"expected":{},"bytes_per_second":{:.0f},"seconds_left":{:.1f}}})"
                           "\n",
                           verb_, done_, expected, rate, left)
                   .c_str(),
               stderr);
    return;
  }
  const std::string text = fmt::format("{}: {} of {}, {}/s, {} left", verb_, human_bytes(done_), human_bytes(expected),
                                       human_bytes(static_cast<std::uint64_t>(rate)), time_left(left));
  on_screen_ = mode_ == Mode::line;
  std::fputs((on_screen_ ? "\r" + text + "\x1b[K" : text + "\n").c_str(), stderr);
}

void WorkProgress::finish() {
  if (mode_ == Mode::plain || mode_ == Mode::json) {
    expected_ = done_;
    tell(Clock::now());
  }
  if (on_screen_) std::fputs("\r\x1b[K", stderr);
  on_screen_ = false;
}

}  // namespace kappa::cli

// Appender::write returns before the sync. The thread here always waits for the newest frame, which covers those before
// it, so a fast producer shares syncs among many frames and a slow one gets a sync at once. A bound on the frames that
// are written and not durable keeps a disk that falls behind from being buried.
#include "commands/frame_writer.hpp"

#include <fmt/format.h>

#include <utility>

#include "kappa/base/shortage.hpp"

namespace kappa::cli {
namespace {

constexpr std::size_t kFrameBytes = std::size_t{1} << 20;
constexpr std::uint32_t kFrameEvents = std::uint32_t{1} << 16;
constexpr std::chrono::milliseconds kFrameTime{5};
constexpr std::uint64_t kFramesAheadMax = 64;
// As the log has them: what one append can hold.
constexpr std::size_t kAppendBytesMax = std::size_t{16} << 20;
constexpr std::uint32_t kAppendEventsMax = std::uint32_t{1} << 20;

}  // namespace

FrameWriter::~FrameWriter() {
  thread_.request_stop();
  changed_.notify_all();
}

Result<void> FrameWriter::add(const EventView& event) {
  frame_.add(event);
  if (expected_end_) {
    if (frame_.raw_bytes() <= kAppendBytesMax && frame_.count() <= kAppendEventsMax) return {};
    return fail(Errc::bad_input,
                fmt::format("more than one append can hold ({} MiB, {} events), and --expect-offset wants all in one",
                            kAppendBytesMax >> 20, kAppendEventsMax),
                "append it in parts, each with the offset at which the part before it has ended");
  }
  if (!deadline_) deadline_ = Clock::now() + kFrameTime;
  return frame_.raw_bytes() < kFrameBytes && frame_.count() < kFrameEvents ? Result<void>{} : cut();
}

Result<void> FrameWriter::write_frame() {
  deadline_.reset();
  if (frame_.count() == 0) return {};
  log::AppendOptions options;
  options.expected_end = expected_end_;
  const auto stamp = appender_.write(frame_.columns(), options);
  const std::uint32_t given = frame_.count();
  frame_.clear();  // Also when it failed: it may be in the log all the same, and is not written a second time.
  if (!stamp) return std::unexpected(stamp.error());
  const std::uint64_t stored = stamp->end.value - stamp->first.value;
  duplicates_ += given - stored;
  if (stored == 0) return {};
  if (!first_) first_ = stamp->first;
  written_ = {*stamp, written_.events + stored};
  return {};
}

Result<void> FrameWriter::cut() {
  if (frame_.count() == 0) return {};
  if (auto written = write_frame(); !written) return written;
  hand_over();
  const std::lock_guard lock(mutex_);
  return failure_ ? Result<void>(std::unexpected(*failure_)) : Result<void>{};
}

void FrameWriter::hand_over() {
  if (!thread_.joinable()) thread_ = std::jthread([this](std::stop_token stop) { make_durable(std::move(stop)); });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return frames_ahead_ < kFramesAheadMax || failure_; });
  waiting_ = written_;
  ++frames_ahead_;
  changed_.notify_all();
}

void FrameWriter::make_durable(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return waiting_.has_value(); })) {
    const Written newest = *std::exchange(waiting_, std::nullopt);
    frames_ahead_ = 0;
    changed_.notify_all();
    lock.unlock();
    auto done = told_of_shortage([&] { return appender_.await_durable(newest.stamp); });
    lock.lock();
    done ? void(durable_ = newest) : void(failure_ = done.error());
    changed_.notify_all();
    if (failure_) return;
  }
}

Result<void> FrameWriter::finish() {
  auto written = write_frame();
  if (!thread_.joinable()) {  // A single frame: no other thread has anything to do.
    if (!written || written_.events == 0) return written;
    auto done = appender_.await_durable(written_.stamp);
    if (done) durable_ = written_;
    return done;
  }
  if (written_.events != 0) hand_over();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return durable_.events == written_.events || failure_; });
  return failure_ ? Result<void>(std::unexpected(*failure_)) : written;
}

DurableEvents FrameWriter::durable() {
  const std::lock_guard lock(mutex_);
  if (durable_.events == 0) return {};
  return {durable_.events, *first_, Offset{durable_.stamp.end.value - 1}};
}

}  // namespace kappa::cli

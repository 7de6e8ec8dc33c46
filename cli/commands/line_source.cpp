// One buffer of a mebibyte that grows only for a longer line. Lines are views into it; what is left of a line at its
// end is moved to its front before the next read. A read takes whatever the pipe has: the caller decides by its
// deadline how long to collect.
#include "commands/line_source.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace kappa::cli {
namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 20;
constexpr int kPipeBytes = 1 << 20;
constexpr const char* kFileHint = "name files of lines, or none (or -) for standard input";
constexpr const char* kLimitHint = "raise the limit of open files (ulimit -n)";

std::unexpected<Error> cannot_open(const std::string& name, int error) {
  return fail(error == ENOENT ? Errc::not_found : Errc::io,
              fmt::format("cannot open {}: {}", name, std::strerror(error)),
              error == EMFILE || error == ENFILE ? kLimitHint : kFileHint);
}

std::unexpected<Error> cannot_read(const std::string& name, int error) {
  return fail(Errc::io, fmt::format("cannot read {}: {}", name, std::strerror(error)), kFileHint);
}

}  // namespace

/// A request to stop as a descriptor that poll() can wait for: signals are taken by another thread.
class LineSource::StopSignal {
 public:
  explicit StopSignal(const std::stop_token& stop)
      : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), error_(errno), callback_(stop, Raise{descriptor_}) {}
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  ~StopSignal() { ::close(descriptor_); }
  /// Below 0: there is none, for the reason of error().
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] int error() const { return error_; }

 private:
  struct Raise {
    int descriptor;
    void operator()() const { (void)::eventfd_write(descriptor, 1); }
  };
  int descriptor_;
  int error_;
  std::stop_callback<Raise> callback_;  // Last: gone before the descriptor is closed.
};

Result<void> LineSource::check(const std::string& path) {
  struct stat status{};
  if (path == "-") return {};
  if (::stat(path.c_str(), &status) != 0) return cannot_open(path, errno);
  if (S_ISDIR(status.st_mode)) return cannot_read(path, EISDIR);
  if (::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0) return cannot_open(path, errno);
  return {};
}

Result<LineSource> LineSource::open(const std::string& path, std::size_t line_bytes_max, std::stop_token stop) {
  const bool standard = path == "-";
  const int descriptor =
      standard ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return cannot_open(standard ? "stdin" : path, errno);
  LineSource source(standard ? "stdin" : path, descriptor, line_bytes_max, std::move(stop));
  if (source.stop_signal_->descriptor() >= 0) return source;
  return fail(Errc::io, fmt::format("cannot make an event descriptor: {}", std::strerror(source.stop_signal_->error())),
              kLimitHint);
}

LineSource::LineSource(std::string name, int descriptor, std::size_t line_bytes_max, std::stop_token stop)
    : name_(std::move(name)),
      descriptor_(descriptor),
      line_bytes_max_(line_bytes_max),
      stop_(std::move(stop)),
      stop_signal_(std::make_unique<StopSignal>(stop_)),
      buffer_(2 * kReadBytes) {
  (void)::fcntl(descriptor_, F_SETPIPE_SZ, kPipeBytes);  // Fewer, larger reads; no loss where it is no pipe.
}

LineSource::LineSource(LineSource&& other) noexcept
    : name_(std::move(other.name_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      line_bytes_max_(other.line_bytes_max_),
      stop_(std::move(other.stop_)),
      stop_signal_(std::move(other.stop_signal_)),
      buffer_(std::move(other.buffer_)),
      begin_(other.begin_),
      scanned_(other.scanned_),
      end_(other.end_),
      passing_over_(other.passing_over_),
      line_(other.line_),
      number_(other.number_) {}

LineSource::~LineSource() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

LineSource::Outcome LineSource::give(std::size_t end, std::size_t next_begin) {
  line_ = std::string_view(buffer_.data() + begin_, end - begin_);
  begin_ = scanned_ = next_begin;
  ++number_;
  const bool too_long = std::exchange(passing_over_, false) || line_.size() > line_bytes_max_;
  return too_long ? Outcome::too_long : Outcome::line;
}

Result<LineSource::Outcome> LineSource::next(std::optional<Clock::time_point> deadline) {
  for (;;) {
    const void* newline = std::memchr(buffer_.data() + scanned_, '\n', end_ - scanned_);
    if (newline != nullptr) {
      const auto at = static_cast<std::size_t>(static_cast<const char*>(newline) - buffer_.data());
      return give(at, at + 1);
    }
    scanned_ = end_;
    const auto filled = fill(deadline);
    if (!filled) return std::unexpected(filled.error());
    if (*filled == Filled::pause) return Outcome::pause;
    if (*filled == Filled::stopped) return Outcome::stopped;
    if (*filled == Filled::more) continue;
    if (begin_ == end_ && !passing_over_) return Outcome::end;
    return give(end_, end_);
  }
}

void LineSource::make_room() {
  if (end_ - begin_ > line_bytes_max_) {
    passing_over_ = true;
    begin_ = end_;
  }
  if (buffer_.size() - end_ >= kReadBytes) return;
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  scanned_ -= begin_;
  begin_ = 0;
  if (buffer_.size() - end_ < kReadBytes) buffer_.resize(2 * buffer_.size());
}

LineSource::Filled LineSource::wait(std::optional<Clock::time_point> deadline) const {
  for (;;) {
    if (stop_.stop_requested()) return Filled::stopped;
    int left = -1;  // No limit.
    if (deadline) {
      left = static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now()).count());
      if (left <= 0) return Filled::pause;
    }
    std::array<pollfd, 2> waiting{{{descriptor_, POLLIN, 0}, {stop_signal_->descriptor(), POLLIN, 0}}};
    if (::poll(waiting.data(), waiting.size(), left) > 0 && waiting[0].revents != 0) return Filled::more;
  }
}

Result<LineSource::Filled> LineSource::fill(std::optional<Clock::time_point> deadline) {
  if (const Filled ready = wait(deadline); ready != Filled::more) return ready;
  make_room();
  for (;;) {
    const ssize_t got = ::read(descriptor_, buffer_.data() + end_, kReadBytes);
    if (got > 0) {
      end_ += static_cast<std::size_t>(got);
      return Filled::more;
    }
    if (got == 0) return Filled::end;
    if (errno == EAGAIN) return Filled::more;
    if (errno != EINTR) return cannot_read(name_, errno);
  }
}

}  // namespace kappa::cli

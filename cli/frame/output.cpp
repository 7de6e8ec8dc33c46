#include "frame/output.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace kappa::cli {

Output::Output(int descriptor) : descriptor_(descriptor) {
  buffer_.reserve(kBufferBytes + (kBufferBytes / 4));
}

Result<void> Output::write(std::string_view text) {
  if (text.size() >= kBufferBytes) {
    if (auto flushed = flush(); !flushed) return flushed;
    return write_all(text);
  }
  buffer_.append(text);
  return settle();
}

Result<void> Output::flush() {
  auto written = write_all(buffer_);
  buffer_.clear();
  return written;
}

Result<void> Output::write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {  // A terminal or pipe that somebody else made non-blocking.
      pollfd waiting{descriptor_, POLLOUT, 0};
      (void)::poll(&waiting, 1, -1);
    } else if (errno != EINTR) {
      closed_by_reader_ = errno == EPIPE;
      return fail(Errc::io, fmt::format("cannot write to standard output: {}", std::strerror(errno)));
    }
  }
  return {};
}

}  // namespace kappa::cli

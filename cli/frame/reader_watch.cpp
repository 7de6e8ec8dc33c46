#include "frame/reader_watch.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace kappa::cli {
namespace {

bool is_pipe(int descriptor) {
  struct stat status{};
  return ::fstat(descriptor, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

}  // namespace

ReaderWatch::ReaderWatch(int descriptor, const std::stop_token& stop) : outer_(stop, PassOn{source_}) {
  if (!is_pipe(descriptor)) return;
  end_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (end_ >= 0) thread_.emplace([this, descriptor] { watch(descriptor); });
}

ReaderWatch::~ReaderWatch() {
  if (!thread_) return;
  (void)::eventfd_write(end_, 1);
  thread_->join();
  ::close(end_);
}

void ReaderWatch::watch(int descriptor) {
  // Nothing is asked for at the pipe: that its reader has gone is told unasked.
  std::array<pollfd, 2> waiting{{{descriptor, 0, 0}, {end_, POLLIN, 0}}};
  while (::poll(waiting.data(), waiting.size(), -1) < 0)
    if (errno != EINTR) return;
  if ((waiting[0].revents & (POLLERR | POLLHUP)) == 0) return;
  gone_.store(true);
  source_.request_stop();
}

}  // namespace kappa::cli

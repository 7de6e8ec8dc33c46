#include "seam/stop_signal.hpp"

#include <signal.h>

#include <algorithm>
#include <vector>

namespace kappa::log {
namespace {

struct Blocked {
  std::vector<int> directories;
  bool was_blocked = false;  ///< Before the first of them.
};
thread_local Blocked blocked;

/// True if the signal was blocked before.
bool mask_stop_signal(int how) {
  sigset_t stop;
  sigset_t before;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  pthread_sigmask(how, &stop, &before);
  return sigismember(&before, SIGTSTP) == 1;
}

}  // namespace

void block_stop_signal(int directory) {
  if (blocked.directories.empty()) blocked.was_blocked = mask_stop_signal(SIG_BLOCK);
  if (std::ranges::find(blocked.directories, directory) == blocked.directories.end())
    blocked.directories.push_back(directory);
}

void unblock_stop_signal(int directory) {
  if (std::erase(blocked.directories, directory) == 0) return;
  if (blocked.directories.empty() && !blocked.was_blocked) mask_stop_signal(SIG_UNBLOCK);
}

}  // namespace kappa::log

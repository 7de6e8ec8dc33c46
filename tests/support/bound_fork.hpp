#pragma once
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace kappa::test {

/// Runs `body` in a fork; its result is the exit status. The child ends with the thread that made it, also where that
/// one is killed. Fork before the process opens any directory.
template <typename Body>
pid_t bound_fork(const Body& body) {
  constexpr int kOrphaned = 125;
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kOrphaned);  // It had died before it was asked about.
  _exit(body());
}

}  // namespace kappa::test

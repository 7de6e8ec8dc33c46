#include "frame/signals.hpp"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string_view>

#include "kappa/base/result.hpp"

namespace kappa::cli {
namespace {

constexpr int kInterruptedExit = 130;
constexpr int kClosedPipeExit = 141;  // What a shell shows for a death by SIGPIPE.
constexpr int kLostPageExit = static_cast<int>(Errc::io);
constexpr int kWakeUp = SIGUSR2;  // Sent by the destructor to its own thread only.

sigset_t waited_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, kWakeUp);
  return set;
}

void tell_of_lost_page(int signal, siginfo_t* info, void*) {
  constexpr std::string_view kText =
      "kappa: a shared page that is in use, DIR/sequence or the head of a partition, was cut off or cannot be read\n"
      "hint: nothing acknowledged is lost; see that nobody truncates files there and that the disk is well "
      "(dmesg), then run the command again\n";
  if (info->si_code <= 0) {  // Sent by a process: as it would end without this.
    std::signal(signal, SIG_DFL);
    std::raise(signal);
    return;
  }
  (void)!::write(STDERR_FILENO, kText.data(), kText.size());
  ::_exit(kLostPageExit);
}

}  // namespace

void end_in_words_without_a_page() {
  struct sigaction action{};
  action.sa_sigaction = tell_of_lost_page;
  action.sa_flags = static_cast<int>(SA_SIGINFO | SA_RESETHAND);
  sigaction(SIGBUS, &action, nullptr);
}

Signals::Signals() {
  const sigset_t set = waited_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  thread_ = std::jthread([this] { wait_for_signals(); });
}

Signals::~Signals() {
  pthread_kill(thread_.native_handle(), kWakeUp);
  thread_.join();
}

void Signals::wait_for_signals() {
  const sigset_t set = waited_signals();
  for (;;) {
    int signal = 0;
    if (sigwait(&set, &signal) != 0) continue;
    if (signal == kWakeUp) return;
    if (received_.load() != 0 && signal == SIGINT) ::_exit(kInterruptedExit);
    received_.store(signal);
    source_.request_stop();
  }
}

int Signals::code_of_endless_work() const {
  return received() == SIGTERM ? 0 : code_of_cut_work();
}

void die_of_closed_pipe() {
  std::signal(SIGPIPE, SIG_DFL);
  std::raise(SIGPIPE);
  ::_exit(kClosedPipeExit);
}

}  // namespace kappa::cli

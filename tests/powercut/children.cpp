#include "children.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "bound_fork.hpp"
#include "fmt/format.h"

namespace kappa::powercut {
namespace {

int execute(const Command& command) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  execv(arguments.front(), arguments.data());
  std::perror(arguments.front());
  return 127;
}

std::string all_of(int descriptor) {
  std::string text;
  char part[65536];
  for (ssize_t got = 0; (got = ::read(descriptor, part, sizeof part)) > 0;)
    text.append(part, static_cast<std::size_t>(got));
  return text;
}

std::string content_of(const std::string& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

Outcome run_command(const Command& command) {
  int out[2];
  if (pipe2(out, O_CLOEXEC) != 0) std::abort();
  const int err = memfd_create("err", MFD_CLOEXEC);
  const pid_t pid = test::bound_fork([&] {
    dup2(out[1], STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    return execute(command);
  });
  ::close(out[1]);
  Outcome outcome;
  outcome.out = all_of(out[0]);
  waitpid(pid, &outcome.status, 0);
  lseek(err, 0, SEEK_SET);
  outcome.err = all_of(err);
  ::close(out[0]);
  ::close(err);
  return outcome;
}

void Children::start(const Command& command, int kept_open) {
  const int talk = ::open(talk_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (empty() ? O_TRUNC : 0), 0600);
  const pid_t pid = test::bound_fork([&] {
    dup2(talk, STDOUT_FILENO);
    dup2(talk, STDERR_FILENO);
    if (kept_open >= 0) fcntl(kept_open, F_SETFD, 0);
    return execute(command);
  });
  ::close(talk);
  running_.push_back(
      {fmt::format("{}", fmt::join(command, " ")), pid, static_cast<int>(syscall(SYS_pidfd_open, pid, 0))});
}

std::vector<int> Children::descriptors() const {
  std::vector<int> all;
  for (const Child& child : running_) all.push_back(child.descriptor);
  return all;
}

void Children::kill_all() const {
  for (const Child& child : running_) kill(child.pid, SIGKILL);
}

std::string Children::end_all() {
  std::string failed;
  for (const Child& child : running_) {
    int status = 0;
    waitpid(child.pid, &status, 0);
    ::close(child.descriptor);
    if (status == 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)) continue;
    failed += fmt::format("{}: ended by itself with status {:#x}\n", child.name, status);
  }
  running_.clear();
  if (!failed.empty()) failed += content_of(talk_);
  return failed;
}

}  // namespace kappa::powercut

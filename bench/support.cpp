#include "support.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>

namespace kappa::bench {
namespace {

double seconds_of(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

[[noreturn]] void give_up_errno(const std::string& doing) {
  give_up({Errc::io, fmt::format("cannot {}: {}", doing, std::strerror(errno))});
}

}  // namespace

void give_up(const Error& error) {
  fmt::print(stderr, "bench: {}\n", error.message);
  if (!error.hint.empty()) fmt::print(stderr, "hint: {}\n", error.hint);
  std::exit(1);
}

std::filesystem::path Setup::bids() const {
  const auto path = work / "bids";
  if (!std::filesystem::exists(path)) execute({kappa, "append", "bid", json, "-q", "-d", path});
  return path;
}

Program::Program(const std::vector<std::string>& command) : started_(wall_now()) {
  std::array<int, 2> in{}, out{};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) give_up_errno("make a pipe");
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ < 0) give_up_errno("start " + command.front());
  if (pid_ == 0) {
    ::dup2(in[0], STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::execvp(arguments.front(), arguments.data());
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(out[1]);
  input_ = in[1];
  output_ = out[0];
}

Program::~Program() {
  if (pid_ > 0) kill();
}

void Program::close_pipes() {
  if (input_ >= 0) ::close(input_);
  if (output_ >= 0) ::close(output_);
  input_ = output_ = -1;
}

void Program::write(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t put = ::write(input_, text.data(), text.size());
    if (put < 0) give_up_errno("write to a program");
    text.remove_prefix(static_cast<std::size_t>(put));
  }
}

std::optional<std::string> Program::line(int timeout_ms) {
  for (;;) {
    if (const std::size_t end = pending_.find('\n'); end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    pollfd waiting{output_, POLLIN, 0};
    if (::poll(&waiting, 1, timeout_ms) <= 0) return std::nullopt;
    std::array<char, 4096> piece{};
    const ssize_t got = ::read(output_, piece.data(), piece.size());
    if (got <= 0) return std::nullopt;
    pending_.append(piece.data(), static_cast<std::size_t>(got));
  }
}

void Program::kill() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
  close_pipes();
}

Usage Program::finish() {
  ::close(std::exchange(input_, -1));
  std::vector<char> thrown_away(std::size_t{1} << 20);
  while (::read(output_, thrown_away.data(), thrown_away.size()) > 0) continue;
  int status = 0;
  rusage used{};
  ::wait4(pid_, &status, 0, &used);
  pid_ = -1;
  close_pipes();
  if (status != 0) give_up({Errc::io, fmt::format("a program ended with wait status {}", status)});
  return {seconds_of(used.ru_utime) + seconds_of(used.ru_stime), wall_now() - started_,
          static_cast<std::uint64_t>(used.ru_maxrss) * 1024};
}

Usage execute(const std::vector<std::string>& command) {
  return Program(command).finish();
}

double wall_now() {
  return seconds_of(CLOCK_MONOTONIC);
}
double cpu_now() {
  return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

double Samples::quantile(double q) const {
  std::vector<double> sorted = values_;
  std::ranges::sort(sorted);
  return sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1) + 0.5)];
}

std::string Samples::text(double factor, std::string_view unit) const {
  return fmt::format("{:.4g} {} ({:.4g} to {:.4g}, {} runs)", median() * factor, unit, least() * factor,
                     greatest() * factor, values_.size());
}

void tell(std::string_view figure, double value, Target target, double limit, std::string_view unit) {
  const bool reached = target == Target::at_least ? value >= limit : value <= limit;
  fmt::print("{:<46} {:>8.3g} {:<7} {} {:<8.4g} {}\n", figure, value, unit,
             target == Target::at_least ? "at least" : "at most ", limit, reached ? "reached" : "MISSED");
  std::fflush(stdout);
}

void explain(const std::string& text) {
  fmt::print("    {}\n", text);
  std::fflush(stdout);
}

ZeroedFile::ZeroedFile(const std::filesystem::path& path, std::size_t bytes)
    : id_(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)), size_(bytes) {
  const std::vector<char> zeros(bytes);
  if (id_ < 0 || ::pwrite(id_, zeros.data(), bytes, 0) != static_cast<ssize_t>(bytes) || ::fsync(id_) != 0) {
    give_up_errno("write " + path.string());
  }
}

ZeroedFile::~ZeroedFile() {
  ::close(id_);
}

double ZeroedFile::write_durably(std::size_t bytes) {
  const std::string content(bytes, 'x');
  if (at_ + bytes > size_) at_ = 0;
  const double begin = wall_now();
  const ssize_t put = ::pwrite(id_, content.data(), bytes, static_cast<off_t>(at_));
  if (put != static_cast<ssize_t>(bytes) || ::fdatasync(id_) != 0) give_up_errno("write durably");
  at_ += bytes;
  return wall_now() - begin;
}

}  // namespace kappa::bench

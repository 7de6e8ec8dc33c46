#pragma once
#include <sys/types.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kappa/base/result.hpp"

/// What the figures share: programs measured from outside, clocks, samples, and the line that tells a figure.
namespace kappa::bench {

/// What a run of the benchmarks works on. `scale` of the cheap loops: 1, or less for a quick look.
struct Setup {
  std::string kappa;           ///< The command under test.
  std::filesystem::path work;  ///< Temporary folder on the file system that is measured.
  std::filesystem::path json;  ///< Nexmark bids, an object a line.
  int large_runs = 5;          ///< Measured runs over all of `json`, after one that warms up.
  int small_loop = 2000;       ///< Measured repetitions of something that takes about a sync.

  /// A log whose topic `bid` holds all of `json`; made by the command where it is not there yet.
  [[nodiscard]] std::filesystem::path bids() const;
};

/// Ends the program with the error of a step that may not fail.
[[noreturn]] void give_up(const Error& error);
template <typename T>
T must(Result<T> result) {
  if (!result) give_up(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// What a program took. CPU time is user and system time of all its threads.
struct Usage {
  double cpu_seconds = 0;
  double wall_seconds = 0;
  std::uint64_t peak_bytes = 0;  ///< Largest resident set.
};

/// A program at work, its standard input and output pipes of ours. Killed when this ends.
class Program {
 public:
  explicit Program(const std::vector<std::string>& command);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  void write(std::string_view text) const;
  /// The next line of its output, without the newline; nullopt: none within the time, or the end.
  [[nodiscard]] std::optional<std::string> line(int timeout_ms);
  /// Ends it as a power cut of its own would.
  void kill();
  /// Reads its output to the end, throws it away, and waits for a clean exit.
  Usage finish();

 private:
  void close_pipes();
  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  double started_ = 0;
  std::string pending_;
};

/// Runs a program to its end, its output read through a pipe and thrown away.
Usage execute(const std::vector<std::string>& command);

[[nodiscard]] double wall_now();
/// CPU time of this process so far.
[[nodiscard]] double cpu_now();
template <typename Work>
double cpu_seconds_of(Work&& work) {
  const double begin = cpu_now();
  work();
  return cpu_now() - begin;
}

/// Repeated measurements of one thing.
class Samples {
 public:
  void add(double value) { values_.push_back(value); }
  [[nodiscard]] double quantile(double q) const;
  [[nodiscard]] double median() const { return quantile(0.5); }
  [[nodiscard]] double least() const { return quantile(0); }
  [[nodiscard]] double greatest() const { return quantile(1); }
  [[nodiscard]] std::size_t count() const { return values_.size(); }
  /// `median unit (least to greatest, n runs)`, each value multiplied first.
  [[nodiscard]] std::string text(double factor, std::string_view unit) const;

 private:
  std::vector<double> values_;
};

/// A line that tells a figure, and whether it reaches its target.
enum class Target { at_least, at_most };
void tell(std::string_view figure, double value, Target target, double limit, std::string_view unit = "");
/// A line that explains the figure told before.
void explain(const std::string& text);

/// A file of zeros, written and synced, into which write_durably() overwrites one place after the other.
class ZeroedFile {
 public:
  ZeroedFile(const std::filesystem::path& path, std::size_t bytes);
  ZeroedFile(const ZeroedFile&) = delete;
  ZeroedFile& operator=(const ZeroedFile&) = delete;
  ~ZeroedFile();
  /// Seconds that a pwrite of so many bytes and a fdatasync take.
  double write_durably(std::size_t bytes);

 private:
  int id_;
  std::size_t size_;
  std::size_t at_ = 0;
};

}  // namespace kappa::bench

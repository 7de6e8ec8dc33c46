#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

namespace kappa::powercut {

/// A program and its arguments.
using Command = std::vector<std::string>;

/// What a command printed and how it ended.
struct Outcome {
  std::string out;
  std::string err;
  int status = 0;  ///< Of waitpid().
};
/// Runs to its end.
[[nodiscard]] Outcome run_command(const Command& command);

/// Processes that end when they are told to, at the latest with this one. Not thread-safe.
class Children {
 public:
  /// What they say on stderr goes into this file, which is made anew.
  explicit Children(std::string talk) : talk_(std::move(talk)) {}
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;
  ~Children() {
    kill_all();
    static_cast<void>(end_all());
  }

  /// `kept_open`: a descriptor that it gets.
  void start(const Command& command, int kept_open = -1);
  [[nodiscard]] bool empty() const { return running_.empty(); }
  /// Readable once one of them has ended.
  [[nodiscard]] std::vector<int> descriptors() const;
  /// Kills those that run; returns before they are gone.
  void kill_all() const;
  /// Waits for all; gives what those said that ended by themselves and with another status than 0.
  [[nodiscard]] std::string end_all();

 private:
  struct Child {
    std::string name;
    pid_t pid;
    int descriptor;  ///< A pidfd.
  };
  std::string talk_;
  std::vector<Child> running_;
};

}  // namespace kappa::powercut

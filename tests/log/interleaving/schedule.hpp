#pragma once
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

namespace kappa::test {

/// Thrown in a simulated process that dies: it unwinds, without any effect upon what others see.
struct ProcessDeath {};

/// Where the running process changes: before the step with this number (counted over all processes), to `process`.
struct Preemption {
  std::uint32_t step = 0;
  std::uint32_t process = 0;
};

/// One interleaving: preemptions in order of their steps, and at most one death, before a step. Without a preemption a
/// process runs until it blocks or ends.
struct Schedule {
  std::vector<Preemption> preemptions;
  std::optional<std::uint32_t> death;
  [[nodiscard]] std::string text() const;
};

/// What a step was: where a death is worth trying (a store or a call; a load changes nothing).
struct StepTrace {
  std::uint32_t process = 0;
  bool changes = false;
};

/// Runs simulated processes one at a time, each on a thread of its own, and decides at every step who runs. Only one
/// thread runs at any moment, so simulated state needs no locks.
class Scheduler {
 public:
  explicit Scheduler(std::uint32_t processes);
  ~Scheduler();

  /// Runs the bodies under a schedule until all have ended. Returns the steps that were taken.
  std::vector<StepTrace> run(const Schedule& schedule, const std::vector<std::function<void()>>& bodies);

  // For the simulated seam, called by the process that runs.

  /// Before a store, load or call of the running process. Throws ProcessDeath where the schedule kills it, unless it
  /// is unwinding already.
  void step(bool changes);
  /// The running process cannot go on before `ready` holds, or before the virtual time; runs others meanwhile.
  /// Returns false if the time came first.
  bool block(const std::function<bool()>& ready, std::uint64_t until_ns);
  [[nodiscard]] std::uint32_t current() const { return current_; }
  [[nodiscard]] bool is_dead(std::uint32_t process) const { return processes_[process].dead; }
  [[nodiscard]] bool someone_died() const { return died_; }
  /// Called at the moment of a death, before anything else runs: the kernel gives up what the process held.
  std::function<void(std::uint32_t process)> on_death;

  /// Virtual nanoseconds; a little passes with every step, and all of a wait when everybody waits.
  [[nodiscard]] std::uint64_t now() const { return now_; }

 private:
  struct Process {
    std::thread thread;
    std::binary_semaphore go{0};
    std::function<void()> body;
    std::function<bool()> ready;  ///< Empty: runnable.
    std::uint64_t until = 0;
    bool timed_out = false;
    bool ended = true;
    bool dead = false;
  };

  void serve(std::uint32_t index);
  void switch_to(std::uint32_t next);
  void leave();
  [[nodiscard]] bool is_runnable(std::uint32_t process);
  [[nodiscard]] std::optional<std::uint32_t> pick_next();
  void die();

  std::vector<Process> processes_;
  std::binary_semaphore finished_{0};
  std::uint32_t current_ = 0;
  std::uint64_t now_ = 0;
  bool died_ = false;
  bool closing_ = false;
  const Schedule* schedule_ = nullptr;
  std::size_t next_preemption_ = 0;
  std::vector<StepTrace> trace_;
};

}  // namespace kappa::test

#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "causality.hpp"
#include "fiber.hpp"

namespace kappa::test {

/// Thrown in a simulated process that dies: it unwinds, without any effect upon what others see.
struct ProcessDeath {};

/// A turn that the run would not take by itself, before the step with this number (counted over all processes): the
/// running process gives way to `process`, or it dies.
struct Turn {
  enum class Kind { preemption, death };
  Kind kind = Kind::preemption;
  std::uint32_t step = 0;
  std::uint32_t process = 0;
};

/// One interleaving: its turns in order of their steps. Between them a process runs until it blocks or ends; then the
/// next one that can run goes on, by number.
struct Schedule {
  std::vector<Turn> turns;
  [[nodiscard]] std::string text() const;
};

/// What a step was, and where it stood.
struct Step {
  std::uint32_t process = 0;
  std::uint32_t runnable = 0;  ///< Bits of all processes that could have gone on here.
  bool changes = false;        ///< A store or a call; a death before a load is one before what follows it.
  bool after_switch = false;   ///< The first step of its process since another had run.
  Access access;
  std::uint64_t state = 0;  ///< Before it: Causality::state().
};

/// Runs simulated processes one at a time, each on a fiber of its own, and decides at every step who runs. All on one
/// thread, so simulated state needs no locks.
class Scheduler {
 public:
  /// Turns apply to the first `scheduled` of the processes; the others only run when it is their turn anyway.
  Scheduler(std::uint32_t processes, std::uint32_t scheduled);

  /// Runs the bodies under a schedule until all have ended. Returns the steps of scheduled processes.
  std::vector<Step> run(const Schedule& schedule, const std::vector<std::function<void()>>& bodies);

  // For the simulated world, called by the process that runs.

  /// Before a store, load or call of the running process. Throws ProcessDeath where the schedule kills it, unless it
  /// is unwinding already.
  void step(bool changes, const Access& access);
  /// As step(), for calls out of destructors: where the schedule kills the process, it dies at once and throws at its
  /// next step().
  void step_quietly(bool changes, const Access& access);
  /// The running process cannot go on before `ready` holds, or before the virtual time; others run meanwhile.
  void block(const std::function<bool()>& ready, std::uint64_t until_ns);
  [[nodiscard]] bool is_over(std::uint32_t process) const { return processes_[process].ended; }
  /// Called at the moment of a death, before anything else runs: the kernel gives up what the process held.
  std::function<void(std::uint32_t process)> on_death;

  /// Virtual nanoseconds; a little passes with every step, and all of a wait when everybody waits.
  [[nodiscard]] std::uint64_t now() const { return now_; }

 private:
  struct Process {
    std::unique_ptr<Fiber> fiber;
    std::function<void()> body;
    const std::function<bool()>* ready = nullptr;  ///< Null: runnable.
    std::uint64_t until = 0;
    bool ended = true;
    bool dead = false;
  };

  void serve(std::uint32_t index);
  void obey_turns();
  void switch_to(std::uint32_t next);
  void leave();
  [[nodiscard]] bool is_runnable(std::uint32_t process) const;
  [[nodiscard]] std::uint32_t runnable_bits() const;
  /// The next that can run; the number of processes if all have ended.
  [[nodiscard]] std::uint32_t pick_next();
  void die();
  [[noreturn]] void give_up(const char* why) const;

  std::vector<Process> processes_;
  std::uint32_t scheduled_;
  Fiber main_;
  std::uint32_t current_ = 0;
  std::uint64_t now_ = 0;
  bool switched_ = false;
  std::size_t steps_ = 0;  ///< Of all processes, also those that no turn applies to.
  const Schedule* schedule_ = nullptr;
  std::size_t next_turn_ = 0;
  std::vector<Step> trace_;
  Causality causality_;
};

}  // namespace kappa::test

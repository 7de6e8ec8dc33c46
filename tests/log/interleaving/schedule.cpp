// The baton goes from thread to thread by semaphores: a process that does not run waits on its own. Virtual time only
// moves when somebody acts, and jumps to the earliest deadline when everybody waits, so that time-outs happen exactly
// where nobody could have prevented them and a run never sleeps.
#include "schedule.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <limits>

namespace kappa::test {

namespace {

constexpr std::uint64_t kNanosecondsPerStep = 100;
// A run of that many steps does not end: a livelock, which is a finding.
constexpr std::size_t kStepsMax = 200'000;

}  // namespace

std::string Schedule::text() const {
  std::string text;
  for (const Preemption& preemption : preemptions)
    text += fmt::format("before step {} run {}; ", preemption.step, preemption.process);
  if (death) text += fmt::format("death before step {}", *death);
  return text;
}

Scheduler::Scheduler(std::uint32_t processes) : processes_(processes) {
  for (std::uint32_t i = 0; i < processes; ++i) processes_[i].thread = std::thread([this, i] { serve(i); });
}

Scheduler::~Scheduler() {
  closing_ = true;
  for (Process& process : processes_) process.go.release();
  for (Process& process : processes_) process.thread.join();
}

void Scheduler::serve(std::uint32_t index) {
  Process& self = processes_[index];
  for (;;) {
    self.go.acquire();
    if (closing_) return;
    try {
      self.body();
    } catch (const ProcessDeath&) {
      // It has unwound; on_death was called when it died.
    }
    self.ended = true;
    leave();
  }
}

std::vector<StepTrace> Scheduler::run(const Schedule& schedule, const std::vector<std::function<void()>>& bodies) {
  schedule_ = &schedule;
  next_preemption_ = 0;
  died_ = false;
  trace_.clear();
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    processes_[i].body = bodies[i];
    processes_[i].ready = nullptr;
    processes_[i].ended = processes_[i].dead = processes_[i].timed_out = false;
  }
  current_ = 0;
  processes_[0].go.release();
  finished_.acquire();
  return std::move(trace_);
}

void Scheduler::step(bool changes) {
  Process& self = processes_[current_];
  now_ += kNanosecondsPerStep;
  if (self.dead) {
    if (std::uncaught_exceptions() == 0) throw ProcessDeath{};
    return;
  }
  const auto number = static_cast<std::uint32_t>(trace_.size());
  if (number > kStepsMax) {
    std::fprintf(stderr, "no end after %u steps: %s\n", number, schedule_->text().c_str());
    std::abort();
  }
  trace_.push_back({current_, changes});
  const auto& preemptions = schedule_->preemptions;
  while (next_preemption_ < preemptions.size() && preemptions[next_preemption_].step <= number) {
    const std::uint32_t next = preemptions[next_preemption_++].process;
    if (next != current_ && is_runnable(next)) switch_to(next);
  }
  if (schedule_->death && *schedule_->death == number) die();
}

void Scheduler::die() {
  Process& self = processes_[current_];
  self.dead = died_ = true;
  if (on_death) on_death(current_);
  if (std::uncaught_exceptions() == 0) throw ProcessDeath{};
}

bool Scheduler::is_runnable(std::uint32_t index) {
  Process& process = processes_[index];
  if (process.ended) return false;
  if (!process.ready || process.ready()) return true;
  if (process.until > now_) return false;
  process.timed_out = true;
  return true;
}

bool Scheduler::block(const std::function<bool()>& ready, std::uint64_t until_ns) {
  Process& self = processes_[current_];
  if (ready()) return true;
  self.ready = ready;
  self.until = until_ns;
  self.timed_out = false;
  const auto next = pick_next();
  if (next && *next != current_) switch_to(*next);
  const bool in_time = ready();
  self.ready = nullptr;
  return in_time;
}

void Scheduler::switch_to(std::uint32_t next) {
  Process& self = processes_[current_];
  current_ = next;
  processes_[next].go.release();
  self.go.acquire();
}

void Scheduler::leave() {
  if (const auto next = pick_next()) {
    current_ = *next;
    processes_[*next].go.release();
  } else {
    finished_.release();
  }
}

// The next runnable process after the current one; where all wait, time passes until one need wait no longer.
std::optional<std::uint32_t> Scheduler::pick_next() {
  const auto count = static_cast<std::uint32_t>(processes_.size());
  for (;;) {
    std::uint64_t earliest = std::numeric_limits<std::uint64_t>::max();
    bool anybody = false;
    for (std::uint32_t i = 1; i <= count; ++i) {
      const std::uint32_t candidate = (current_ + i) % count;
      if (is_runnable(candidate)) return candidate;
      if (processes_[candidate].ended) continue;
      anybody = true;
      earliest = std::min(earliest, processes_[candidate].until);
    }
    if (!anybody) return std::nullopt;
    now_ = std::max(now_, earliest);
  }
}

}  // namespace kappa::test

// Virtual time only moves when somebody acts, and jumps to the earliest deadline when everybody waits, so that
// time-outs happen exactly where nobody could have prevented them and a run never sleeps.
#include "schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <limits>
#include <utility>

namespace kappa::test {
namespace {

constexpr std::uint64_t kNanosecondsPerStep = 100;
// A run of that many steps does not end: a livelock, which is a finding.
constexpr std::size_t kStepsMax = 200'000;

}  // namespace

std::string Schedule::text() const {
  std::string text = turns.empty() ? "nobody is interrupted" : "";
  for (const Turn& turn : turns) {
    if (!text.empty()) text += "; ";
    text += turn.kind == Turn::Kind::death ? fmt::format("death before step {}", turn.step)
                                           : fmt::format("before step {} process {} goes on", turn.step, turn.process);
  }
  return text;
}

Scheduler::Scheduler(std::uint32_t processes, std::uint32_t scheduled)
    : processes_(processes), scheduled_(scheduled), causality_(processes) {
  for (std::uint32_t i = 0; i < processes; ++i) processes_[i].fiber = std::make_unique<Fiber>([this, i] { serve(i); });
}

void Scheduler::serve(std::uint32_t index) {
  for (;;) {
    try {
      processes_[index].body();
    } catch (const ProcessDeath&) {
      // It has unwound; on_death was called when it died.
    }
    processes_[index].ended = true;
    leave();
  }
}

std::vector<Step> Scheduler::run(const Schedule& schedule, const std::vector<std::function<void()>>& bodies) {
  schedule_ = &schedule;
  next_turn_ = 0;
  switched_ = false;
  steps_ = 0;
  trace_.clear();
  causality_.clear();
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    processes_[i].body = bodies[i];
    processes_[i].ready = nullptr;
    processes_[i].ended = processes_[i].dead = false;
  }
  current_ = 0;
  main_.switch_to(*processes_[0].fiber);
  return std::move(trace_);
}

void Scheduler::step(bool changes, const Access& access) {
  step_quietly(changes, access);
  if (processes_[current_].dead && std::uncaught_exceptions() == 0) throw ProcessDeath{};
}

void Scheduler::step_quietly(bool changes, const Access& access) {
  const std::uint32_t me = current_;
  now_ += kNanosecondsPerStep;
  if (processes_[me].dead) return;
  if (++steps_ > kStepsMax) give_up("no end is in sight");
  if (me >= scheduled_) {
    causality_.add(me, access);
    return;
  }
  obey_turns();
  if (processes_[me].dead) return;
  trace_.push_back({me, runnable_bits(), changes, std::exchange(switched_, false), access, causality_.state()});
  causality_.add(me, access);
}

void Scheduler::obey_turns() {
  const auto& turns = schedule_->turns;
  while (next_turn_ < turns.size() && turns[next_turn_].step <= trace_.size()) {
    const Turn& turn = turns[next_turn_++];
    if (turn.kind == Turn::Kind::death) return die();
    if (turn.process != current_ && is_runnable(turn.process)) switch_to(turn.process);
  }
}

void Scheduler::die() {
  processes_[current_].dead = true;
  causality_.mark(current_);
  if (on_death) on_death(current_);
}

bool Scheduler::is_runnable(std::uint32_t index) const {
  const Process& process = processes_[index];
  if (process.ended) return false;
  return process.ready == nullptr || process.until <= now_ || (*process.ready)();
}

std::uint32_t Scheduler::runnable_bits() const {
  std::uint32_t bits = 0;
  for (std::uint32_t i = 0; i < scheduled_; ++i)
    if (i == current_ || is_runnable(i)) bits |= 1U << i;
  return bits;
}

void Scheduler::block(const std::function<bool()>& ready, std::uint64_t until_ns) {
  Process& self = processes_[current_];
  if (self.dead || ready()) return;
  self.ready = &ready;
  self.until = until_ns;
  const std::uint32_t next = pick_next();
  if (next != current_) switch_to(next);
  self.ready = nullptr;
}

void Scheduler::switch_to(std::uint32_t next) {
  Fiber& self = *processes_[current_].fiber;
  current_ = next;
  switched_ = true;
  self.switch_to(*processes_[next].fiber);
}

void Scheduler::leave() {
  Fiber& self = *processes_[current_].fiber;
  const std::uint32_t next = pick_next();
  if (next == processes_.size()) {
    self.switch_to(main_);
    return;
  }
  current_ = next;
  switched_ = true;
  self.switch_to(*processes_[next].fiber);
}

std::uint32_t Scheduler::pick_next() {
  constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
  const auto count = static_cast<std::uint32_t>(processes_.size());
  for (;;) {
    std::uint64_t earliest = kNever;
    bool anybody = false;
    for (std::uint32_t i = 1; i <= count; ++i) {
      const std::uint32_t candidate = (current_ + i) % count;
      if (is_runnable(candidate)) return candidate;
      if (processes_[candidate].ended) continue;
      anybody = true;
      earliest = std::min(earliest, processes_[candidate].until);
    }
    if (!anybody) return count;
    if (earliest == kNever) give_up("everybody waits for ever");
    now_ = std::max(now_, earliest);
  }
}

void Scheduler::give_up(const char* why) const {
  std::fprintf(stderr, "after %zu steps %s: %s\n", trace_.size(), why, schedule_->text().c_str());
  std::abort();
}

}  // namespace kappa::test

// Schedules form a tree: a child has one turn more than its parent, after the parent's last one. Two rules keep the
// tree small; neither leaves out a run in which anything happens in another order that somebody could see.
//
// Same state. A run's state before each step is known as a number (causality.hpp). If a child would put the same
// process to work in a state from which that has been tried with the same budget, all that could follow is known.
// This is where most of the tree goes: soon after a preemption has made no difference, the run is in a known state.
//
// Independent step. Let a process be preempted before its step s, and have been preempted before the step after it: if
// s conflicts with nothing that ran from the preemption to its return, both runs are the same with s moved. This holds
// for schedules without turns to come only, for a later turn could end the preemption elsewhere.
//
// Where the running process blocks, ends or dies, the next one by number goes on; another choice counts as a
// preemption. Scenarios with other numbers for the processes make other choices cheap.
#include "explorer.hpp"

#include <algorithm>
#include <tuple>

namespace kappa::test {

Explorer::Result Explorer::explore() {
  const Schedule plain;
  const auto trace = run(plain);
  expand(plain, trace, options_.budget);
  return std::move(result_);
}

std::vector<Step> Explorer::run(const Schedule& schedule) {
  ++result_.run;
  auto outcome = history_.run(schedule);
  if (!outcome.fault.empty()) result_.faults.push_back(schedule.text() + ": " + outcome.fault);
  return std::move(outcome.trace);
}

void Explorer::expand(const Schedule& schedule, const std::vector<Step>& trace, Budget left) {
  if (left.total() == 0) return;
  const bool first = schedule.turns.empty();
  const std::uint32_t from = first ? 0 : schedule.turns.back().step;
  // Straight after a preemption another would only undo it; straight after a death it is a choice.
  const bool may_preempt_at_once = first || schedule.turns.back().kind == Turn::Kind::death;
  std::array<Segment, History::kScheduled> later;
  for (auto at = static_cast<std::uint32_t>(trace.size()); at-- > from && !enough();) {
    const Step& step = trace[at];
    const bool follows = at + 1 < trace.size() && trace[at + 1].process == step.process && !trace[at + 1].after_switch;
    if (!follows) later = {};
    if (left.deaths > 0 && step.changes) try_death(schedule, trace, at, left);
    if (left.preemptions == 0 || (at == from && !may_preempt_at_once)) continue;
    for (std::uint32_t to = 0; to < History::kScheduled; ++to) {
      if (to != step.process && ((step.runnable >> to) & 1U) != 0)
        try_preemption(schedule, trace, at, to, left, later[to]);
      else
        later[to] = {};
    }
  }
}

void Explorer::try_death(const Schedule& schedule, const std::vector<Step>& trace, std::uint32_t at, Budget left) {
  --left.deaths;
  if (seen(trace[at], trace[at].process, Turn::Kind::death, left)) {
    ++result_.same_state;
    return;
  }
  if (!drawn(schedule.turns.size() + 1)) return;
  Schedule child = schedule;
  child.turns.push_back({Turn::Kind::death, at, trace[at].process});
  expand(child, run(child), left);
}

void Explorer::try_preemption(const Schedule& schedule, const std::vector<Step>& trace, std::uint32_t at,
                              std::uint32_t to, Budget left, Segment& later) {
  --left.preemptions;
  const Step& step = trace[at];
  const bool known = seen(step, to, Turn::Kind::preemption, left);
  const bool conflicts =
      std::ranges::any_of(later.accesses, [&](const Access& access) { return step.access.conflicts(access); });
  if (left.total() == 0 && later.known && !conflicts) {
    ++(known ? result_.same_state : result_.independent);
    return;
  }
  later = {};
  if (known) {
    ++result_.same_state;
    return;
  }
  if (!drawn(schedule.turns.size() + 1)) return;
  Schedule child = schedule;
  child.turns.push_back({Turn::Kind::preemption, at, to});
  const auto children = run(child);
  later.known = true;
  for (std::size_t i = at; i < children.size() && children[i].process != step.process; ++i)
    later.accesses.push_back(children[i].access);
  expand(child, children, left);
}

bool Explorer::seen(const Step& step, std::uint32_t next, Turn::Kind kind, Budget left) {
  const std::uint64_t what = next * 2ULL + (kind == Turn::Kind::death ? 1 : 0);
  return !seen_.insert(mix(mix(step.state, what), left.preemptions * 16ULL + left.deaths)).second;
}

bool Explorer::drawn(std::size_t turns) {
  if (turns < 2 || options_.one_in == 1 || random_() % options_.one_in == 0) return true;
  ++result_.not_drawn;
  return false;
}

Schedule random_schedule(std::mt19937_64& random, std::uint32_t steps, std::uint32_t preemptions) {
  const auto below = [&](std::uint64_t limit) { return static_cast<std::uint32_t>(random() % limit); };
  Schedule schedule;
  const std::uint32_t count = below(preemptions + 1);
  for (std::uint32_t i = 0; i < count; ++i)
    schedule.turns.push_back({Turn::Kind::preemption, below(steps), below(History::kScheduled)});
  if (below(2) == 0) schedule.turns.push_back({Turn::Kind::death, below(steps), 0});
  std::ranges::sort(schedule.turns, {},
                    [](const Turn& turn) { return std::tuple(turn.step, turn.kind, turn.process); });
  return schedule;
}

}  // namespace kappa::test

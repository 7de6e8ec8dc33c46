#include <fmt/format.h>

#include "figures.hpp"
#include "replays.hpp"

namespace kappa::bench {

void count_by_key(const Setup& setup) {
  const auto directory = open_log(setup.bids());
  const auto definition = define(kCountSql);
  Samples seconds;
  Replayed replayed;
  for (int run = 0; run <= setup.large_runs; ++run) {
    replayed = replay_once(*directory, definition);
    if (run > 0) seconds.add(replayed.cpu_seconds);  // The first warms up.
  }
  const auto events = static_cast<double>(replayed.events);
  tell("count by key in 10-second windows", events / seconds.median() / 1e6, Target::at_least, 1, "M/s/core");
  explain(fmt::format("CPU: {}; {:.0f} ns a bid; {} bids, {} rows", seconds.text(1, "s"),
                      seconds.median() / events * 1e9, replayed.events, replayed.rows));
}

}  // namespace kappa::bench

// One event an append, each durable before the next. The yardstick overwrites as many bytes in a file of zeros: no
// sync can be cheaper, since it commits no metadata. The two take turns, so that both see the same disk.
#include <fmt/format.h>

#include "figures.hpp"
#include "kappa/base/event_builder.hpp"
#include "replays.hpp"

namespace kappa::bench {
namespace {

constexpr std::size_t kYardstickBytes = std::size_t{4} << 20;
constexpr std::size_t kValueBytes = 300;

}  // namespace

void durable_append(const Setup& setup) {
  const auto directory = open_log(setup.work / "durable");
  const auto topic = must(directory->create_topic("single", log::TopicKind::user));
  const auto appender = must(directory->appender(topic));
  const auto reader = must(directory->reader(topic));
  ZeroedFile yardstick(setup.work / "zeros", kYardstickBytes);
  EventBatchBuilder events;
  const std::string value(kValueBytes, 'v');
  events.add({.value = as_bytes(value)});
  must(appender->append(events.columns()));
  const std::uint64_t frame_bytes = must(reader->next_info()).value().stored_bytes;
  Samples ours, theirs;
  for (int run = -setup.small_loop / 10; run < setup.small_loop; ++run) {
    const double begin = wall_now();
    must(appender->append(events.columns()));
    const double mine = wall_now() - begin;
    const double other = yardstick.write_durably(frame_bytes);
    if (run < 0) continue;  // Warming up.
    ours.add(mine);
    theirs.add(other);
  }
  tell("single durable append, p50 / pwrite+fdatasync", ours.median() / theirs.median(), Target::at_most, 1.3, "x");
  explain(fmt::format("p50 {:.0f} us and {:.0f} us, p99 {:.0f} us and {:.0f} us, {} each; frames of {} bytes",
                      ours.median() * 1e6, theirs.median() * 1e6, ours.quantile(0.99) * 1e6,
                      theirs.quantile(0.99) * 1e6, ours.count(), frame_bytes));
}

}  // namespace kappa::bench

// From the acknowledgement of an append to the line that `kappa tail` prints of the view's change, with `kappa run` in
// between: three processes. A change is visible once its commit is durable, hence a sync. With two inputs the run must
// moreover know that nothing older is in flight. The yardstick's syncs take turns with the appends.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "figures.hpp"
#include "kappa/base/event_builder.hpp"
#include "replays.hpp"

namespace kappa::bench {
namespace {

constexpr std::size_t kYardstickBytes = std::size_t{4} << 20;
constexpr std::size_t kSyncedBytes = 512;
constexpr int kLineTimeoutMs = 10'000;
constexpr int kReadyTimeoutMs = 100;
constexpr int kReadyAttempts = 100;
constexpr double kAllowedSeconds = 0.002;

struct Case {
  std::string name;
  std::vector<std::string> topics;
  std::string query;
  int syncs;
};

/// The appenders of a case's topics, used in turn.
class Feeder {
 public:
  Feeder(log::Directory& directory, const Case& what) {
    for (const std::string& topic : what.topics)
      appenders_.push_back(must(directory.appender(must(directory.create_topic(topic, log::TopicKind::user)))));
  }
  /// Appends the next event; its number.
  int append() {
    const std::string value = fmt::format("{{\"id\":{}}}", ++last_);
    EventBatchBuilder event;
    event.add({.value = as_bytes(value)});
    must(appenders_[static_cast<std::size_t>(last_) % appenders_.size()]->append(event.columns()));
    return last_;
  }

 private:
  std::vector<std::unique_ptr<log::Appender>> appenders_;
  int last_ = 0;
};

/// Reads lines up to that of an event.
bool seen(Program& tail, int id, int timeout_ms) {
  const std::string wanted = fmt::format("\"id\":{}}}", id);
  while (const auto line = tail.line(timeout_ms))
    if (line->ends_with(wanted)) return true;
  return false;
}

// `tail` shows what comes after it started, and tells nobody when that is: events are appended until one appears.
void await_first(Feeder& feeder, Program& tail) {
  for (int i = 0; i < kReadyAttempts; ++i)
    if (seen(tail, feeder.append(), kReadyTimeoutMs)) return;
  give_up({Errc::io, "kappa tail shows nothing"});
}

void measure(const Setup& setup, const Case& what) {
  const auto path = setup.work / what.name;
  const auto directory = open_log(path);
  Feeder feeder(*directory, what);
  const auto file = setup.work / (what.name + ".sql");
  std::ofstream sql(file);
  for (const std::string& topic : what.topics) sql << fmt::format("CREATE TABLE {} (id bigint);\n", topic);
  sql << fmt::format("CREATE MATERIALIZED VIEW result AS {};\n", what.query) << std::flush;
  Program run({setup.kappa, "run", file, "-q", "-d", path});
  for (int i = 0; i < kReadyAttempts && !must(directory->catalog().find_topic("result")); ++i) feeder.append();
  Program tail({setup.kappa, "tail", "result", "-q", "-d", path});
  await_first(feeder, tail);
  ZeroedFile yardstick(setup.work / "zeros", kYardstickBytes);
  Samples delays, syncs;
  for (int i = 0; i < setup.small_loop; ++i) {
    const int id = feeder.append();
    const double acknowledged = wall_now();
    if (!seen(tail, id, kLineTimeoutMs)) give_up({Errc::io, "kappa tail did not show an event"});
    delays.add(wall_now() - acknowledged);
    syncs.add(yardstick.write_durably(kSyncedBytes));
  }
  const double limit = what.syncs * syncs.quantile(0.99) + kAllowedSeconds;
  tell(fmt::format("append to tail, p99, {}", what.name), delays.quantile(0.99) * 1000, Target::at_most, limit * 1000,
       "ms");
  explain(fmt::format("p50 {:.2f} ms, p90 {:.2f} ms, worst {:.2f} ms; sync p50 {:.2f} ms, p99 {:.2f} ms; {} appends",
                      delays.median() * 1000, delays.quantile(0.9) * 1000, delays.greatest() * 1000,
                      syncs.median() * 1000, syncs.quantile(0.99) * 1000, delays.count()));
}

}  // namespace

void append_to_tail(const Setup& setup) {
  measure(setup, {"one_input", {"a"}, "SELECT id FROM a", 1});
  measure(setup, {"merged", {"a", "b"}, "SELECT id FROM a UNION ALL SELECT id FROM b", 3});
}

}  // namespace kappa::bench

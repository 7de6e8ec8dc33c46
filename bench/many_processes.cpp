// Processes that share nothing but the directory append one event at a time, each durable before the next: first one
// alone, then sixteen. They start together when a pipe is closed.
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "figures.hpp"
#include "kappa/base/event_builder.hpp"
#include "replays.hpp"
#include "sync_count.hpp"

namespace kappa::bench {
namespace {

constexpr int kManyProcesses = 16;
constexpr int kRounds = 5;
constexpr double kSecondsPerThousand = 1.0;  // Of Setup::small_loop.
constexpr std::size_t kValueBytes = 300;

struct Counters {
  std::atomic<std::uint64_t> appends;
  std::atomic<std::uint64_t> syncs;
};

Counters& shared_counters() {
  void* memory = ::mmap(nullptr, sizeof(Counters), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) give_up({Errc::io, "cannot map a page"});
  return *new (memory) Counters{};
}

[[noreturn]] void append_until(double seconds, const std::filesystem::path& path, int start, Counters& counters) {
  const auto directory = open_log(path);
  const auto topic = must(directory->catalog().find_topic("shared")).value();
  const auto appender = must(directory->appender(topic));
  const std::string value(kValueBytes, 'v');
  EventBatchBuilder events;
  events.add({.value = as_bytes(value)});
  char nothing = 0;
  while (::read(start, &nothing, 1) > 0) continue;
  counted_syncs = &counters.syncs;
  const double end = wall_now() + seconds;
  std::uint64_t done = 0;
  for (; wall_now() < end; ++done) must(appender->append(events.columns()));
  counters.appends.fetch_add(done);
  ::_exit(0);
}

void append_together(int processes, double seconds, const std::filesystem::path& path, Counters& counters) {
  counters.appends = counters.syncs = 0;
  std::array<int, 2> start{};
  if (::pipe(start.data()) != 0) give_up({Errc::io, "cannot make a pipe"});
  std::vector<pid_t> children;
  for (int i = 0; i < processes; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(start[1]);
      append_until(seconds, path, start[0], counters);
    }
    children.push_back(child);
  }
  ::close(start[0]);
  ::close(start[1]);
  for (const pid_t child : children) {
    int status = 0;
    if (::waitpid(child, &status, 0) != child || status != 0) give_up({Errc::io, "an appending process failed"});
  }
}

}  // namespace

void many_processes(const Setup& setup) {
  const auto path = setup.work / "many";
  must(open_log(path)->create_topic("shared", log::TopicKind::user));
  Counters& counters = shared_counters();
  const double seconds = kSecondsPerThousand * setup.small_loop / 1000;
  Samples one, many, ratio, per_sync;
  for (int round = 0; round <= kRounds; ++round) {
    append_together(1, seconds, path, counters);
    const auto alone = static_cast<double>(counters.appends);
    append_together(kManyProcesses, seconds, path, counters);
    if (round == 0) continue;  // The warm-up.
    one.add(alone / seconds);
    many.add(static_cast<double>(counters.appends) / seconds);
    ratio.add(static_cast<double>(counters.appends) / alone);
    per_sync.add(static_cast<double>(counters.appends) / static_cast<double>(counters.syncs));
  }
  tell("16 appending processes / one", ratio.median(), Target::at_least, 5, "x");
  explain(fmt::format("durable appends: 16 processes {}, one {}; acknowledgements a sync {:.1f}", many.text(1, "/s"),
                      one.text(1, "/s"), per_sync.median()));
}

}  // namespace kappa::bench

// An appending process is killed with its pipe open and a frame in the making; then the directory is opened as any
// command does it, up to where a reader knows the end and an appender could append.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "figures.hpp"
#include "replays.hpp"

namespace kappa::bench {
namespace {

constexpr std::size_t kFedBytes = std::size_t{8} << 20;
constexpr int kRuns = 7;

std::string beginning_of(const std::filesystem::path& path) {
  std::string text(std::min<std::size_t>(kFedBytes, std::filesystem::file_size(path)), '\0');
  std::ifstream(path).read(text.data(), static_cast<std::streamsize>(text.size()));
  return text;
}

double seconds_to_open(const std::filesystem::path& log) {
  const double begin = wall_now();
  const auto directory = open_log(log);
  const auto topic = must(directory->catalog().find_topic("bid")).value();
  const auto appender = must(directory->appender(topic));
  const auto reader = must(directory->reader(topic));
  if (must(reader->extent()).end.value == 0) give_up({Errc::corruption, "the log is empty"});
  return wall_now() - begin;
}

}  // namespace

void open_after_kill(const Setup& setup) {
  const auto log = setup.bids();
  const std::string text = beginning_of(setup.json);
  Samples library, command;
  for (int run = 0; run <= kRuns; ++run) {
    Program appending({setup.kappa, "append", "bid", "-q", "-d", log});
    appending.write(text);
    appending.kill();
    const double opened = seconds_to_open(log);
    const double last_read = execute({setup.kappa, "read", "bid", "-o", "-1", "-d", log}).wall_seconds;
    if (run == 0) continue;  // The warm-up.
    library.add(opened);
    command.add(last_read);
  }
  tell("open after kill -9", library.median() * 1000, Target::at_most, 100, "ms");
  explain(fmt::format("in the library {}; kappa read -o -1 as a whole {}", library.text(1000, "ms"),
                      command.text(1000, "ms")));
}

}  // namespace kappa::bench

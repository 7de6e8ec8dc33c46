// Called by bench/run.sh: kappa_bench KAPPA FOLDER JSON (full|quick) [FIGURE…]. Without names: all figures.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <span>

#include "figures.hpp"

namespace {

using kappa::bench::Setup;

struct Figure {
  std::string_view name;
  void (*measure)(const Setup& setup);
};

// The last one appends to the log that the others read.
constexpr std::array kFigures = {Figure{"bulk_append", kappa::bench::bulk_append},
                                 Figure{"bulk_read", kappa::bench::bulk_read},
                                 Figure{"durable_append", kappa::bench::durable_append},
                                 Figure{"many_processes", kappa::bench::many_processes},
                                 Figure{"filter_replay", kappa::bench::filter_replay},
                                 Figure{"count_by_key", kappa::bench::count_by_key},
                                 Figure{"fingerprint_cost", kappa::bench::fingerprint_cost},
                                 Figure{"replay_memory", kappa::bench::replay_memory},
                                 Figure{"append_to_tail", kappa::bench::append_to_tail},
                                 Figure{"open_after_kill", kappa::bench::open_after_kill}};

constexpr bool is_optimised() {
#if defined(__OPTIMIZE__) && defined(NDEBUG) && !defined(_GLIBCXX_ASSERTIONS)
  return true;
#else
  return false;
#endif
}

int refuse(std::string_view why) {
  fmt::print(stderr, "bench: {}\n", why);
  return 2;
}

}  // namespace

int main(int count, char** values) {
  const std::vector<std::string> arguments(values + 1, values + count);
  if (!is_optimised()) return refuse("an unoptimised build says nothing about speed; ./dev bench builds the right one");
  if (arguments.size() < 4) return refuse("usage: kappa_bench KAPPA FOLDER JSON full|quick [FIGURE...]");
  const std::span names = std::span(arguments).subspan(4);
  for (const std::string& name : names)
    if (std::ranges::find(kFigures, name, &Figure::name) == kFigures.end())
      return refuse(fmt::format("no figure {}; bench/figures.hpp lists them", name));
  Setup setup{arguments[0], arguments[1], arguments[2]};
  if (arguments[3] == "quick") {
    setup.large_runs = 3;
    setup.small_loop = 300;
  }
  std::signal(SIGPIPE, SIG_IGN);
  fmt::print("compiler: {}\n\n", KAPPA_BENCH_COMPILER);
  for (const Figure& figure : kFigures)
    if (names.empty() || std::ranges::find(names, figure.name) != names.end()) figure.measure(setup);
  return 0;
}

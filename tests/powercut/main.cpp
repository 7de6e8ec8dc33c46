// kappa_powercut: the log on real file systems, on a disk whose power is cut. `./dev powercut` runs it.
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "bound_fork.hpp"
#include "campaign.hpp"
#include "fmt/format.h"
#include "paths.hpp"
#include "temporary_directory.hpp"
#include "worker.hpp"

namespace kappa::powercut {
namespace {

constexpr int kSkipped = 77;

struct Options {
  std::string file_system;  ///< Empty: all.
  CampaignOptions campaign;
};

constexpr std::string_view kUsage = R"(usage: kappa_powercut [--fs ext4|ext4-writeback|xfs] [--cuts N] [--seconds N]
                      [--seed N] [--planted no-data-sync|late-data-sync|no-file-sync] [--kept FOLDER]
)";

[[noreturn]] void refuse(std::string_view what) {
  fmt::print(stderr, "kappa_powercut: {}\n{}", what, kUsage);
  std::exit(2);
}

std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) refuse(fmt::format("'{}' is no number", text));
  return number;
}

Options parse(int count, char** words) {
  Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = words[i];
    const std::string_view value = words[i + 1];
    if (name == "--fs") {
      options.file_system = value;
    } else if (name == "--cuts") {
      options.campaign.cuts = number_of(value);
    } else if (name == "--seconds") {
      options.campaign.limit = std::chrono::seconds(number_of(value));
    } else if (name == "--seed") {
      options.campaign.seed = number_of(value);
    } else if (name == "--planted") {
      if (!knows_planted(value)) refuse(fmt::format("there is no mistake {} to plant", value));
      options.campaign.planted = value;
    } else if (name == "--kept") {
      options.campaign.kept = std::filesystem::absolute(value);
    } else {
      refuse(fmt::format("there is no option {}", name));
    }
  }
  if (count % 2 == 0) refuse("each option has a value");
  return options;
}

void print_head() {
  fmt::print("{:<15}{:>8}{:>13}{:>14}{:>15}{:>12}{:>12}{:>8}\n", "file system", "cuts", "in recovery", "sectors lost",
             "acknowledged", "delivered", "torn tails", "faults");
}

void print_row(const FileSystem& file_system, const Figures& figures) {
  fmt::print("{:<15}{:>8}{:>13}{:>14}{:>15}{:>12}{:>12}{:>8}\n", file_system.name, figures.cuts,
             figures.cuts_in_recovery, figures.sectors_lost, figures.acknowledged, figures.delivered,
             figures.torn_tails, figures.faults.size());
  for (const std::string& fault : figures.faults) fmt::print("{}\n", fault);
  std::fflush(stdout);
}

using FiguresOf = std::pair<std::string_view, Figures>;

/// For the table of ./dev reliability.
void print_sums(const std::vector<FiguresOf>& all) {
  Figures sum;
  for (const auto& [file_system, figures] : all) {
    fmt::print("figure: power cuts: {} cuts on {}\n", figures.cuts, file_system);
    sum.cuts_in_recovery += figures.cuts_in_recovery;
    sum.acknowledged += figures.acknowledged;
    sum.torn_tails += figures.torn_tails;
  }
  if (all.empty()) return;
  fmt::print("figure: power cuts: {} of the cuts in recovery\n", sum.cuts_in_recovery);
  fmt::print("figure: power cuts: {} events acknowledged, none lost\n", sum.acknowledged);
  fmt::print("figure: power cuts: {} torn tails told\n", sum.torn_tails);
  std::fflush(stdout);
}

/// The exit status: that of the worst.
int cut_all(Options options) {
  options.campaign.outer_mounts = enter_own_mounts(options.campaign.place);
  int status = kSkipped;
  std::vector<FiguresOf> all;
  print_head();
  for (const FileSystem& file_system : file_systems()) {
    if (!options.file_system.empty() && file_system.name != options.file_system) continue;
    if (const std::string why = why_not_made(file_system); !why.empty()) {
      fmt::print("{:<15} skipped: {}\n", file_system.name, why);
      continue;
    }
    const Figures figures = Campaign(file_system, options.campaign).run();
    print_row(file_system, figures);
    if (!figures.faults.empty()) return 1;
    status = 0;
    all.emplace_back(file_system.name, figures);
  }
  print_sums(all);
  return status;
}

volatile sig_atomic_t child = 0;

/// In a process of its own, which takes everything with it: mounts, loop devices and the processes in the box end with
/// it. What is left is an empty folder, for this process to remove.
int supervise(Options options) {
  const test::TemporaryDirectory place;
  options.campaign.place = place.path().string();
  child = test::bound_fork([&] { return cut_all(options); });
  for (const int stop : {SIGINT, SIGTERM, SIGHUP}) signal(stop, [](int) { kill(child, SIGKILL); });
  int status = 0;
  while (waitpid(child, &status, 0) < 0) continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int run_campaigns(int count, char** words) {
  Options options = parse(count, words);
  const auto& known = file_systems();
  if (!options.file_system.empty() && std::ranges::find(known, options.file_system, &FileSystem::name) == known.end())
    refuse(fmt::format("there is no file system {}", options.file_system));
  if (const std::string why = why_no_mounts(); !why.empty()) {
    fmt::print("skipped: {}\n", why);
    return kSkipped;
  }
  options.campaign.self = std::filesystem::read_symlink("/proc/self/exe");
  options.campaign.kappa = test::binary_path();
  return supervise(std::move(options));
}

}  // namespace
}  // namespace kappa::powercut

int main(int count, char** words) {
  using namespace kappa::powercut;
  if (count == 8 && std::string_view(words[1]) == "--work")
    return work({.role = words[2],
                 .directory = words[3],
                 .writer = number_of(words[4]),
                 .seed = number_of(words[5]),
                 .pipe = static_cast<int>(number_of(words[6])),
                 .planted = words[7]});
  return run_campaigns(count, words);
}

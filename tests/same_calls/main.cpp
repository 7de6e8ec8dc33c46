// One process of a history, on the simulated disk or on a real directory; see README.md.
//
//   kappa_history operations                     the names of all, a line each
//   kappa_history simulated DIR NUMBER HISTORY   performs the process, tells its calls, copies the files to DIR
//   kappa_history real DIR NUMBER HISTORY        performs the process on DIR, and is killed at its end
//   kappa_history unsynced DIR NUMBER HISTORY    the same, but syncs no data: a mistake for the comparison to find
//
// HISTORY is names of operations, with a | between processes. All are killed but the last one, which closes in order.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "crash_history.hpp"
#include "dropped_syncs.hpp"
#include "placed_seam.hpp"
#include "telling_seam.hpp"

namespace kappa::test {
namespace {

constexpr std::uint64_t kMarkEveryBytes = 1500;

/// The operations' names in their order.
std::vector<std::string> operation_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kOperations; ++i) names.push_back(name_of({static_cast<Operation>(i)}));
  return names;
}

Operation operation_of(const std::string& name) {
  const auto names = operation_names();
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) throw std::runtime_error("no operation: " + name);
  return static_cast<Operation>(found - names.begin());
}

std::vector<Operations> history_of(const std::string& text) {
  std::vector<Operations> history(1);
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (word == "|")
      history.emplace_back();
    else
      history.back().push_back(operation_of(word));
  }
  return history;
}

/// The processes of a history, one after the other: what they leave on the simulated disk, and what they were told.
class Past {
 public:
  explicit Past(std::vector<Operations> history) : history_(std::move(history)) {}

  /// The next process, through the seam that is given; `at_end` comes once it has done all, before it is dead.
  template <typename AtEnd>
  void perform_next(log::Seam& seam, AtEnd at_end) {
    if (next_ == 0) setup_ = make_crash_setup(seam, ledger_, kMarkEveryBytes);
    CrashProcess process(seam, setup_, ledger_);
    if (auto opened = process.open(); !opened) throw std::runtime_error(opened.error().message);
    for (const Operation operation : history_.at(next_))
      if (auto done = process.perform(operation); !done)
        throw std::runtime_error(name_of({operation}) + ": " + done.error().message);
    if (++next_ == history_.size()) process.close();
    at_end();
  }
  /// The same on the simulated disk, which the process leaves as a kill does. Calls are told, if there is who listens.
  void perform_next_simulated(std::FILE* listener) {
    DiskSeam seam(disk_);
    TellingSeam telling(seam, listener);
    CrashDisk left;
    perform_next(telling, [&] {
      telling.silence();
      left = disk_.after_kill();
    });
    disk_ = std::move(left);
  }
  [[nodiscard]] std::size_t next() const { return next_; }
  [[nodiscard]] CrashDisk& disk() { return disk_; }

 private:
  std::vector<Operations> history_;
  std::size_t next_ = 0;
  CrashDisk disk_;
  Ledger ledger_;
  CrashSetup setup_;
};

void copy_files(const CrashDisk& disk, const std::filesystem::path& to) {
  for (const Names::Entry& entry : disk.names()) {
    const std::filesystem::path path = to.string() + entry.path->text;
    if (entry.inode->is_directory) {
      std::filesystem::create_directories(path);
      continue;
    }
    std::vector<std::byte> bytes(entry.inode->cache.size());
    entry.inode->read(0, bytes);
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
}

void run(const std::vector<std::string>& words) {
  if (words.size() == 1 && words[0] == "operations") {
    for (const std::string& name : operation_names()) fmt::print("{}\n", name);
    return;
  }
  if (words.size() != 4) throw std::runtime_error("usage: see main.cpp");
  const std::string& form = words[0];
  const std::string& folder = words[1];
  Past past(history_of(words[3]));
  while (past.next() < std::stoul(words[2])) past.perform_next_simulated(nullptr);
  if (form == "simulated") {
    past.perform_next_simulated(stdout);
    copy_files(past.disk(), folder);
    return;
  }
  DiskSeam machine(past.disk());
  PlacedSeam placed(folder, machine);
  NoDataSync unsynced(placed);
  past.perform_next(form == "unsynced" ? static_cast<log::Seam&>(unsynced) : placed, [] { std::raise(SIGKILL); });
}

}  // namespace
}  // namespace kappa::test

int main(int count, char** arguments) {
  try {
    kappa::test::run({arguments + 1, arguments + count});
  } catch (const std::exception& error) {
    fmt::print(stderr, "kappa_history: {}\n", error.what());
    return 1;
  }
  return 0;
}

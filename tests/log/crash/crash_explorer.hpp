#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "crash_history.hpp"
#include "disk_seam.hpp"
#include "images.hpp"

namespace kappa::test {

/// How many crash states are looked at. A state is a moment of a history together with what a crash then leaves.
struct CrashEffort {
  enum class Moments { every, after_operations };
  Moments moments = Moments::every;
  int random_images = 6;              ///< At each call, besides the systematic ones.
  int torn_bytes = 3;                 ///< Places within a sector of the last write, besides the sectors' ends.
  std::uint32_t nested_one_in = 1;    ///< Of the different states, those whose recovery is crashed in turn.
  std::uint32_t appended_one_in = 4;  ///< Those after whose recovery appending and verification are tried.
};

/// Counted over all histories.
struct CrashCounts {
  std::uint64_t histories = 0;
  std::uint64_t states = 0;      ///< Judged, nested ones among them.
  std::uint64_t nested = 0;      ///< Of a crash during the recovery after a crash.
  std::uint64_t recoveries = 0;  ///< Really run: of one history, disks that are equal are recovered once.
};

/// Runs a history on a simulated disk and, at every moment at which a crash finds something else than before, judges
/// all kinds of images that the crash may leave by opening them with the shipped recovery. Deterministic from the seed;
/// not thread-safe.
class CrashExplorer {
 public:
  /// Lays another seam over that of a process.
  using Decorator = std::function<std::unique_ptr<log::Seam>(DiskSeam&)>;
  enum class Failures { none, expected };

  CrashExplorer(const CrashEffort& effort, std::uint64_t seed, std::uint64_t mark_every_bytes);

  /// Over the processes of histories from now on, and over those of recoveries.
  void decorate(Decorator histories, Decorator recoveries);
  /// With failures expected, operations may fail as long as an append at the end does not.
  void explore(const Operations& operations, Failures failures = Failures::none);

  [[nodiscard]] const CrashCounts& counts() const { return counts_; }
  /// What was found wrong, at most one for each history.
  [[nodiscard]] const std::vector<std::string>& faults() const { return faults_; }

 private:
  struct Process;
  /// Tells of an image of a nested crash, what it leads to.
  using Verdict = std::function<std::string(const Found&, Ledger::Crash)>;

  void run(const Operations& operations, Failures failures);
  void step(CrashProcess& process, Operation operation, Failures failures);
  void examine(const CrashDisk& disk, DiskSeam::Point point);
  void examine_torn(const CrashImages& images);
  void judge_power_loss(const CrashImages& images, const Survivors& survivors, const char* kind);
  void judge_kill(const CrashDisk& disk, DiskSeam::Point point);
  const Found& recovered(CrashDisk image);
  /// Opens and reads, nothing else.
  Found recover(CrashDisk& disk, const DiskSeam::Watcher& watcher);
  /// Moreover crashes the recovery, starts again, and appends where `luck` is 0.
  Found recover_and_look_around(CrashDisk& disk, std::uint64_t luck, const Verdict* nested);
  void examine_recovery(const CrashDisk& disk, DiskSeam::Point point, const Verdict& verdict, std::string& fault);
  [[nodiscard]] std::string look_again(const CrashDisk& disk, const Found& found);
  [[nodiscard]] std::string append_afterwards(CrashDisk disk, const Found& found);
  void complain(const std::string& what, const std::string& kind);

  CrashEffort effort_;
  std::uint64_t seed_;
  CrashDisk base_;
  CrashSetup setup_;
  Ledger base_ledger_;
  Decorator over_histories_;
  Decorator over_recoveries_;
  CrashCounts counts_;
  std::vector<std::string> faults_;

  // Of the history that is under way.
  Random random_;
  Ledger ledger_;
  std::string history_;
  std::uint64_t moment_ = 0;
  bool at_fault_ = false;
  std::unordered_map<std::uint64_t, Found> recovered_;  ///< By the hash of the disk.
  std::unordered_set<std::uint64_t> looked_around_;
};

/// All sequences of so many operations.
[[nodiscard]] std::vector<Operations> histories_of(std::size_t length);

}  // namespace kappa::test

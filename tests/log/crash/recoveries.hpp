#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "crash_history.hpp"
#include "disk_seam.hpp"
#include "images.hpp"

namespace kappa::test {

/// How much is tried of each different disk that is recovered.
struct RecoveryEffort {
  std::uint32_t nested_one_in = 1;  ///< Of the different disks, those whose recovery is crashed in turn.
  /// Those after whose recovery appending and verification are tried, and reading without any before it.
  std::uint32_t appended_one_in = 4;
};

/// Lays another seam over that of a process.
using Decorator = std::function<std::unique_ptr<log::Seam>(DiskSeam&)>;

/// A process of the simulated machine.
struct SimProcess {
  DiskSeam own;
  std::unique_ptr<log::Seam> over;
  SimProcess(CrashDisk& disk, DiskSeam::Watcher watcher, const Decorator& decorator,
             DiskSeam::Company company = DiskSeam::Company::none)
      : own(disk, std::move(watcher), company) {
    if (decorator) over = decorator(own);
  }
  [[nodiscard]] log::Seam& seam() { return over ? *over : own; }
};

/// What the shipped recovery makes of disks. Equal disks are recovered once, for as long as this lives. Not
/// thread-safe.
class Recoveries {
 public:
  struct Counts {
    std::uint64_t run = 0;     ///< Recoveries, those after others to compare with among them.
    std::uint64_t images = 0;  ///< Different disks that a crash has left.
    std::uint64_t nested = 0;  ///< Crash states that were judged within recoveries.
  };
  /// What is wrong with an outcome of a nested crash; empty: nothing.
  using Verdict = std::function<std::string(const Found&, Ledger::Crash)>;

  explicit Recoveries(const RecoveryEffort& effort) : effort_(effort) {}
  void decorate(Decorator decorator) { decorator_ = std::move(decorator); }

  /// Of a disk that a loss of power has left. A crash of the machine during its recovery must lead to the same outcome,
  /// for all that recovery finds is on the device. Valid until the next call.
  const Found& after_power_loss(CrashDisk image, const CrashSetup& setup, Random& random);
  /// Of a disk that the death of all processes has left, where the page cache may still be lost: so a verdict decides
  /// on crashes during the recovery. With `rarer`, so much more rarely than of other disks anything is tried.
  Found after_kill(CrashDisk left, const CrashSetup& setup, Random& random, const Verdict& verdict,
                   std::uint32_t rarer);

  struct Context {
    const CrashSetup& setup;
    Random& random;
    Ledger::Crash crash = Ledger::Crash::power;  ///< Which has left the disk.
  };
  /// Of any disk, and no more than that. Valid as long as this.
  [[nodiscard]] const Found& once(CrashDisk& disk, const Context& context);
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  [[nodiscard]] Found recover(CrashDisk& disk, const Context& context, const DiskSeam::Watcher& watcher,
                              log::Access access = log::Access::read_write);
  /// Moreover crashes the recovery if there is a verdict, starts again, and appends where `luck` is 0.
  [[nodiscard]] Found look_around(CrashDisk& disk, const Context& context, std::uint64_t luck, const Verdict* verdict);
  [[nodiscard]] std::string examine(const CrashDisk& disk, const Context& context, DiskSeam::Point point,
                                    const Verdict& verdict);
  [[nodiscard]] std::string judge_kill(const CrashDisk& disk, const Context& context, const Verdict& verdict);
  [[nodiscard]] std::string look_again(const CrashDisk& disk, const Context& context, Found& found);
  [[nodiscard]] std::string append_afterwards(CrashDisk disk, const Context& context, Found& found);
  [[nodiscard]] Found read_only(CrashDisk& disk, const Context& context);
  const Found& remember(std::uint64_t key, Found found);

  RecoveryEffort effort_;
  Decorator decorator_;
  Counts counts_;
  /// Many disks, few outcomes.
  std::unordered_map<std::uint64_t, std::unique_ptr<const Found>> outcomes_;  ///< By their own hash.
  std::unordered_map<std::uint64_t, const Found*> known_;                     ///< By the disk's.
  std::unordered_set<std::uint64_t> looked_around_;
};

}  // namespace kappa::test

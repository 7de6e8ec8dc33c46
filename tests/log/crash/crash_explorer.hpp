#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "recoveries.hpp"
#include "takeovers.hpp"

namespace kappa::test {

inline constexpr int kEveryByte = 0;

/// How many crash states are looked at. A state is a moment of a history together with what a crash then leaves.
struct CrashEffort {
  /// `last_operation`: of a history whose beginnings are histories of the same exploration.
  enum class Moments { every, last_operation, after_operations };
  Moments moments = Moments::every;
  int random_images = 6;  ///< At each call, besides the systematic ones.
  int torn_bytes = 3;     ///< Places within a sector of the last write, besides the sectors' ends; or kEveryByte.
  RecoveryEffort recovery = {};
  /// Moments at which the process also dies beside others, and of these the ones that are crashed in turn.
  std::uint32_t deaths_one_in = 1;
  std::uint32_t deaths_nested_one_in = 16;
};

/// Counted over all histories.
struct CrashCounts {
  std::uint64_t histories = 0;
  std::uint64_t states = 0;  ///< Judged, nested ones among them.
  std::uint64_t nested = 0;  ///< Of a crash during the recovery after a crash.
  std::uint64_t deaths = 0;  ///< Of a process beside others that live on, and what then follows.
  std::uint64_t images = 0;  ///< Different disks among the states that are not nested: equal ones are recovered once.
  std::uint64_t recoveries = 0;  ///< Really run.
};

/// Runs a history on a simulated disk and, at every moment at which a crash finds something else than before, judges
/// all kinds of images that the crash may leave by opening them with the shipped recovery. Deterministic; not
/// thread-safe.
class CrashExplorer {
 public:
  enum class Failures { none, expected };

  CrashExplorer(const CrashEffort& effort, std::uint64_t mark_every_bytes);
  CrashExplorer(const CrashExplorer&) = delete;
  CrashExplorer& operator=(const CrashExplorer&) = delete;

  /// Over the processes of histories from now on, and over those of recoveries.
  void decorate(Decorator histories, Decorator recoveries);
  /// Called before the append at the end of a history whose failures are expected.
  void when_failures_end(std::function<void()> what) { failures_end_ = std::move(what); }
  /// The seed is of what is sampled. With failures expected, operations may fail as long as an append at the end does
  /// not.
  void explore(const Operations& operations, std::uint64_t seed, Failures failures = Failures::none);

  [[nodiscard]] CrashCounts counts() const;
  /// What was found wrong, at most one for each history.
  [[nodiscard]] const std::vector<std::string>& faults() const { return faults_; }

 private:
  void run(const Operations& operations, Failures failures);
  void step(CrashProcess& process, Operation operation, Failures failures);
  void expect_append(CrashProcess& process, int attempts);
  void examine(const CrashDisk& disk, DiskSeam::Point point);
  void examine_torn(const CrashImages& images);
  void examine_subsets(const CrashImages& images);
  void judge_power_loss(const CrashImages& images, const Survivors& survivors, const char* kind);
  void judge_kill(const CrashDisk& disk, DiskSeam::Point point);
  void judge_death(const CrashDisk& disk);
  void complain(const std::string& what, const std::string& kind);

  CrashEffort effort_;
  CrashDisk base_;
  CrashSetup setup_;
  Ledger base_ledger_;
  Decorator over_histories_;
  std::function<void()> failures_end_;
  Recoveries recoveries_;
  Takeovers takeovers_{recoveries_};
  CrashCounts counts_;
  std::vector<std::string> faults_;

  // Of the history that is under way.
  std::uint64_t seed_ = 0;
  Random random_{0};
  Ledger ledger_;
  std::string history_;
  std::uint64_t moment_ = 0;
  bool watching_ = false;
  bool at_fault_ = false;
  const SimProcess* running_ = nullptr;
};

/// All sequences of so many operations.
[[nodiscard]] std::vector<Operations> histories_of(std::size_t length);

}  // namespace kappa::test

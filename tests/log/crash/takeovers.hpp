#pragma once
#include <cstdint>
#include <string>

#include "recoveries.hpp"

namespace kappa::test {

/// Deaths of one process beside others that have the directory open and live on. Nobody starts the directory anew then:
/// who comes next finds the shared pages and the page cache as the dead one left them, half done, and has to go on from
/// there. What he is given, and what he is acknowledged, must survive a loss of power in turn. Not thread-safe.
class Takeovers {
 public:
  enum class Crashes { none, inside };

  /// The recoveries are those after losses of power, and live longer.
  explicit Takeovers(Recoveries& recoveries) : recoveries_(recoveries) {}
  void decorate(Decorator decorator) { decorator_ = std::move(decorator); }

  /// What is wrong with how somebody goes on where another has died; empty: nothing. The ledger is of the dead one.
  /// With crashes inside, the machine loses power, or this process dies too, at every call he makes.
  [[nodiscard]] std::string judge(const CrashDisk& left, const CrashSetup& setup, const Ledger& ledger, Random& random,
                                  Crashes crashes);
  /// Crash states that were judged.
  [[nodiscard]] std::uint64_t states() const { return states_; }

 private:
  [[nodiscard]] std::string go_on(CrashProcess& process, const Ledger& before, Ledger& now, FoundTopics& last);
  /// Of all and of nothing that was not synced; the latter is what is found.
  [[nodiscard]] std::string judge_loss(const CrashDisk& disk, const Recoveries::Context& context, const Ledger& now,
                                       Found& found);
  [[nodiscard]] std::string examine(const CrashDisk& disk, const Recoveries::Context& context, const Ledger& now,
                                    DiskSeam::Point point);

  Recoveries& recoveries_;
  Decorator decorator_;
  std::uint64_t states_ = 0;
};

}  // namespace kappa::test

#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crash_history.hpp"
#include "recoveries.hpp"
#include "rot.hpp"

namespace kappa::test {

/// What came of damage, counted by its kind.
struct RotCounts {
  std::uint64_t states = 0;
  std::uint64_t harmless = 0;  ///< Everything is served as it was.
  std::uint64_t told = 0;      ///< Reported as corruption, by opening, reading or verifying.
  std::uint64_t torn = 0;      ///< The residual: reported as a torn tail, and kept aside.
  std::uint64_t lost = 0;      ///< Nothing of what the disk had acknowledged is left to report: it lied.
};

/// Runs histories and damages one place of what they leave: closed in order, and after a loss of power. Whatever the
/// damage: nothing is served that was not appended, what is served is a beginning of what was, and the rest is told to
/// be damaged, for each topic that lacks something; or it is exactly the residual of log-protocol.md §5. Deterministic
/// from the seed; not thread-safe.
class RotExplorer {
 public:
  explicit RotExplorer(std::uint64_t mark_every_bytes);
  /// Damages each sector of each image that holds something, so many times in each way.
  void explore(const Operations& operations, std::uint64_t seed, int times);

  [[nodiscard]] const std::array<RotCounts, kRots>& counts() const { return counts_; }
  [[nodiscard]] const std::vector<std::string>& faults() const { return faults_; }

 private:
  enum class Left { closed, crashed };
  /// What was found of a disk that may be damaged.
  struct Observed {
    Found found;
    std::array<std::optional<Error>, kCrashTopics> errors;  ///< Of reading; what was served before is in `found`.
    std::optional<Error> error;                             ///< Of opening or of the catalog.
    std::set<std::string> damaged;                          ///< The topics in which verification finds damage.
    Offset catalog_end;
  };
  [[nodiscard]] Observed observe(CrashDisk disk) const;
  void damage_all(const CrashDisk& image, const CrashDisk& older, Left left, int times);
  /// What is wrong; empty: nothing, and it is counted.
  [[nodiscard]] std::string judge(const Observed& whole, const Observed& now, const Damage& done, Left left);
  [[nodiscard]] static bool is_told(const Observed& now, std::size_t topic);
  [[nodiscard]] bool is_residual(const Observed& whole, const Observed& now, std::size_t topic, bool marked) const;

  CrashSetup setup_;
  CrashDisk base_;
  Ledger base_ledger_;
  Ledger ledger_;
  Random random_{0};
  std::string history_;
  std::array<RotCounts, kRots> counts_;
  std::vector<std::string> faults_;
};

}  // namespace kappa::test

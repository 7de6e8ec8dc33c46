#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "kappa/base/result.hpp"
#include "kappa/log/directory.hpp"
#include "kappa/processor/fingerprint.hpp"
#include "kappa/replay/definition.hpp"

namespace kappa::replay {

/// Where an output of a run stands: its last durable commit.
struct OutputPosition {
  std::string name;
  Sequence through;
  processor::Fingerprint fingerprint;
  bool is_errors = false;
};

/// Told after each durable round of commits; the run waits while it is called.
struct RunNotice {
  enum class Kind { recovered, caught_up, committed } kind = Kind::committed;
  std::uint64_t events = 0;  ///< Input events taken since the run started.
  std::vector<OutputPosition> outputs;
};

enum class RunUntil { stopped, end };

struct RunOptions {
  RunUntil until = RunUntil::stopped;  ///< `end`: catch up with the end at the start, then return.
  std::stop_token stop;                ///< Ends the run cleanly: what was consumed is committed first.
  Compile compile;                     ///< For comparing with a stored definition; may be empty for C++ definitions.
  std::function<void(const RunNotice&)> notice = {};
  std::function<void(const std::string&)> warning = {};  ///< Told of what looks like a mistake in events, once each.
  /// A monotonic clock, by which commits and progress are due; empty: the system's.
  std::function<std::chrono::nanoseconds()> clock = {};
};

struct RunSummary {
  std::uint64_t events = 0;
  std::uint64_t recovered_commits = 0;  ///< Recorded commits that were computed again and found equal.
  std::uint64_t commits = 0;            ///< Commits written.
  bool interrupted = false;             ///< Asked to stop before it was done.
  std::vector<OutputPosition> outputs;
};

/// Runs all views of a definition live, exactly once: defines them in the catalog if they are new (Errc::conflict if
/// one exists with another definition, or a table does), takes them over from any older run, computes again from
/// offset zero up to the recorded commits and compares fingerprints (Errc::corruption and the range if they differ),
/// then commits changes as input arrives. After a crash at any moment the next run continues with nothing lost and
/// nothing twice. Blocks; one thread.
[[nodiscard]] Result<RunSummary> run(log::Directory& directory, const Definition& definition,
                                     const RunOptions& options);

}  // namespace kappa::replay

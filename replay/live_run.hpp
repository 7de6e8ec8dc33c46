#pragma once
#include <chrono>
#include <deque>
#include <memory>

#include "commit_writer.hpp"
#include "input_cursor.hpp"
#include "kappa/replay/run.hpp"

namespace kappa::replay {

/// One run: its processor, its inputs, its outputs. The order of use is recover(), then catch_up() or follow(), then
/// finish(). Not thread-safe.
class LiveRun {
 public:
  [[nodiscard]] static Result<std::unique_ptr<LiveRun>> open(log::Directory& directory, const Definition& definition,
                                                             const RunOptions& options);
  /// Computes up to every recorded commit, stopping at each one's `through`, and compares fingerprints.
  [[nodiscard]] Result<void> recover();
  /// Takes everything up to `bound` and commits it.
  [[nodiscard]] Result<void> catch_up(Sequence bound);
  /// Commits as input arrives until asked to stop (Errc::interrupted) or an error.
  [[nodiscard]] Result<void> follow(Sequence bound);
  /// Commits what was consumed; silent outputs record how far they have come.
  [[nodiscard]] Result<void> finish();

  [[nodiscard]] Result<Sequence> bound() { return cursor_->reader().bound(); }
  [[nodiscard]] RunSummary summary() const;
  void notify(RunNotice::Kind kind) const;

 private:
  struct Output {
    CommitWriter writer;
    processor::Fingerprint fingerprint;
    std::size_t recovered = 0;  ///< How many recorded commits have been compared.
    Sequence recorded_through;  ///< Changes at or below it are on disk already.
    bool has_record = false;
  };
  class Sink;

  LiveRun(const RunOptions& options, std::unique_ptr<processor::Processor> processor)
      : options_(options), processor_(std::move(processor)) {}
  [[nodiscard]] Result<void> advance(Sequence position);
  [[nodiscard]] Result<void> compare_at(Output& output, Sequence position);
  /// False: they differ, and may, because the commit lies below a horizon of its inputs.
  [[nodiscard]] Result<bool> compare(const Output& output, const RecordedCommit& commit);
  [[nodiscard]] Result<void> write_commits();
  [[nodiscard]] Result<void> write_progress();
  [[nodiscard]] Result<void> await_all();
  /// How long until silent outputs have to record how far they have come; kNoLimit where none is behind.
  [[nodiscard]] std::chrono::nanoseconds until_progress() const;
  [[nodiscard]] bool is_behind(const Output& output) const;
  [[nodiscard]] std::chrono::nanoseconds now() const;
  /// The highest horizon of the inputs of an output. Errc::conflict where an output's last record lies below its own.
  [[nodiscard]] Result<Sequence> horizon();
  [[nodiscard]] Result<bool> is_below_horizon();
  [[nodiscard]] Result<std::vector<Sequence>> positions_to_recover();
  [[nodiscard]] bool commit_is_due() const;

  RunOptions options_;
  std::unique_ptr<processor::Processor> processor_;
  std::optional<InputCursor> cursor_;
  std::deque<Output> outputs_;
  std::uint64_t commits_ = 0;
  std::uint64_t recovered_ = 0;
  std::chrono::nanoseconds last_commit_{};
  std::chrono::nanoseconds last_progress_{};
};

}  // namespace kappa::replay

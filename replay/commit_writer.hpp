#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kappa/base/event_builder.hpp"
#include "kappa/log/directory.hpp"
#include "kappa/processor/processor.hpp"
#include "kappa/replay/views.hpp"

namespace kappa::replay {

/// Writes one output's commits to its changelog: changes become events, output and progress one atomic write. Owns the
/// partition: an older run of the same view can write no more. Not thread-safe. A crash inside a commit leaves frames
/// that no reader shows.
class CommitWriter {
 public:
  /// Takes the topic over from any older run and reads where it stands.
  [[nodiscard]] static Result<CommitWriter> open(log::Directory& directory, const processor::OutputSpec& output);

  [[nodiscard]] const processor::OutputSpec& output() const { return output_; }
  /// What older runs recorded, oldest first.
  [[nodiscard]] const std::vector<RecordedCommit>& recorded() const { return recorded_; }
  /// `through` of the last whole commit; nullopt if there is none yet.
  [[nodiscard]] std::optional<Sequence> through() const { return through_; }

  /// The next commit's `through` and the append time of that frame; before the first add() of a commit.
  void begin(Sequence through, Micros append_time);
  /// Adds changes to the commit that begin() opened; full frames are written at once.
  [[nodiscard]] Result<void> add(const processor::Batch& rows);
  [[nodiscard]] bool has_changes() const { return changes_ != 0; }
  /// Writes the commit's last frame; not yet durable.
  [[nodiscard]] Result<void> finish(log::CommitKind kind, const processor::Fingerprint& fingerprint,
                                    std::vector<log::ConsumedInput> inputs);
  /// Something was written since it was last awaited.
  [[nodiscard]] bool has_written() const { return last_written_.has_value(); }
  /// Returns once all that was finished is durable and visible.
  [[nodiscard]] Result<void> await_durable();

 private:
  CommitWriter(processor::OutputSpec output, std::unique_ptr<log::Appender> appender)
      : output_(std::move(output)), appender_(std::move(appender)) {}
  [[nodiscard]] Result<void> write_frame(const log::CommitBlock& block, bool ends);
  [[nodiscard]] log::CommitBlock block() const;
  void add_event(const processor::Batch& rows, std::size_t row, std::string_view op);

  processor::OutputSpec output_;
  std::unique_ptr<log::Appender> appender_;
  std::uint32_t epoch_ = 0;
  Offset end_;
  std::vector<RecordedCommit> recorded_;
  std::optional<Sequence> through_;
  std::optional<log::Stamp> last_written_;

  // The commit being written.
  Sequence next_through_;
  Micros append_time_ = 0;
  bool begun_ = false;  // Its first frame is written.
  std::uint64_t changes_ = 0;
  EventBatchBuilder frame_;
  std::string value_, key_;
  std::vector<std::byte> header_;
};

}  // namespace kappa::replay

#pragma once
#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "kappa/log/directory.hpp"
#include "kappa/processor/processor.hpp"

namespace kappa::replay {

/// Feeds a processor from its topics, merged into the one order: the loop that a run and a replay share. Counts what
/// it fed and knows how far each input has come. Not thread-safe.
class InputCursor {
 public:
  using Warning = std::function<void(const std::string&)>;
  /// `warning` is told what the processor warns of; may be empty.
  [[nodiscard]] static Result<InputCursor> open(log::Directory& directory, processor::Processor& processor,
                                                Warning warning = {});

  /// What one step() did.
  enum class Step { fed, exhausted };
  /// Feeds the next batch at or below `upto`, if there is one.
  [[nodiscard]] Result<Step> step(Sequence upto);
  /// Feeds everything at or below `upto`. Errc::interrupted when asked to stop.
  [[nodiscard]] Result<void> feed(Sequence upto, const std::stop_token& stop);

  [[nodiscard]] log::OrderedReader& reader() { return *reader_; }
  /// Of the last frame fed to one of these inputs; kNoSequence before the first.
  [[nodiscard]] Sequence last(const std::vector<std::uint32_t>& inputs) const;
  /// Append time of that frame.
  [[nodiscard]] Micros last_append_time(const std::vector<std::uint32_t>& inputs) const;
  /// What a commit that depends on these inputs names as consumed.
  [[nodiscard]] std::vector<log::ConsumedInput> consumed(const std::vector<std::uint32_t>& inputs) const;
  /// The last frame of these inputs at or below the horizons to which they have been compacted, as recorded now: who
  /// has read it has read everything up to there. kNoSequence: nothing was compacted, or nothing of it is left.
  [[nodiscard]] Result<Sequence> horizon(const std::vector<std::uint32_t>& inputs);
  /// Errc::conflict where a compaction was recorded since this was opened: what was fed up to there may be in part from
  /// before the compaction and in part from after it. To be asked before anything is made of it.
  [[nodiscard]] Result<void> check_horizons() const;
  [[nodiscard]] Sequence position() const { return position_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  struct Place {
    Sequence sequence;
    Micros append_time = 0;
  };

  InputCursor(log::Directory& directory, processor::Processor& processor, std::vector<log::TopicInfo> topics,
              std::unique_ptr<log::OrderedReader> reader, Warning warning)
      : directory_(&directory),
        processor_(&processor),
        warning_(std::move(warning)),
        topics_(std::move(topics)),
        reader_(std::move(reader)),
        last_(topics_.size()),
        horizons_(topics_.size()),
        consumed_(reader_->consumed()) {}
  void note(const EventBatch& batch);

  /// The topic as the catalog has it now.
  [[nodiscard]] Result<log::TopicInfo> present(std::uint32_t input) const;

  /// Of an input, and the compaction after which it was looked for.
  struct KnownHorizon {
    Sequence compacted_at;
    Sequence last;
  };

  log::Directory* directory_;
  processor::Processor* processor_;
  Warning warning_;
  std::vector<log::TopicInfo> topics_;
  std::unique_ptr<log::OrderedReader> reader_;
  std::vector<Place> last_;  // By input.
  std::vector<KnownHorizon> horizons_;
  // Not the reader's own account: that includes a batch which the processor refused.
  std::vector<log::ConsumedInput> consumed_;
  Sequence position_;
  std::uint64_t events_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace kappa::replay

#pragma once
#include <vector>

#include "kappa/log/reader.hpp"
#include "protocol/held_back.hpp"
#include "protocol/partition_cursor.hpp"

namespace kappa::log {

/// One partition among the inputs of a merge.
struct MergeInput {
  std::uint32_t input = 0;  ///< Index of its topic.
  std::shared_ptr<Partition> partition;
};

/// Merges partitions by sequence, below the bound.
class LogOrderedReader final : public OrderedReader {
 public:
  LogOrderedReader(const Environment& environment, std::vector<MergeInput> inputs);

  Result<void> skip_to_end() override;
  Result<void> skip_to(Micros append_time) override;
  Result<Sequence> bound() override;
  Result<std::optional<EventBatch>> next(Sequence upto) override;
  Result<Sequence> wait_past(Sequence past, std::chrono::nanoseconds limit, std::stop_token stop) override;
  std::vector<ConsumedInput> consumed() const override;
  /// How far each partition could be read when bound() was asked for last.
  [[nodiscard]] std::vector<Durable> seen() const;

 private:
  struct Source {
    explicit Source(MergeInput from) : input(from.input), cursor(std::move(from.partition)) {}
    std::uint32_t input;
    PartitionCursor cursor;
    Durable seen;
    Offset consumed;
    bool exhausted = false;  ///< Nothing more up to the end seen last.
  };
  /// Moves each cursor towards a place in its partition.
  template <typename Place>
  [[nodiscard]] Result<void> skip_towards(Place place);
  [[nodiscard]] Result<Sequence> counter();
  [[nodiscard]] Result<Source*> first_source(Sequence upto);
  [[nodiscard]] Source* holding_back(Sequence bound);

  const Environment& environment_;
  std::vector<Source> sources_;
  Sequence bound_;  ///< The greatest told so far.
  HeldBack held_back_;
};

}  // namespace kappa::log

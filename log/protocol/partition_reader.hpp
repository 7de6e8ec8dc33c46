#pragma once
#include "kappa/log/reader.hpp"
#include "protocol/held_back.hpp"
#include "protocol/partition_cursor.hpp"

namespace kappa::log {

/// A cursor that shows data frames only.
class LogPartitionReader final : public PartitionReader {
 public:
  explicit LogPartitionReader(std::shared_ptr<Partition> partition) : cursor_(std::move(partition)) {}

  Result<PartitionExtent> extent() override;
  Result<void> seek(Offset offset) override;
  Result<Offset> offset_at(Micros append_time) override;
  Result<std::optional<EventBatch>> next() override;
  Result<std::optional<FrameInfo>> next_info() override;
  const FrameInfo& info() const override { return info_; }
  Result<SkippedRange> skip_damage() override;
  Result<void> wait(std::stop_token stop) override;

 private:
  /// The next data frame that reaches past `from_`; looks for news once where what was known is used up.
  [[nodiscard]] Result<const FrameHead*> peek_data();

  PartitionCursor cursor_;
  Offset from_;  ///< Frames that end at or before it are stepped over.
  FrameInfo info_;
  bool has_skipped_ = false;  ///< Damage, so that extent() tells of a missing first segment no more.
  HeldBack held_back_;
};

}  // namespace kappa::log

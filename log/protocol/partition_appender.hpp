#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "format/frame.hpp"
#include "kappa/log/appender.hpp"
#include "protocol/partition.hpp"

namespace kappa::log {

/// Appends to one partition: drafts outside the lock, writes under it, waits for the group's sync.
class PartitionAppender final : public Appender {
 public:
  explicit PartitionAppender(std::shared_ptr<Partition> partition) : partition_(std::move(partition)) {}
  ~PartitionAppender() override;

  Result<Stamp> write(const EventColumns& columns, const AppendOptions& options) override;
  Result<void> await_durable(const Stamp& stamp) override;
  Result<std::uint32_t> take_ownership() override;

 private:
  [[nodiscard]] std::unique_ptr<FrameDraft> take_draft();
  void note_written(const Stamp& stamp);
  void note_refused(const Stamp& stamp);
  /// True if this is another segment than the last call saw.
  [[nodiscard]] bool is_new_segment(Offset segment);
  void give_back(std::unique_ptr<FrameDraft> draft);
  /// Sees to it that what is written and not synced stays bounded, and that marks follow.
  [[nodiscard]] Result<void> keep_house(Sequence written);

  std::shared_ptr<Partition> partition_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<FrameDraft>> idle_;  ///< Guarded by mutex_; one for each thread that was ever at work.
  bool wrote_ = false;                             ///< Guarded by mutex_.
  /// What was written here and not yet awaited: up to last_written_ from this one on. Guarded by mutex_.
  struct Unconfirmed {
    Sequence sequence;
    std::uint32_t failures = 0;  ///< Stamp::failures of that write.
  };
  std::optional<Unconfirmed> oldest_;
  Sequence last_written_;
  std::optional<Offset> segment_;  ///< In which the last write left the partition. Guarded by mutex_.
};

}  // namespace kappa::log

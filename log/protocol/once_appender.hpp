#pragma once
#include <memory>
#include <optional>

#include "protocol/once_memory.hpp"
#include "protocol/partition_appender.hpp"
#include "protocol/partition_reader.hpp"

namespace kappa::log {

/// Appends what is not in the partition yet. One thread writes; any may await.
class OnceAppender final : public Appender {
 public:
  /// Reads what the window asks for.
  [[nodiscard]] static Result<std::unique_ptr<Appender>> open(std::shared_ptr<Partition> partition,
                                                              OnceOptions options);
  OnceAppender(std::shared_ptr<Partition> partition, OnceOptions options, File turns)
      : partition_(std::move(partition)),
        turns_(std::move(turns)),
        appender_(partition_),
        reader_(partition_),
        memory_(make_once_memory(std::move(options))) {}

  Result<Stamp> write(const EventColumns& columns, const AppendOptions& options) override;
  Result<void> await_durable(const Stamp& stamp) override;
  Result<std::uint32_t> take_ownership() override;

 private:
  /// Waits until no other appender of this kind is between looking and writing.
  [[nodiscard]] Result<void> take_turn();
  /// Takes in what is visible.
  [[nodiscard]] Result<void> recall();
  /// Afterwards nothing is in the partition that the memory does not have.
  [[nodiscard]] Result<void> catch_up();
  [[nodiscard]] Result<Stamp> append_fresh(const EventColumns& columns, const Fresh& fresh);

  const std::shared_ptr<Partition> partition_;
  const File turns_;
  PartitionAppender appender_;
  LogPartitionReader reader_;
  std::unique_ptr<OnceMemory> memory_;
  Offset known_;                  ///< The memory has everything before.
  std::optional<Stamp> written_;  ///< Of the last write.
};

}  // namespace kappa::log

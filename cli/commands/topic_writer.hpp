#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "commands/frame_writer.hpp"
#include "kappa/log/directory.hpp"

namespace kappa::cli {

/// What of an append is durable in one partition.
struct PartitionEvents {
  std::uint32_t partition = 0;
  DurableEvents events;
};

/// Appends events to the partitions of a topic: those with a key to the one that Kafka's default partitioner chooses,
/// so that a key's events keep their order; those without batch by batch to the partitions in turn. Not thread-safe;
/// lives no longer than the directory.
class TopicWriter {
 public:
  using Clock = FrameWriter::Clock;
  struct Partition {
    std::uint32_t number = 0;
    std::unique_ptr<log::Appender> appender;
  };

  /// All partitions of the topic in their order; the first batch of events without a key goes to `first_keyless`, and
  /// without it none are taken. Or a single partition, which takes every event.
  TopicWriter(std::vector<Partition> partitions, std::optional<std::size_t> first_keyless,
              std::optional<Offset> expected_end);

  [[nodiscard]] bool takes_keyless() const { return is_single() || keyless_.has_value(); }

  /// Takes an event, with a key unless takes_keyless(), and writes a frame where one is large enough.
  [[nodiscard]] Result<void> add(const EventView& event);
  /// When the events that wait should be cut; nullopt: none waits, or all are one append.
  [[nodiscard]] std::optional<Clock::time_point> deadline() const;
  [[nodiscard]] bool holds_events() const;
  /// Forgets what waits.
  void discard();
  /// Writes what waits; its durability is seen to meanwhile.
  [[nodiscard]] Result<void> cut();
  /// Writes what waits and returns once all is durable, or cannot become so; the first thing that went wrong.
  [[nodiscard]] Result<void> finish();
  /// The partitions in which any event is durable.
  [[nodiscard]] std::vector<PartitionEvents> durable();
  /// Events that were left out, for they were there already.
  [[nodiscard]] std::uint64_t duplicates() const;

 private:
  struct Target {
    Partition partition;
    std::unique_ptr<FrameWriter> writer;
  };
  [[nodiscard]] bool is_single() const { return targets_.size() == 1; }
  [[nodiscard]] Result<void> add_to_one_of_several(const EventView& event);
  void begin_next_batch();

  std::vector<Target> targets_;
  std::optional<std::size_t> keyless_;         ///< Takes the batch of events without a key.
  bool batch_begun_ = false;                   ///< It has some of it.
  std::optional<Clock::time_point> deadline_;  ///< Of the oldest event that waits in any of several.
};

}  // namespace kappa::cli

#pragma once
#include <string>
#include <vector>

#include "commands/topic_writer.hpp"

namespace kappa::cli {

/// What an append says when it ends.
struct AppendSummary {
  std::string topic;
  std::uint32_t partitions = 1;          ///< That the topic has.
  std::vector<PartitionEvents> durable;  ///< Those that have any.
  std::uint64_t duplicates = 0;
  std::uint64_t skipped = 0;
  double seconds = 0;

  [[nodiscard]] std::uint64_t events() const;
};

/// A line for a person, without a newline.
[[nodiscard]] std::string summary_line(const AppendSummary& summary);
/// A JSON object and a newline. A topic of one partition has `first_offset` and `last_offset`, one of several
/// `partitions` with those of each that has got events.
[[nodiscard]] std::string summary_json(const AppendSummary& summary);

}  // namespace kappa::cli

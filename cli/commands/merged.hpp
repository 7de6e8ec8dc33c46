#pragma once
#include <span>

#include "commands/event_printer.hpp"
#include "frame/command.hpp"
#include "kappa/log/directory.hpp"
#include "text/range.hpp"

namespace kappa::cli {

/// Prints the events of topics, all partitions of each, in the one order, up to the end as it is now: everything that
/// was durable when it began. Errc::usage for a range of offsets, which are those of one partition.
[[nodiscard]] Result<void> read_merged(Context& context, log::Directory& directory,
                                       std::span<const log::TopicInfo> topics, const Range& range,
                                       EventPrinter& printer);

/// The same, and goes on with what is appended, until the printer has enough or somebody asks to stop.
[[nodiscard]] Result<void> follow_merged(Context& context, log::Directory& directory,
                                         std::span<const log::TopicInfo> topics, const Range& range,
                                         EventPrinter& printer);

}  // namespace kappa::cli

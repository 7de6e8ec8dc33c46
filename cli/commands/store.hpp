#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "frame/command.hpp"
#include "kappa/log/directory.hpp"

namespace kappa::cli {

/// Opening for `create` makes the directory where there is none.
enum class OpenFor { reading, writing, creating };

/// Opens the data directory of the common options, and says on stderr what recovery had to cut off.
[[nodiscard]] Result<std::unique_ptr<log::Directory>> open_directory(const Context& context, OpenFor purpose);
/// Says what recovery has cut off since.
void say_recovery(const Context& context, log::Directory& directory);

/// The topic of that name (a view's changelog and `_catalog` are topics). Errc::not_found with the nearest name.
[[nodiscard]] Result<log::TopicInfo> find_topic(const Context& context, log::Directory& directory,
                                                const std::string& name);
/// Refuses topics of several partitions, which this version's verbs do not take.
[[nodiscard]] Result<void> check_one_partition(const log::TopicInfo& topic);

/// The topic to append a user's events to: it exists, or is created with a notice that names near misses.
/// Errc::conflict for the topics of views; reserved names are refused.
[[nodiscard]] Result<log::TopicInfo> topic_for_append(const Context& context, log::Directory& directory,
                                                      const std::string& name);

/// Says on stderr what a run or a replay warns of. The context outlives it.
[[nodiscard]] std::function<void(const std::string&)> warn_through(const Context& context);

/// `user`, `view`, `errors`, `catalog`.
[[nodiscard]] std::string kind_name(log::TopicKind kind);

/// Asks the terminal to type `yes`, unless `confirmed`; Errc::usage where there is no terminal to ask.
enum class Confirmed { yes, no };
[[nodiscard]] Result<void> confirm(const std::string& question, Confirmed confirmed);

}  // namespace kappa::cli

#pragma once
#include <fmt/format.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

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
/// The topics that are read as one: the one of a single name, whatever it is, or several of users. Errc::usage where
/// one is named twice.
[[nodiscard]] Result<std::vector<log::TopicInfo>> find_topics(const Context& context, log::Directory& directory,
                                                              const std::vector<std::string>& names);
/// The partition that a verb is to work with: the one asked for (Errc::not_found where there is none of this number),
/// or a topic's only one; nullopt: all of several.
[[nodiscard]] Result<std::optional<std::uint32_t>> partition_of(const log::TopicInfo& topic,
                                                                std::optional<std::uint64_t> asked_for);
/// `orders`, or `orders [2]` where the topic has several.
[[nodiscard]] std::string partition_name(const log::TopicInfo& topic, std::uint32_t partition);

/// How many events a partition has, those lost in gaps or removed by compaction not among them.
[[nodiscard]] inline std::uint64_t events_of(const log::PartitionStatus& status) {
  return status.extent.end.value - status.extent.start.value - status.lost_events - status.removed_events;
}

/// `20`, or `20 (10 lost)`.
[[nodiscard]] inline std::string events_text(std::uint64_t events, std::uint64_t lost) {
  return lost == 0 ? std::to_string(events) : fmt::format("{} ({} lost)", events, lost);
}

/// Whether an error is about the bytes or the files of one topic: then it does not hide the others from whoever works
/// through them all, and the first such error is the verb's in the end.
[[nodiscard]] bool is_of_one(const Error& error);
/// In a list, for what such an error keeps from being counted: `damaged`, `unreadable`.
[[nodiscard]] const char* instead_of_count(const Error& error);

/// The topic to append a user's events to: it exists, or is created, of one partition, with a notice that names near
/// misses. Errc::conflict for the topics of views; reserved names are refused. `partition` is the one asked for.
[[nodiscard]] Result<log::TopicInfo> topic_for_append(const Context& context, log::Directory& directory,
                                                      const std::string& name,
                                                      std::optional<std::uint64_t> partition = {});

/// Says on stderr what a run or a replay warns of. The context outlives it.
[[nodiscard]] std::function<void(const std::string&)> warn_through(const Context& context);

/// `user`, `view`, `errors`, `catalog`.
[[nodiscard]] std::string kind_name(log::TopicKind kind);

/// Asks the terminal to type `yes`, unless `confirmed`; Errc::usage where there is no terminal to ask.
enum class Confirmed { yes, no };
[[nodiscard]] Result<void> confirm(const std::string& question, Confirmed confirmed);

}  // namespace kappa::cli

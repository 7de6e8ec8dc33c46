// A repeated append over several partitions is one in each: the events with keys of one partition are the same events,
// in the same order, whenever the input is given again. Those without a key would go here now and there another time.
#include "commands/open_topic_writer.hpp"

#include <fmt/format.h>

#include "commands/store.hpp"

namespace kappa::cli {
namespace {

/// Which of several partitions an append on condition, or a repeated one, is about must be certain.
Result<void> check_several(const log::TopicInfo& topic, const TopicWriterOptions& options) {
  const std::string several = fmt::format("append: {} has {} partitions, and ", topic.name, topic.partitions);
  if (options.expected_end)
    return fail(Errc::usage, several + "--expect-offset is about one of them", "say which: --partition 0");
  if (options.once && !options.may_have_keys)
    return fail(Errc::usage, several + "a repeated append finds the partition of an event by its key; these have none",
                "give them keys with --key-field PATH; or choose with --partition 0, the same each time");
  return {};
}

/// The partition that has had the fewest events.
Result<std::optional<std::size_t>> emptiest(log::Directory& directory, const log::TopicInfo& topic) {
  std::optional<std::size_t> emptiest;
  Offset least;
  for (std::uint32_t number = 0; number < topic.partitions; ++number) {
    auto reader = directory.reader(topic, number);
    if (!reader) return propagate(reader);
    auto extent = (*reader)->extent();
    if (!extent) return propagate(extent);
    if (emptiest && extent->end >= least) continue;
    emptiest = number;
    least = extent->end;
  }
  return emptiest;
}

Result<TopicWriter::Partition> open(log::Directory& directory, const log::TopicInfo& topic, std::uint32_t number,
                                    const TopicWriterOptions& options) {
  auto appender =
      options.once ? directory.once_appender(topic, number, *options.once) : directory.appender(topic, number);
  if (!appender) return propagate(appender);
  return TopicWriter::Partition{number, std::move(*appender)};
}

}  // namespace

Result<std::unique_ptr<TopicWriter>> open_topic_writer(log::Directory& directory, const log::TopicInfo& topic,
                                                       const TopicWriterOptions& options) {
  auto chosen = partition_of(topic, options.partition);
  if (!chosen) return propagate(chosen);
  std::vector<TopicWriter::Partition> partitions;
  if (*chosen) {
    auto only = open(directory, topic, **chosen, options);
    if (!only) return propagate(only);
    partitions.push_back(std::move(*only));
    const auto expected = options.expected_end ? std::optional(Offset{*options.expected_end}) : std::nullopt;
    return std::make_unique<TopicWriter>(std::move(partitions), std::nullopt, expected);
  }
  if (auto fine = check_several(topic, options); !fine) return propagate(fine);
  for (std::uint32_t number = 0; number < topic.partitions; ++number) {
    auto opened = open(directory, topic, number, options);
    if (!opened) return propagate(opened);
    partitions.push_back(std::move(*opened));
  }
  if (options.once) return std::make_unique<TopicWriter>(std::move(partitions), std::nullopt, std::nullopt);
  auto first_keyless = emptiest(directory, topic);
  if (!first_keyless) return propagate(first_keyless);
  return std::make_unique<TopicWriter>(std::move(partitions), *first_keyless, std::nullopt);
}

}  // namespace kappa::cli

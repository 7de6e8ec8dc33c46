#include <fmt/format.h>

#include <memory>

#include "commands/commands.hpp"
#include "commands/store.hpp"

namespace kappa::cli {
namespace {

struct TopicCreateOptions {
  std::string name;
  std::optional<std::uint64_t> partitions;
};

Result<int> topic_create(Context& context, const TopicCreateOptions& options) {
  if (auto fine = log::check_user_topic_name(options.name); !fine) return propagate(fine);
  const std::uint64_t partitions = options.partitions.value_or(1);
  if (partitions < 1 || partitions > log::kPartitionsMax)
    return fail(Errc::usage,
                fmt::format("topic create: {} partitions; 1 to {} are possible", partitions, log::kPartitionsMax));
  auto directory = open_directory(context, OpenFor::creating);
  if (!directory) return propagate(directory);
  auto created = (*directory)->create_topic(options.name, log::TopicKind::user, static_cast<std::uint32_t>(partitions));
  if (!created) return propagate(created);
  context.say(partitions == 1 ? fmt::format("created topic {}", options.name)
                              : fmt::format("created topic {} of {} partitions", options.name, partitions));
  return 0;
}

}  // namespace

Command topic_create_command() {
  auto options = std::make_shared<TopicCreateOptions>();  // Shared: the table and the action both point into it.
  return {"topic create",
          "Make an empty topic",
          {"kappa topic create orders", "kappa topic create clicks --partitions 4",
           "kappa append orders < events.ndjson    # makes the topic too"},
          {{"NAME", "letters, digits, '.', '_' and '-', at most 200", &options->name}},
          {{"--partitions", "N", "How many partitions it has: 1 (default) to 128, which never changes",
            &options->partitions}},
          {},
          [options](Context& context) { return topic_create(context, *options); }};
}

}  // namespace kappa::cli

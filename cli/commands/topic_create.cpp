#include <fmt/format.h>

#include <memory>

#include "commands/commands.hpp"
#include "commands/store.hpp"

namespace kappa::cli {
namespace {

struct TopicCreateOptions {
  std::string name;
};

Result<int> topic_create(Context& context, const TopicCreateOptions& options) {
  if (auto fine = log::check_user_topic_name(options.name); !fine) return propagate(fine);
  auto directory = open_directory(context, OpenFor::creating);
  if (!directory) return propagate(directory);
  auto created = (*directory)->create_topic(options.name, log::TopicKind::user);
  if (!created) return propagate(created);
  context.say(fmt::format("created topic {}", options.name));
  return 0;
}

}  // namespace

Command topic_create_command() {
  auto options = std::make_shared<TopicCreateOptions>();  // Shared: the table and the action both point into it.
  return {"topic create",
          "Make an empty topic",
          {"kappa topic create orders", "kappa topic create orders -d /var/lib/kappa",
           "kappa append orders < events.ndjson    # makes the topic too"},
          {{"NAME", "letters, digits, '.', '_' and '-', at most 200", &options->name}},
          {},
          {},
          [options](Context& context) { return topic_create(context, *options); }};
}

}  // namespace kappa::cli

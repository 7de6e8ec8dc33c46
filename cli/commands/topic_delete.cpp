#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "commands/commands.hpp"
#include "commands/store.hpp"
#include "kappa/replay/views.hpp"

namespace kappa::cli {
namespace {

struct TopicDeleteOptions {
  std::string name;
  bool yes = false;
};

Result<void> check_deletable(log::Directory& directory, const log::TopicInfo& topic) {
  if (topic.kind == log::TopicKind::catalog) {
    return fail(Errc::conflict, fmt::format("{} cannot be deleted", topic.name));
  }
  if (topic.kind != log::TopicKind::user) {
    std::string view = topic.name;
    if (topic.kind == log::TopicKind::errors) view.resize(view.size() - replay::errors_topic("").size());
    return fail(Errc::conflict, fmt::format("{} belongs to a view", topic.name), "kappa view drop " + view);
  }
  auto views = replay::views_reading(directory, topic.name);
  if (!views) return propagate(views);
  if (views->empty()) return {};
  return fail(Errc::conflict, fmt::format("topic {} is read by: {}", topic.name, fmt::join(*views, ", ")),
              fmt::format("kappa view drop {}", views->front()));
}

Result<int> topic_delete(Context& context, const TopicDeleteOptions& options) {
  auto directory = open_directory(context, OpenFor::writing);
  if (!directory) return propagate(directory);
  auto topic = find_topic(context, **directory, options.name);
  if (!topic) return propagate(topic);
  if (auto fine = check_deletable(**directory, *topic); !fine) return propagate(fine);
  const Confirmed confirmed = options.yes ? Confirmed::yes : Confirmed::no;
  if (auto sure = confirm(fmt::format("deleting topic {} and all its events", topic->name), confirmed); !sure) {
    return propagate(sure);
  }
  if (auto deleted = (*directory)->delete_topic(*topic); !deleted) return propagate(deleted);
  context.say(fmt::format("deleted topic {}", topic->name));
  return 0;
}

}  // namespace

Command topic_delete_command() {
  auto options = std::make_shared<TopicDeleteOptions>();  // Shared: the table and the action both point into it.
  return {"topic delete",
          "Remove a topic and its events; refused while a view reads it",
          {"kappa topic delete orders", "kappa topic delete orders --yes", "kappa view list    # what reads it"},
          {{"TOPIC", "a topic", &options->name}},
          {{"-y,--yes", "", "Do not ask", &options->yes}},
          {},
          [options](Context& context) { return topic_delete(context, *options); }};
}

}  // namespace kappa::cli

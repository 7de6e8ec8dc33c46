#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "commands/commands.hpp"
#include "commands/retention_text.hpp"
#include "commands/store.hpp"
#include "text/quantity.hpp"

namespace kappa::cli {
namespace {

struct TopicSetOptions {
  std::string name;
  std::string retention;
  std::string max_bytes;
  bool dry_run = false;
};

/// The topic's retention with what the options change.
Result<log::Retention> changed(log::Retention retention, const TopicSetOptions& options) {
  if (options.retention.empty() && options.max_bytes.empty())
    return fail(Errc::usage, "topic set: what to set?",
                "--retention 30d, --max-bytes 50GiB; forever and none undo them");
  if (options.retention == "forever") retention.age.reset();
  if (!options.retention.empty() && options.retention != "forever") {
    auto age = parse_duration(options.retention);
    if (!age) return propagate(age);
    retention.age = *age;
  }
  if (options.max_bytes == "none") retention.bytes.reset();
  if (!options.max_bytes.empty() && options.max_bytes != "none") {
    auto bytes = parse_bytes(options.max_bytes);
    if (!bytes) return propagate(bytes);
    retention.bytes = *bytes;
  }
  return retention;
}

bool takes_any(const replay::RetentionPlan& plan) {
  return std::ranges::any_of(plan.trims, &log::Trim::takes_any);
}

Result<int> topic_set(Context& context, const TopicSetOptions& options) {
  auto directory = open_directory(context, options.dry_run ? OpenFor::reading : OpenFor::writing);
  if (!directory) return propagate(directory);
  auto topic = find_topic(context, **directory, options.name);
  if (!topic) return propagate(topic);
  auto retention = changed(topic->retention, options);
  if (!retention) return propagate(retention);
  topic->retention = *retention;
  if (!options.dry_run)
    if (auto set = (*directory)->set_retention(*topic, *retention); !set) return propagate(set);
  context.say(fmt::format("{} {} kept {}", topic->name, options.dry_run ? "would be" : "is", retention_text(*topic)));
  auto plan =
      options.dry_run ? replay::plan_retention(**directory, *topic) : replay::apply_retention(**directory, topic->name);
  if (!plan) return propagate(plan);
  say_retention(context, *topic, *plan, options.dry_run ? Retained::would_go : Retained::went);
  if (plan->needed_by.empty() && !takes_any(*plan))
    context.say(options.dry_run ? "nothing would be removed now" : "nothing to remove now");
  return 0;
}

}  // namespace

Command topic_set_command() {
  auto options = std::make_shared<TopicSetOptions>();  // Shared: the table and the action both point into it.
  return {
      "topic set",
      "Say how long the events of a topic are kept; for ever, unless it is said",
      {"kappa topic set clicks --retention 30d --max-bytes 50GiB --dry-run", "kappa topic set clicks --retention 30d",
       "kappa topic set clicks --retention forever --max-bytes none"},
      {{"TOPIC", "a topic", &options->name}},
      {{"--retention", "AGE", "Remove events older than this: 90min, 12h, 30d, 52w; forever", &options->retention},
       {"--max-bytes", "SIZE", "Remove the oldest segments until no more than this is left: 500MB, 50GiB; none",
        &options->max_bytes},
       {"--dry-run", "", "Say what would be removed; change nothing", &options->dry_run}},
      {},
      [options](Context& context) { return topic_set(context, *options); },
      {"Whole segments go, oldest first, at once and then with appends to the topic. Nothing goes as long as a view\n"
       "reads the topic: a run that is started again begins at its first event."}};
}

}  // namespace kappa::cli

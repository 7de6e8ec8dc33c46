#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "commands/commands.hpp"
#include "commands/definition_file.hpp"
#include "commands/retention_text.hpp"
#include "commands/store.hpp"
#include "kappa/replay/compaction.hpp"
#include "text/quantity.hpp"

namespace kappa::cli {
namespace {

struct TopicSetOptions {
  std::string name;
  std::string retention;
  std::string max_bytes;
  std::string compact;
  std::string after;
  bool dry_run = false;

  [[nodiscard]] bool sets_retention() const { return !retention.empty() || !max_bytes.empty(); }
};

Result<void> check_options(const TopicSetOptions& options) {
  if (!options.sets_retention() && options.compact.empty() && options.after.empty())
    return fail(Errc::usage, "topic set: what to set?",
                "--retention 30d, --max-bytes 50GiB (forever and none undo them), --compact key (off undoes it)");
  if (!options.compact.empty() && options.compact != "key" && options.compact != "off")
    return fail(Errc::usage, fmt::format("--compact takes key or off, not \"{}\"", options.compact));
  if (!options.after.empty() && options.compact != "key")
    return fail(Errc::usage, "topic set: --after goes with --compact key");
  return {};
}

/// The topic's retention with what the options change.
Result<log::Retention> changed(log::Retention retention, const TopicSetOptions& options) {
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

/// Where the log of each partition starts; of those that cannot be asked at its beginning.
std::vector<Offset> log_starts(log::Directory& directory, const log::TopicInfo& topic) {
  std::vector<Offset> starts(topic.partitions);
  for (std::uint32_t number = 0; number < topic.partitions; ++number)
    if (const auto status = directory.status(topic, number)) starts[number] = status->extent.start;
  return starts;
}

/// What a retention that has failed had removed before.
replay::RetentionPlan gone_since(const std::vector<Offset>& before, const std::vector<Offset>& now) {
  replay::RetentionPlan gone;
  for (std::uint32_t number = 0; number < now.size(); ++number)
    if (now[number] > before[number])
      gone.trims.push_back({.partition = number, .begin = before[number], .end = now[number]});
  return gone;
}

Result<void> set_retention(Context& context, log::Directory& directory, log::TopicInfo topic,
                           const TopicSetOptions& options) {
  auto retention = changed(topic.retention, options);
  if (!retention) return propagate(retention);
  topic.retention = *retention;
  if (!options.dry_run)
    if (auto set = directory.set_retention(topic, *retention); !set) return set;
  context.say(fmt::format("{} {} kept {}", topic.name, options.dry_run ? "would be" : "is", retention_text(topic)));
  const std::vector<Offset> before = log_starts(directory, topic);
  auto plan =
      options.dry_run ? replay::plan_retention(directory, topic) : replay::apply_retention(directory, topic.name);
  if (!plan) {
    say_retention(context, topic, gone_since(before, log_starts(directory, topic)), Retained::went);
    return propagate(plan);
  }
  say_retention(context, topic, *plan, options.dry_run ? Retained::would_go : Retained::went);
  if (plan->needed_by.empty() && !takes_any(*plan))
    context.say(options.dry_run ? "nothing would be removed now" : "nothing to remove now");
  return {};
}

/// What has been replaced for longer than this goes.
constexpr Micros kCompactAfter = Micros{24} * 3600 * 1'000'000;

Result<std::optional<Micros>> compact_after(const TopicSetOptions& options) {
  if (options.compact == "off") return std::nullopt;
  if (options.after.empty()) return kCompactAfter;
  if (options.after == "0") return 0;
  auto age = parse_duration(options.after);
  if (!age) return propagate(age);
  return *age;
}

Result<void> set_compaction(Context& context, log::Directory& directory, log::TopicInfo topic,
                            const TopicSetOptions& options) {
  auto after = compact_after(options);
  if (!after) return propagate(after);
  auto set = options.dry_run ? replay::check_compaction(directory, topic.name, *after, compile_stored)
                             : replay::set_compaction(directory, topic.name, *after, compile_stored);
  if (!set) return set;
  topic.compact_after = *after;
  context.say(fmt::format("{} {} {}", topic.name, options.dry_run ? "would be" : "is", compaction_text(topic)));
  if (*after) context.say(fmt::format("kappa topic compact {} removes what may go", topic.name));
  return {};
}

Result<int> topic_set(Context& context, const TopicSetOptions& options) {
  if (auto checked = check_options(options); !checked) return propagate(checked);
  auto directory = open_directory(context, options.dry_run ? OpenFor::reading : OpenFor::writing);
  if (!directory) return propagate(directory);
  auto topic = find_topic(context, **directory, options.name);
  if (!topic) return propagate(topic);
  if (!options.compact.empty())
    if (auto set = set_compaction(context, **directory, *topic, options); !set) return propagate(set);
  if (options.sets_retention())
    if (auto set = set_retention(context, **directory, *topic, options); !set) return propagate(set);
  return 0;
}

}  // namespace

Command topic_set_command() {
  auto options = std::make_shared<TopicSetOptions>();  // Shared: the table and the action both point into it.
  return {
      "topic set",
      "Say how long the events of a topic are kept, and which; all and for ever, unless it is said",
      {"kappa topic set clicks --retention 30d --max-bytes 50GiB --dry-run", "kappa topic set clicks --retention 30d",
       "kappa topic set clicks --retention forever --max-bytes none",
       "kappa topic set accounts --compact key --after 7d"},
      {{"TOPIC", "a topic", &options->name}},
      {{"--retention", "AGE", "Remove events older than this: 90min, 12h, 30d, 52w; forever", &options->retention},
       {"--max-bytes", "SIZE", "Remove the oldest segments until no more than this is left: 500MB, 50GiB; none",
        &options->max_bytes},
       {"--compact", "HOW", "key: of each key only the present row is kept, by the tables with a PRIMARY KEY; off",
        &options->compact},
       {"--after", "AGE", "With --compact key: only where it is older than this: 24h unless said; 0", &options->after},
       {"--dry-run", "", "Say what would be removed; change nothing", &options->dry_run}},
      {},
      [options](Context& context) { return topic_set(context, *options); },
      {"Whole segments go, oldest first, at once and then with appends to the topic. Nothing goes as long as a view\n"
       "reads the topic: a run that is started again begins at its first event. With --compact it is kappa topic "
       "compact\n"
       "that removes what later events have replaced, and what says that a key has no row, once every view over the\n"
       "topic has taken it and it is old enough; no view's contents or errors change by it."}};
}

}  // namespace kappa::cli

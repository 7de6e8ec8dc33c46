#include "commands/retention_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "commands/store.hpp"
#include "text/quantity.hpp"
#include "text/table.hpp"
#include "text/time_text.hpp"

namespace kappa::cli {

std::string retention_text(const log::TopicInfo& topic) {
  const log::Retention& retention = topic.retention;
  if (retention == log::Retention{}) return "for ever";
  std::string text;
  if (retention.age) text = "for " + duration_text(*retention.age);
  if (retention.bytes) text += (text.empty() ? "" : ", ") + ("at most " + human_bytes(*retention.bytes));
  if (retention.bytes && topic.partitions > 1) text += " in each partition";
  return text;
}

std::string compaction_text(const log::TopicInfo& topic) {
  if (!topic.compact_after) return "not compacted";
  if (*topic.compact_after == 0) return "compacted by key, at once";
  return "compacted by key, after " + duration_text(*topic.compact_after);
}

void say_retention(const Context& context, const log::TopicInfo& topic, const replay::RetentionPlan& plan,
                   Retained what) {
  if (!plan.needed_by.empty())
    context.say(fmt::format("nothing is removed from {} as long as a view reads it: {}", topic.name,
                            fmt::join(plan.needed_by, ", ")));
  for (const log::Trim& trim : plan.trims) {
    if (!trim.takes_any()) continue;
    const std::uint64_t events = trim.end.value - trim.begin.value;
    std::string line = fmt::format(
        "{} offsets {}..{} of {}: {} event{}", what == Retained::went ? "removed" : "would remove", trim.begin.value,
        trim.end.value - 1, partition_name(topic, trim.partition), events, events == 1 ? "" : "s");
    if (trim.segments > 0)
      line += fmt::format(" in {} segment{}, {}, the newest of {}", trim.segments, trim.segments == 1 ? "" : "s",
                          human_bytes(trim.bytes), rfc3339(trim.last_append_time));
    context.say(line);
  }
}

}  // namespace kappa::cli

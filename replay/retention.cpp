// Retention and views. A run that is started again computes from the first event of its inputs, so as long as a view
// reads a topic none of its events may go. The plan is made upon one state of the catalog, and what is recorded depends
// on that state: a view that is defined meanwhile makes the plan void, and it is made again.
#include "kappa/replay/retention.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kappa/replay/views.hpp"

namespace kappa::replay {

Result<RetentionPlan> plan_retention(log::Directory& directory, const log::TopicInfo& topic) {
  RetentionPlan plan;
  auto views = views_reading(directory, topic.name);
  if (!views) return propagate(views);
  plan.needed_by = std::move(*views);
  if (!plan.needed_by.empty()) return plan;
  auto trims = directory.plan_retention(topic);
  if (!trims) return propagate(trims);
  plan.trims = std::move(*trims);
  return plan;
}

namespace {

/// Leaves of the plan what has gone: an event that was appended meanwhile keeps its segment.
Result<void> keep_done(log::Directory& directory, const log::TopicInfo& topic, std::vector<log::Trim>& trims) {
  for (log::Trim& trim : trims) {
    auto reader = directory.reader(topic, trim.partition);
    if (!reader) return propagate(reader);
    auto extent = (*reader)->extent();
    if (!extent) return propagate(extent);
    if (extent->start >= trim.end) continue;
    trim.end = std::max(trim.begin, extent->start);
    trim.segments = 0;
    trim.bytes = 0;
  }
  std::erase_if(trims, [](const log::Trim& trim) { return !trim.takes_any(); });
  return {};
}

}  // namespace

Result<RetentionPlan> apply_retention(log::Directory& directory, const std::string& name) {
  for (;;) {
    auto contents = directory.catalog().read();
    if (!contents) return propagate(contents);
    auto topic = directory.catalog().find_topic(name);
    if (!topic) return propagate(topic);
    if (!*topic) return fail(Errc::not_found, fmt::format("there is no topic '{}' (any more)", name));
    auto plan = plan_retention(directory, **topic);
    if (!plan || plan->trims.empty()) return plan;
    auto trimmed = directory.trim(**topic, plan->trims, contents->end);
    if (!trimmed) return propagate(trimmed);
    if (!*trimmed) continue;
    if (auto kept = keep_done(directory, **topic, plan->trims); !kept) return propagate(kept);
    return plan;
  }
}

}  // namespace kappa::replay

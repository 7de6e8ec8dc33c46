// Retention and views. A run that is started again computes from the first event of its inputs, so as long as a view
// reads a topic none of its events may go. The plan is made upon one state of the catalog, and what is recorded depends
// on that state: a view that is defined meanwhile makes the plan void, and it is made again.
#include "kappa/replay/retention.hpp"

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

Result<RetentionPlan> apply_retention(log::Directory& directory, const log::TopicInfo& topic) {
  for (;;) {
    auto contents = directory.catalog().read();
    if (!contents) return propagate(contents);
    auto plan = plan_retention(directory, topic);
    if (!plan || plan->trims.empty()) return plan;
    auto trimmed = directory.trim(topic, plan->trims, contents->end);
    if (trimmed) return plan;
    if (trimmed.error().code != Errc::conflict) return propagate(trimmed);
  }
}

}  // namespace kappa::replay

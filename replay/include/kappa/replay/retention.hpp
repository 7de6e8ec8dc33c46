#pragma once
#include <string>
#include <vector>

#include "kappa/base/result.hpp"
#include "kappa/log/directory.hpp"

namespace kappa::replay {

/// What the retention of a topic takes, and what stands against it.
struct RetentionPlan {
  std::vector<log::Trim> trims;        ///< Empty as long as a view needs the events.
  std::vector<std::string> needed_by;  ///< Views that read the topic: a run of theirs begins at its first event.
};

/// What would go now, by `topic.retention`, which need not be recorded yet.
[[nodiscard]] Result<RetentionPlan> plan_retention(log::Directory& directory, const log::TopicInfo& topic);

/// Takes it: recorded in the catalog first, on condition that no view was defined meanwhile. Returns what was taken.
[[nodiscard]] Result<RetentionPlan> apply_retention(log::Directory& directory, const log::TopicInfo& topic);

}  // namespace kappa::replay

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

/// Takes what goes by the topic's recorded retention: recorded in the catalog first, on condition that nothing happened
/// there meanwhile, as a view being defined or the retention being changed. Returns what was taken. Errc::not_found if
/// the topic is gone.
[[nodiscard]] Result<RetentionPlan> apply_retention(log::Directory& directory, const std::string& topic);

}  // namespace kappa::replay

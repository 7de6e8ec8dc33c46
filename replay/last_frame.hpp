#pragma once
#include "kappa/base/result.hpp"
#include "kappa/log/directory.hpp"

namespace kappa::replay {

/// The last frame of a topic at or below a sequence that is still in the log, as a place that whoever reads the topic
/// comes to; kNoSequence: there is none. Reads the headers of all frames up to there.
[[nodiscard]] Result<Sequence> last_frame(log::Directory& directory, const log::TopicInfo& topic, Sequence through);

}  // namespace kappa::replay

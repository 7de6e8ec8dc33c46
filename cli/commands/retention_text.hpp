#pragma once
#include <string>

#include "frame/command.hpp"
#include "kappa/log/topic.hpp"
#include "kappa/replay/retention.hpp"

namespace kappa::cli {

/// How the topic's events are kept: "for ever", or how long and how much.
[[nodiscard]] std::string retention_text(const log::TopicInfo& topic);

/// Which events are kept: "compacted by key, after 24 h", or "not compacted".
[[nodiscard]] std::string compaction_text(const log::TopicInfo& topic);

enum class Retained { would_go, went };
/// Says on stderr what goes or went, and what stands against it; nothing where nothing does.
void say_retention(const Context& context, const log::TopicInfo& topic, const replay::RetentionPlan& plan,
                   Retained what);

}  // namespace kappa::cli

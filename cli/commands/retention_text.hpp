#pragma once
#include <string>

#include "frame/command.hpp"
#include "kappa/log/topic.hpp"
#include "kappa/replay/retention.hpp"

namespace kappa::cli {

/// "for ever", or how long and how much.
[[nodiscard]] std::string retention_text(const log::Retention& retention);

enum class Retained { would_go, went };
/// Says on stderr what goes or went, and what stands against it; nothing where nothing does.
void say_retention(const Context& context, const std::string& topic, const replay::RetentionPlan& plan, Retained what);

}  // namespace kappa::cli

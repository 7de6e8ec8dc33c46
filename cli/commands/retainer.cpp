#include "commands/retainer.hpp"

#include <fmt/format.h>

#include "commands/retention_text.hpp"

namespace kappa::cli {

void Retainer::apply() {
  due_ = Clock::now() + kInterval;
  const auto topic = directory_.catalog().find_topic(topic_);
  if (!topic || !*topic || (*topic)->retention == log::Retention{}) return;
  const auto plan = replay::apply_retention(directory_, topic_);
  if (!plan) return context_.say(fmt::format("{}: retention was not applied: {}", topic_, plan.error().message));
  // That a view keeps everything was said when the retention was set, and is no news with each append.
  if (plan->needed_by.empty()) say_retention(context_, **topic, *plan, Retained::went);
}

}  // namespace kappa::cli

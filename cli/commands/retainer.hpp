#pragma once
#include <chrono>
#include <string>

#include "frame/command.hpp"
#include "kappa/log/directory.hpp"

namespace kappa::cli {

/// Applies a topic's retention beside the work of a command: when it begins, once a minute and when it ends. What goes
/// wrong is said and is no failure of the command.
class Retainer {
 public:
  Retainer(const Context& context, log::Directory& directory, std::string topic)
      : context_(context), directory_(directory), topic_(std::move(topic)) {}

  void apply();
  void apply_if_due() {
    if (Clock::now() >= due_) apply();
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::minutes kInterval{1};

  const Context& context_;
  log::Directory& directory_;
  std::string topic_;
  Clock::time_point due_;
};

}  // namespace kappa::cli

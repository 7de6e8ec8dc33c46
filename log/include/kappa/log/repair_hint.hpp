#pragma once
#include <string>
#include <string_view>

#include "kappa/base/shell_quoted.hpp"

namespace kappa::log {

/// The commands that repair a data directory, as they stand in hints.
[[nodiscard]] inline std::string repair_command(std::string_view directory) {
  return "kappa repair -d " + shell_quoted(directory);
}
[[nodiscard]] inline std::string repair_from_backup_command(std::string_view directory) {
  return "kappa repair --from BACKUP -d " + shell_quoted(directory);
}

/// The same, told of damage to a file or a directory below DIR/topics: what can be done without a backup and with one.
[[nodiscard]] inline std::string repair_hint(std::string_view path_in_topics) {
  const std::string_view directory = path_in_topics.substr(0, path_in_topics.rfind("/topics/"));
  return repair_from_backup_command(directory) +
         " heals it from a backup; what can be done without one is shown by: " + repair_command(directory);
}

}  // namespace kappa::log

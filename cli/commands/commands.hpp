#pragma once
#include <vector>

#include "frame/command.hpp"

namespace kappa::cli {

/// One function a verb, each in its own file. `help` belongs to the frame.
[[nodiscard]] Command topic_create_command();
[[nodiscard]] Command topic_list_command();
[[nodiscard]] Command topic_info_command();
[[nodiscard]] Command topic_set_command();
[[nodiscard]] Command topic_compact_command();
[[nodiscard]] Command topic_delete_command();
[[nodiscard]] Command append_command();
[[nodiscard]] Command read_command();
[[nodiscard]] Command tail_command();
[[nodiscard]] Command run_command();
[[nodiscard]] Command replay_command();
[[nodiscard]] Command view_list_command();
[[nodiscard]] Command view_info_command();
[[nodiscard]] Command view_drop_command();
[[nodiscard]] Command verify_command();
[[nodiscard]] Command backup_command();
[[nodiscard]] Command restore_command();
[[nodiscard]] Command repair_command();
[[nodiscard]] Command demo_nexmark_command();
[[nodiscard]] Command version_command();

/// All verbs, in the order in which help lists them.
[[nodiscard]] std::vector<Command> all_commands();

}  // namespace kappa::cli

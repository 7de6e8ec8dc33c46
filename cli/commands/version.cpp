#include "commands/commands.hpp"

namespace kappa::cli {
namespace {

constexpr const char* kVersionLine = "kappa " KAPPA_VERSION "\n";

Command help_entry() {
  return {"help",
          "What the verbs are and do",
          {"kappa help", "kappa help append", "kappa help topic create"},
          {},
          {},
          {},
          [](Context&) -> Result<int> { return 0; }};
}

}  // namespace

Command version_command() {
  return {"version",
          "The version of this command",
          {"kappa version", "kappa --version", "kappa version | cut -d' ' -f2"},
          {},
          {},
          {},
          [](Context& context) -> Result<int> {
            if (auto written = context.out.write(kVersionLine); !written) return propagate(written);
            return 0;
          }};
}

std::vector<Command> all_commands() {
  return {append_command(),    read_command(),          tail_command(),         run_command(),
          replay_command(),    topic_create_command(),  topic_list_command(),   topic_info_command(),
          topic_set_command(), topic_compact_command(), topic_delete_command(), view_list_command(),
          view_info_command(), view_drop_command(),     verify_command(),       backup_command(),
          restore_command(),   repair_command(),        demo_nexmark_command(), help_entry(),
          version_command()};
}

}  // namespace kappa::cli

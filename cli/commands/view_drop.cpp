#include <fmt/format.h>

#include <memory>

#include "commands/commands.hpp"
#include "commands/store.hpp"
#include "kappa/replay/views.hpp"

namespace kappa::cli {
namespace {

struct ViewDropOptions {
  std::string name;
  bool yes = false;
};

Result<int> view_drop(Context& context, const ViewDropOptions& options) {
  auto directory = open_directory(context, OpenFor::writing);
  if (!directory) return propagate(directory);
  auto view = replay::find_view(**directory, options.name);
  if (!view) return propagate(view);
  const Confirmed confirmed = options.yes ? Confirmed::yes : Confirmed::no;
  if (auto sure = confirm(fmt::format("dropping view {} with its changelog", view->name), confirmed); !sure) {
    return propagate(sure);
  }
  if (auto dropped = replay::drop_view(**directory, view->name); !dropped) return propagate(dropped);
  context.say(fmt::format("dropped view {}", view->name));
  return 0;
}

}  // namespace

Command view_drop_command() {
  auto options = std::make_shared<ViewDropOptions>();  // Shared: the table and the action both point into it.
  return {"view drop",
          "Remove a view with its changelog; its inputs stay",
          {"kappa view drop revenue", "kappa view drop revenue --yes",
           "kappa view drop revenue --yes && kappa run revenue.sql    # a changed definition"},
          {{"VIEW", "a view", &options->name}},
          {{"-y,--yes", "", "Do not ask", &options->yes}},
          {},
          [options](Context& context) { return view_drop(context, *options); }};
}

}  // namespace kappa::cli

#include <fmt/format.h>

#include <memory>

#include "commands/commands.hpp"
#include "commands/store.hpp"
#include "kappa/replay/views.hpp"
#include "text/json_scan.hpp"
#include "text/table.hpp"

namespace kappa::cli {
namespace {

struct ViewInfoOptions {
  std::string name;
};

/// Where an output stands after its last whole commit.
struct Progress {
  Sequence through;
  processor::Fingerprint fingerprint;
  std::uint64_t commits = 0;
};

Result<Progress> progress_of(log::Directory& directory, const std::string& topic) {
  auto commits = replay::recorded_commits(directory, topic);
  if (!commits) return propagate(commits);
  if (commits->empty()) return Progress{};
  return Progress{commits->back().through, commits->back().fingerprint, commits->size()};
}

std::string as_json(const replay::ViewInfo& view, const Progress& contents, const Progress& errors) {
  return fmt::format(
      R"({{"view":{},"version":{},"defined":{},"through":{},"rows":{},"fingerprint":"{}","commits":{},"errors":{},"sql":{}}})"
      "\n",
      json_string(view.name), view.version, view.defined.value, contents.through.value, contents.fingerprint.weight,
      processor::to_text(contents.fingerprint), contents.commits, errors.fingerprint.weight, json_string(view.sql));
}

std::string as_text(const replay::ViewInfo& view, const Progress& contents, const Progress& errors) {
  TextTable table({{"view"}, {view.name}});
  table.add({"version", std::to_string(view.version)});
  table.add({"defined", fmt::format("sequence {}", view.defined.value)});
  table.add({"through", std::to_string(contents.through.value)});
  table.add({"rows", std::to_string(contents.fingerprint.weight)});
  table.add({"fingerprint", processor::to_text(contents.fingerprint)});
  table.add({"commits", std::to_string(contents.commits)});
  table.add({"errors", std::to_string(errors.fingerprint.weight)});
  for (const replay::TableSpec& read : view.tables) {
    table.add({"reads", fmt::format("table {} over topic {}", read.name, read.topic)});
  }
  return table.text() + (view.sql.empty() ? "" : "\n" + view.sql + (view.sql.ends_with('\n') ? "" : "\n"));
}

Result<int> view_info(Context& context, const ViewInfoOptions& options) {
  auto directory = open_directory(context, OpenFor::reading);
  if (!directory) return propagate(directory);
  auto view = replay::find_view(**directory, options.name);
  if (!view) return propagate(view);
  auto contents = progress_of(**directory, view->name);
  if (!contents) return propagate(contents);
  auto errors = progress_of(**directory, replay::errors_topic(view->name));
  if (!errors) return propagate(errors);
  const bool json = context.common.mode() == OutputMode::json;
  auto written = context.out.write(json ? as_json(*view, *contents, *errors) : as_text(*view, *contents, *errors));
  if (!written) return propagate(written);
  return 0;
}

}  // namespace

Command view_info_command() {
  auto options = std::make_shared<ViewInfoOptions>();  // Shared: the table and the action both point into it.
  return {"view info",
          "Definition, position and fingerprint of a view",
          {"kappa view info revenue", "kappa view info revenue -O json",
           "kappa view info revenue -O json | jq -r .fingerprint"},
          {{"VIEW", "a view", &options->name}},
          {},
          {"table", "json"},
          [options](Context& context) { return view_info(context, *options); }};
}

}  // namespace kappa::cli

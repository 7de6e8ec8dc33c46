#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>
#include <memory>

#include "commands/commands.hpp"
#include "commands/store.hpp"
#include "kappa/replay/views.hpp"
#include "text/json_scan.hpp"
#include "text/table.hpp"

namespace kappa::cli {
namespace {

std::vector<std::string> topics_of(const replay::ViewInfo& view) {
  std::vector<std::string> topics;
  for (const replay::TableSpec& table : view.tables) topics.push_back(table.topic);
  return topics;
}

Result<int> view_list(Context& context) {
  auto directory = open_directory(context, OpenFor::reading);
  if (!directory) return propagate(directory);
  auto views = replay::list_views(**directory);
  if (!views) return propagate(views);
  TextTable table({{"VIEW"}, {"THROUGH", TextTable::Align::right}, {"ROWS", TextTable::Align::right}, {"READS"}});
  const bool json = context.common.mode() == OutputMode::ndjson;
  for (const replay::ViewInfo& view : *views) {
    auto commits = replay::recorded_commits(**directory, view.name);
    if (!commits) return propagate(commits);
    const Sequence through = commits->empty() ? kNoSequence : commits->back().through;
    const std::int64_t rows = commits->empty() ? 0 : commits->back().fingerprint.weight;
    const std::vector<std::string> topics = topics_of(view);
    table.add(
        {view.name, std::to_string(through.value), std::to_string(rows), fmt::format("{}", fmt::join(topics, ", "))});
    if (!json) continue;
    std::vector<std::string> quoted;
    for (const std::string& topic : topics) quoted.push_back(json_string(topic));
    fmt::format_to(std::back_inserter(context.out.buffer()),
                   R"({{"view":{},"through":{},"rows":{},"reads":[{}]}})"
                   "\n",
                   json_string(view.name), through.value, rows, fmt::join(quoted, ","));
  }
  if (json) return 0;
  if (auto written = context.out.write(table.text()); !written) return propagate(written);
  return 0;
}

}  // namespace

Command view_list_command() {
  return {"view list",
          "The views, how far each has come and how many rows it has",
          {"kappa view list", "kappa view list -O ndjson", "kappa view list -O ndjson | jq -r .view"},
          {},
          {},
          {"table", "ndjson"},
          [](Context& context) { return view_list(context); }};
}

}  // namespace kappa::cli

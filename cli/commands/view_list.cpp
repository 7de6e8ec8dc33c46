#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>
#include <utility>
#include <vector>

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

struct Progress {
  Sequence through;
  std::int64_t rows = 0;
};

Result<Progress> progress_of(log::Directory& directory, const replay::ViewInfo& view) {
  auto commits = replay::recorded_commits(directory, view.name);
  if (!commits) return propagate(commits);
  if (commits->empty()) return Progress{};
  return Progress{commits->back().through, commits->back().fingerprint.weight};
}

using Rows = std::vector<std::pair<replay::ViewInfo, Result<Progress>>>;

std::string as_table(const Rows& rows) {
  TextTable table({{"VIEW"}, {"THROUGH", TextTable::Align::right}, {"ROWS", TextTable::Align::right}, {"READS"}});
  for (const auto& [view, progress] : rows) {
    table.add({view.name, progress ? std::to_string(progress->through.value) : instead_of_count(progress.error()),
               progress ? std::to_string(progress->rows) : "", fmt::format("{}", fmt::join(topics_of(view), ", "))});
  }
  return table.text();
}

std::string as_ndjson(const Rows& rows) {
  std::string text;
  for (const auto& [view, progress] : rows) {
    std::vector<std::string> quoted;
    for (const std::string& topic : topics_of(view)) quoted.push_back(json_string(topic));
    const std::string counts = progress
                                   ? fmt::format(R"("through":{},"rows":{})", progress->through.value, progress->rows)
                                   : R"("through":null,"rows":null)";
    fmt::format_to(std::back_inserter(text),
                   R"({{"view":{},{},"reads":[{}]}})"
                   "\n",
                   json_string(view.name), counts, fmt::join(quoted, ","));
  }
  return text;
}

/// One damaged or unreadable view does not hide the others: its row says so, and the first is the verb's error.
Result<int> view_list(Context& context) {
  auto directory = open_directory(context, OpenFor::reading);
  if (!directory) return propagate(directory);
  auto views = replay::list_views(**directory);
  if (!views) return propagate(views);
  Rows rows;
  Result<int> outcome = 0;
  for (replay::ViewInfo& view : *views) {
    auto progress = progress_of(**directory, view);
    if (!progress && !is_of_one(progress.error())) return propagate(progress);
    if (!progress && outcome) outcome = std::unexpected(progress.error());
    rows.emplace_back(std::move(view), std::move(progress));
  }
  const bool json = context.common.mode() == OutputMode::ndjson;
  if (auto written = context.out.write(json ? as_ndjson(rows) : as_table(rows)); !written) return propagate(written);
  if (auto flushed = context.out.flush(); !flushed) return propagate(flushed);
  return outcome;
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

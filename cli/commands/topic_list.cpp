#include <fmt/format.h>

#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "commands/commands.hpp"
#include "commands/store.hpp"
#include "text/json_scan.hpp"
#include "text/table.hpp"

namespace kappa::cli {
namespace {

struct TopicListOptions {
  bool all = false;
};

struct TopicTotals {
  std::uint64_t events = 0;
  std::uint64_t lost = 0;  ///< In gaps; not among the events.
  std::uint64_t bytes = 0;
};

Result<TopicTotals> totals(log::Directory& directory, const log::TopicInfo& topic) {
  TopicTotals sum;
  for (std::uint32_t partition = 0; partition < topic.partitions; ++partition) {
    const auto status = directory.status(topic, partition);
    if (!status) return std::unexpected(status.error());
    sum.events += events_of(*status);
    sum.lost += status->lost_events;
    sum.bytes += status->bytes;
  }
  return sum;
}

using Rows = std::vector<std::pair<log::TopicInfo, Result<TopicTotals>>>;

std::string as_table(const Rows& rows) {
  using Align = TextTable::Align;
  TextTable table(
      {{"TOPIC"}, {"KIND"}, {"PARTITIONS", Align::right}, {"EVENTS", Align::right}, {"STORED", Align::right}});
  for (const auto& [topic, sum] : rows) {
    table.add({topic.name, kind_name(topic.kind), std::to_string(topic.partitions),
               sum ? events_text(sum->events, sum->lost) : instead_of_count(sum.error()),
               sum ? human_bytes(sum->bytes) : ""});
  }
  return table.text();
}

std::string as_ndjson(const Rows& rows) {
  std::string text;
  for (const auto& [topic, sum] : rows) {
    const std::string totals =
        sum ? fmt::format(R"("events":{},"lost":{},"stored_bytes":{})", sum->events, sum->lost, sum->bytes)
            : R"("events":null,"lost":null,"stored_bytes":null)";
    fmt::format_to(std::back_inserter(text),
                   R"({{"topic":{},"kind":"{}","partitions":{},{}}})"
                   "\n",
                   json_string(topic.name), kind_name(topic.kind), topic.partitions, totals);
  }
  return text;
}

/// One damaged or unreadable topic does not hide the others: its row says so, and the first is the verb's error.
Result<int> topic_list(Context& context, const TopicListOptions& options) {
  auto directory = open_directory(context, OpenFor::reading);
  if (!directory) return propagate(directory);
  auto topics = (*directory)->catalog().topics();
  if (!topics) return propagate(topics);
  Rows rows;
  Result<int> outcome = 0;
  for (log::TopicInfo& topic : *topics) {
    if (!options.all && topic.kind != log::TopicKind::user) continue;
    auto sum = totals(**directory, topic);
    if (!sum && sum.error().code == Errc::not_found) continue;  // Deleted since.
    if (!sum && !is_of_one(sum.error())) return propagate(sum);
    if (!sum && outcome) outcome = std::unexpected(sum.error());
    rows.emplace_back(std::move(topic), std::move(sum));
  }
  const bool json = context.common.mode() == OutputMode::ndjson;
  if (auto written = context.out.write(json ? as_ndjson(rows) : as_table(rows)); !written) return propagate(written);
  if (auto flushed = context.out.flush(); !flushed) return propagate(flushed);
  return outcome;
}

}  // namespace

Command topic_list_command() {
  auto options = std::make_shared<TopicListOptions>();  // Shared: the table and the action both point into it.
  return {"topic list",
          "The topics of the directory, with events and size",
          {"kappa topic list", "kappa topic list --all", "kappa topic list -O ndjson | jq -r .topic"},
          {},
          {{"-a,--all", "", "Also the topics of views and their errors", &options->all}},
          {"table", "ndjson"},
          [options](Context& context) { return topic_list(context, *options); }};
}

}  // namespace kappa::cli

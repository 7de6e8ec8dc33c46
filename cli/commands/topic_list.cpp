#include <fmt/format.h>

#include <iterator>
#include <memory>

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
  std::uint64_t bytes = 0;
};

Result<TopicTotals> totals(log::Directory& directory, const log::TopicInfo& topic) {
  TopicTotals sum;
  for (std::uint32_t partition = 0; partition < topic.partitions; ++partition) {
    const auto status = directory.status(topic, partition);
    if (!status) return std::unexpected(status.error());
    sum.events += status->extent.end.value - status->extent.start.value;
    sum.bytes += status->bytes;
  }
  return sum;
}

Result<int> topic_list(Context& context, const TopicListOptions& options) {
  auto directory = open_directory(context, OpenFor::reading);
  if (!directory) return propagate(directory);
  auto topics = (*directory)->catalog().topics();
  if (!topics) return propagate(topics);
  using Align = TextTable::Align;
  TextTable table(
      {{"TOPIC"}, {"KIND"}, {"PARTITIONS", Align::right}, {"EVENTS", Align::right}, {"STORED", Align::right}});
  const bool json = context.common.mode() == OutputMode::ndjson;
  for (const log::TopicInfo& topic : *topics) {
    if (!options.all && topic.kind != log::TopicKind::user) continue;
    auto sum = totals(**directory, topic);
    if (!sum) return propagate(sum);
    table.add({topic.name, kind_name(topic.kind), std::to_string(topic.partitions), std::to_string(sum->events),
               human_bytes(sum->bytes)});
    if (json) {
      fmt::format_to(std::back_inserter(context.out.buffer()),
                     R"({{"topic":{},"kind":"{}","partitions":{},"events":{},"stored_bytes":{}}})"
                     "\n",
                     json_string(topic.name), kind_name(topic.kind), topic.partitions, sum->events, sum->bytes);
    }
  }
  if (json) return 0;
  if (auto written = context.out.write(table.text()); !written) return propagate(written);
  return 0;
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

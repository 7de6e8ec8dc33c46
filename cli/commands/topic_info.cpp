#include <fmt/format.h>

#include <chrono>
#include <iterator>
#include <memory>

#include "commands/commands.hpp"
#include "commands/retention_text.hpp"
#include "commands/store.hpp"
#include "text/json_scan.hpp"
#include "text/table.hpp"
#include "text/time_text.hpp"

namespace kappa::cli {
namespace {

struct TopicInfoOptions {
  std::string name;
};

std::string time_or_null(Micros time, const log::PartitionStatus& status) {
  return status.extent.last == kNoSequence ? "null" : json_string(rfc3339(time));
}

std::string as_json(const log::TopicInfo& topic, std::uint32_t partition, const log::PartitionStatus& status) {
  return fmt::format(
      R"({{"topic":{},"kind":"{}","id":"{:016x}{:016x}","partition":{},"start":{},"end":{},"events":{},)"
      R"("segments":{},"stored_bytes":{},"first_append_time":{},"last_append_time":{},"last_sequence":{},)"
      R"("retention_seconds":{},"max_bytes":{}}})"
      "\n",
      json_string(topic.name), kind_name(topic.kind), topic.id.words[0], topic.id.words[1], partition,
      status.extent.start.value, status.extent.end.value, status.extent.end.value - status.extent.start.value,
      status.segments, status.bytes, time_or_null(status.first_append_time, status),
      time_or_null(status.extent.last_append_time, status), status.extent.last.value,
      topic.retention.age
          ? std::to_string(
                std::chrono::floor<std::chrono::seconds>(std::chrono::microseconds(*topic.retention.age)).count())
          : "null",
      topic.retention.bytes ? std::to_string(*topic.retention.bytes) : "null");
}

std::string as_text(const log::TopicInfo& topic, std::uint32_t partition, const log::PartitionStatus& status) {
  TextTable table({{"topic"}, {topic.name}});
  const bool empty = status.extent.last == kNoSequence;
  table.add({"kind", kind_name(topic.kind)});
  table.add({"id", fmt::format("{:016x}{:016x}", topic.id.words[0], topic.id.words[1])});
  table.add({"partition", std::to_string(partition)});
  table.add({"offsets", fmt::format("{}..{}", status.extent.start.value, status.extent.end.value)});
  table.add({"events", std::to_string(status.extent.end.value - status.extent.start.value)});
  table.add({"stored", fmt::format("{} in {} segment{}", human_bytes(status.bytes), status.segments,
                                   status.segments == 1 ? "" : "s")});
  table.add({"first append", empty ? "-" : rfc3339(status.first_append_time)});
  table.add({"last append", empty ? "-" : rfc3339(status.extent.last_append_time)});
  table.add({"last sequence", std::to_string(status.extent.last.value)});
  table.add({"kept", retention_text(topic.retention)});
  return table.text();
}

Result<int> topic_info(Context& context, const TopicInfoOptions& options) {
  auto directory = open_directory(context, OpenFor::reading);
  if (!directory) return propagate(directory);
  auto topic = find_topic(context, **directory, options.name);
  if (!topic) return propagate(topic);
  for (std::uint32_t partition = 0; partition < topic->partitions; ++partition) {
    const auto status = (*directory)->status(*topic, partition);
    if (!status) return std::unexpected(status.error());
    const bool json = context.common.mode() == OutputMode::json;
    auto written = context.out.write(json ? as_json(*topic, partition, *status) : as_text(*topic, partition, *status));
    if (!written) return propagate(written);
  }
  return 0;
}

}  // namespace

Command topic_info_command() {
  auto options = std::make_shared<TopicInfoOptions>();  // Shared: the table and the action both point into it.
  return {"topic info",
          "Offsets, size and times of a topic",
          {"kappa topic info orders", "kappa topic info orders -O json", "kappa topic info orders -O json | jq .end"},
          {{"TOPIC", "a topic or a view", &options->name}},
          {},
          {"table", "json"},
          [options](Context& context) { return topic_info(context, *options); }};
}

}  // namespace kappa::cli

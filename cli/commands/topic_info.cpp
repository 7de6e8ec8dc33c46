#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <vector>

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

std::string seconds_or_null(const std::optional<Micros>& time) {
  if (!time) return "null";
  return std::to_string(std::chrono::floor<std::chrono::seconds>(std::chrono::microseconds(*time)).count());
}

std::string as_json(const log::TopicInfo& topic, std::uint32_t partition, const log::PartitionStatus& status) {
  return fmt::format(
      R"({{"topic":{},"kind":"{}","id":"{:016x}{:016x}","partition":{},"start":{},"end":{},"events":{},"lost":{},)"
      R"("segments":{},"stored_bytes":{},"first_append_time":{},"last_append_time":{},"last_sequence":{},)"
      R"("retention_seconds":{},"max_bytes":{},"compact_after_seconds":{},"compacted_through":{}}})"
      "\n",
      json_string(topic.name), kind_name(topic.kind), topic.id.words[0], topic.id.words[1], partition,
      status.extent.start.value, status.extent.end.value, events_of(status), status.lost_events, status.segments,
      status.bytes, time_or_null(status.first_append_time, status),
      time_or_null(status.extent.last_append_time, status), status.extent.last.value,
      seconds_or_null(topic.retention.age), topic.retention.bytes ? std::to_string(*topic.retention.bytes) : "null",
      seconds_or_null(topic.compact_after),
      topic.compacted_through == kNoSequence ? "null" : std::to_string(topic.compacted_through.value));
}

void add_topic(const log::TopicInfo& topic, TextTable& table) {
  table.add({"kind", kind_name(topic.kind)});
  table.add({"id", fmt::format("{:016x}{:016x}", topic.id.words[0], topic.id.words[1])});
}

void add_kept(const log::TopicInfo& topic, TextTable& table) {
  table.add({"kept", retention_text(topic)});
  if (topic.compact_after) table.add({"of each key", compaction_text(topic)});
  if (topic.compacted_through != kNoSequence)
    table.add({"compacted", fmt::format("through sequence {}", topic.compacted_through.value)});
}

std::string time_or_dash(Micros time, const log::PartitionStatus& status) {
  return status.extent.last == kNoSequence ? "-" : rfc3339(time);
}

std::string as_text(const log::TopicInfo& topic, const log::PartitionStatus& status) {
  TextTable table({{"topic"}, {topic.name}});
  add_topic(topic, table);
  table.add({"partition", "0"});
  table.add({"offsets", fmt::format("{}..{}", status.extent.start.value, status.extent.end.value)});
  table.add({"events", std::to_string(events_of(status))});
  if (status.lost_events > 0) table.add({"lost in gaps", std::to_string(status.lost_events)});
  table.add({"stored", fmt::format("{} in {}", human_bytes(status.bytes), counted(status.segments, "segment"))});
  table.add({"first append", time_or_dash(status.first_append_time, status)});
  table.add({"last append", time_or_dash(status.extent.last_append_time, status)});
  table.add({"last sequence", std::to_string(status.extent.last.value)});
  add_kept(topic, table);
  return table.text();
}

using Statuses = std::vector<Result<log::PartitionStatus>>;

std::string as_text(const log::TopicInfo& topic, const Statuses& statuses) {
  using Align = TextTable::Align;
  TextTable head({{"topic"}, {topic.name}});
  add_topic(topic, head);
  head.add({"partitions", std::to_string(topic.partitions)});
  add_kept(topic, head);
  TextTable table({{"PARTITION", Align::right},
                   {"OFFSETS"},
                   {"EVENTS", Align::right},
                   {"STORED", Align::right},
                   {"SEGMENTS", Align::right},
                   {"LAST APPEND"},
                   {"LAST SEQUENCE", Align::right}});
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    if (!statuses[i]) {
      table.add({std::to_string(i), "damaged", "", "", "", "", ""});
      continue;
    }
    const log::PartitionStatus& status = *statuses[i];
    table.add({std::to_string(i), fmt::format("{}..{}", status.extent.start.value, status.extent.end.value),
               events_text(events_of(status), status.lost_events), human_bytes(status.bytes),
               std::to_string(status.segments), time_or_dash(status.extent.last_append_time, status),
               std::to_string(status.extent.last.value)});
  }
  return head.text() + "\n" + table.text();
}

/// A line of JSON for each partition.
std::string as_json(const log::TopicInfo& topic, const Statuses& statuses) {
  std::string text;
  for (std::uint32_t partition = 0; partition < statuses.size(); ++partition)
    text += statuses[partition] ? as_json(topic, partition, *statuses[partition])
                                : fmt::format(R"({{"topic":{},"partition":{},"damaged":true}})"
                                              "\n",
                                              json_string(topic.name), partition);
  return text;
}

/// One damaged partition does not hide the others: the first damage is the verb's error.
Result<int> topic_info(Context& context, const TopicInfoOptions& options) {
  auto directory = open_directory(context, OpenFor::reading);
  if (!directory) return propagate(directory);
  auto topic = find_topic(context, **directory, options.name);
  if (!topic) return propagate(topic);
  Statuses statuses;
  Result<int> outcome = 0;
  for (std::uint32_t partition = 0; partition < topic->partitions; ++partition) {
    auto status = (*directory)->status(*topic, partition);
    if (!status && (topic->partitions == 1 || status.error().code != Errc::corruption)) return propagate(status);
    if (!status && outcome) outcome = std::unexpected(status.error());
    statuses.push_back(std::move(status));
  }
  std::string text;
  if (context.common.mode() == OutputMode::json)
    text = as_json(*topic, statuses);
  else
    text = topic->partitions == 1 ? as_text(*topic, *statuses.front()) : as_text(*topic, statuses);
  if (auto written = context.out.write(text); !written) return propagate(written);
  if (auto flushed = context.out.flush(); !flushed) return propagate(flushed);
  return outcome;
}

}  // namespace

Command topic_info_command() {
  auto options = std::make_shared<TopicInfoOptions>();  // Shared: the table and the action both point into it.
  return {"topic info",
          "Offsets, size and times of a topic, and of each of its partitions",
          {"kappa topic info orders", "kappa topic info orders -O json", "kappa topic info orders -O json | jq .end"},
          {{"TOPIC", "a topic or a view", &options->name}},
          {},
          {"table", "json"},
          [options](Context& context) { return topic_info(context, *options); }};
}

}  // namespace kappa::cli

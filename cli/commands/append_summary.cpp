#include "commands/append_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "text/json_scan.hpp"
#include "text/table.hpp"

namespace kappa::cli {
namespace {

constexpr std::size_t kPartitionsShown = 4;

bool is_shared(const PartitionEvents& one) {
  return one.events.last.value - one.events.first.value + 1 != one.events.events;
}

/// `, offsets 0..4`; of several partitions `, offsets [0] 0..4, [2] 0..1`, or how many they are.
std::string offsets_text(const AppendSummary& summary) {
  if (summary.durable.size() > kPartitionsShown) return fmt::format(", in {} partitions", summary.durable.size());
  std::string text;
  for (const PartitionEvents& one : summary.durable) {
    text += text.empty() ? ", offsets " : ", ";
    if (summary.partitions > 1) text += fmt::format("[{}] ", one.partition);
    text += fmt::format("{}..{}", one.events.first.value, one.events.last.value);
  }
  return text;
}

std::string offsets_json(const DurableEvents& events) {
  if (events.events == 0) return R"("first_offset":null,"last_offset":null)";
  return fmt::format(R"("first_offset":{},"last_offset":{})", events.first.value, events.last.value);
}

std::string partitions_json(const std::vector<PartitionEvents>& partitions) {
  std::string text = R"("partitions":[)";
  for (const PartitionEvents& one : partitions)
    fmt::format_to(std::back_inserter(text), R"({}{{"partition":{},"events":{},{}}})", text.ends_with('[') ? "" : ",",
                   one.partition, one.events.events, offsets_json(one.events));
  return text + "]";
}

}  // namespace

std::uint64_t AppendSummary::events() const {
  std::uint64_t sum = 0;
  for (const PartitionEvents& one : durable) sum += one.events.events;
  return sum;
}

std::string summary_line(const AppendSummary& summary) {
  std::string line =
      fmt::format("appended {} to {}{}", counted(summary.events(), "event"), summary.topic, offsets_text(summary));
  if (std::ranges::any_of(summary.durable, is_shared)) line += " (others appended between)";
  if (summary.duplicates > 0) line += fmt::format(", {} there already", summary.duplicates);
  if (summary.skipped > 0) line += fmt::format(", skipped {}", summary.skipped);
  line += summary.seconds < 1 ? fmt::format(", {:.1f} ms", summary.seconds * 1000)
                              : fmt::format(", {:.1f} s", summary.seconds);
  return line;
}

std::string summary_json(const AppendSummary& summary) {
  const DurableEvents only = summary.durable.empty() ? DurableEvents{} : summary.durable.front().events;
  return fmt::format(R"({{"topic":{},"events":{},"duplicates":{},"skipped":{},{},"seconds":{:.6f}}})"
                     "\n",
                     json_string(summary.topic), summary.events(), summary.duplicates, summary.skipped,
                     summary.partitions > 1 ? partitions_json(summary.durable) : offsets_json(only), summary.seconds);
}

}  // namespace kappa::cli

#include "commands/verify.hpp"

#include <fmt/format.h>

#include <iterator>
#include <memory>
#include <optional>

#include "commands/commands.hpp"
#include "commands/store.hpp"
#include "commands/work_progress.hpp"
#include "kappa/log/repair_hint.hpp"
#include "kappa/log/verify.hpp"
#include "text/json_scan.hpp"
#include "text/table.hpp"

namespace kappa::cli {
namespace {

struct VerifyOptions {
  std::vector<std::string> topics;
  ProgressOptions progress;
};

/// Prints what one partition turned out to be; gives the number of damages.
std::size_t print(Context& context, const log::TopicInfo& topic, std::uint32_t partition,
                  const log::VerifyReport& report) {
  std::string& text = context.out.buffer();
  const auto out = std::back_inserter(text);
  const bool json = context.common.mode() == OutputMode::ndjson;
  if (json) {
    fmt::format_to(out, R"({{"topic":{},"partition":{},"segments":{},"frames":{},"events":{},"bytes":{},"damages":[)",
                   json_string(topic.name), partition, report.segments, report.frames, report.events, report.bytes);
  } else {
    const std::string_view undamaged = report.gaps.empty() ? "whole" : "whole but for gaps";
    const std::string_view verdict = report.damages.empty() ? undamaged : "DAMAGED";
    fmt::format_to(out, "{} [{}]: {}, {} in {}, {}\n", topic.name, partition, verdict, counted(report.events, "event"),
                   counted(report.frames, "frame"), human_bytes(report.bytes));
  }
  bool first = true;
  for (const log::Damage& damage : report.damages) {
    if (json) {
      fmt::format_to(out, R"({}{{"file":{},"position":{},"bytes":{},"what":{}}})", first ? "" : ",",
                     json_string(damage.file), damage.position, damage.bytes, json_string(damage.what));
    } else {
      fmt::format_to(out, "  {} at byte {}, {} bytes: {}\n", damage.file, damage.position, damage.bytes, damage.what);
    }
    first = false;
  }
  if (json) text += R"(],"gaps":[)";
  first = true;
  for (const log::Gap& gap : report.gaps) {
    if (json) {
      fmt::format_to(out, R"({}{{"file":{},"position":{},"bytes":{},"first_offset":{},"end_offset":{}}})",
                     first ? "" : ",", json_string(gap.file), gap.position, gap.bytes, gap.begin.value, gap.end.value);
    } else {
      fmt::format_to(out, "  {} at byte {}, {} bytes: a gap on record, {} lost from offset {} on\n", gap.file,
                     gap.position, gap.bytes, counted(gap.end.value - gap.begin.value, "event"), gap.begin.value);
    }
    first = false;
  }
  if (json) text += "]}\n";
  return report.damages.size();
}

Result<std::vector<log::TopicInfo>> chosen(Context& context, log::Directory& directory,
                                           const std::vector<std::string>& names) {
  std::vector<log::TopicInfo> topics;
  for (const std::string& name : names) {
    auto topic = find_topic(context, directory, name);
    if (!topic) return propagate(topic);
    topics.push_back(std::move(*topic));
  }
  if (!names.empty()) return topics;
  auto catalog = find_topic(context, directory, std::string(log::kCatalogTopic));
  if (!catalog) return propagate(catalog);
  auto all = directory.catalog().topics();
  if (!all && all.error().code == Errc::corruption) {  // Then the catalog is what can be told about.
    context.say("the catalog is damaged, so the topics are not known and only the catalog is checked");
    all = std::vector<log::TopicInfo>{};
  }
  if (all) all->insert(all->begin(), std::move(*catalog));
  return all;
}

void expect_all(log::Directory& directory, const std::vector<log::TopicInfo>& topics, WorkProgress& progress) {
  for (const log::TopicInfo& topic : topics)
    for (std::uint32_t partition = 0; partition < topic.partitions; ++partition)
      if (const auto status = directory.status(topic, partition)) progress.expect(status->bytes);
}

/// What a verification of many partitions came to.
struct Findings {
  std::size_t damages = 0;
  std::optional<Error> unread;  ///< Why the first of those that could not be checked was not.
};

Result<Findings> verify_topics(Context& context, log::Directory& directory, const std::vector<log::TopicInfo>& topics,
                               WorkProgress& progress) {
  Findings findings;
  for (const log::TopicInfo& topic : topics) {
    for (std::uint32_t partition = 0; partition < topic.partitions; ++partition) {
      if (context.stop.stop_requested()) return fail(Errc::interrupted, "interrupted");
      const auto report = log::verify_partition(directory, topic, partition, &progress);
      if (report) {
        findings.damages += print(context, topic, partition, *report);
        continue;
      }
      if (!is_of_one(report.error())) return std::unexpected(report.error());
      context.say(fmt::format("{} [{}]: NOT CHECKED: {}", topic.name, partition, report.error().message));
      if (!findings.unread) findings.unread = report.error();
    }
  }
  return findings;
}

Result<int> verify(Context& context, const VerifyOptions& options) {
  auto progress = WorkProgress::make(context, "verify", options.progress);
  if (!progress) return propagate(progress);
  auto directory = open_directory(context, OpenFor::reading);
  if (!directory) return propagate(directory);
  auto topics = chosen(context, **directory, options.topics);
  if (!topics) return propagate(topics);
  expect_all(**directory, *topics, **progress);
  auto findings = verify_topics(context, **directory, *topics, **progress);
  if (!findings) return propagate(findings);
  (*progress)->finish();
  if (auto flushed = context.out.flush(); !flushed) return propagate(flushed);
  if (findings->damages > 0)
    context.say(fmt::format("{} found; {} heals from a backup; what can be done without one is shown by: {}",
                            counted(findings->damages, "damaged range"), repair_from_backup(context),
                            log::repair_command(context.common.directory)));
  if (findings->unread) return std::unexpected(*findings->unread);
  return findings->damages == 0 ? 0 : static_cast<int>(Errc::answer_no);
}

}  // namespace

std::string repair_from_backup(const Context& context) {
  return log::repair_from_backup_command(context.common.directory);
}

Command verify_command() {
  auto options = std::make_shared<VerifyOptions>();  // Shared: the table and the action both point into it.
  Command command{
      "verify",
      "Read every byte and check it; exit 1 where something is damaged",
      {"kappa verify", "kappa verify orders --rate 50MiB --progress plain", "kappa verify -O ndjson | jq '.damages[]'"},
      {{"TOPIC", "topics to check; none: all, and the catalog", &options->topics, Positional::Need::optional}},
      {},
      {"table", "ndjson"},
      [options](Context& context) { return verify(context, *options); },
      {"Writes nothing, and works beside processes that append. What is sealed is read from the disk itself where the\n"
       "file system can do so, and takes no room in the page cache."}};
  for (Option& option : progress_options(options->progress)) command.options.push_back(std::move(option));
  return command;
}

}  // namespace kappa::cli

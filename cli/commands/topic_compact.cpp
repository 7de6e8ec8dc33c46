#include <fmt/format.h>

#include <iterator>
#include <memory>

#include "commands/commands.hpp"
#include "commands/store.hpp"
#include "commands/work_progress.hpp"
#include "kappa/base/shell_quoted.hpp"
#include "kappa/log/repack.hpp"
#include "text/json_scan.hpp"
#include "text/table.hpp"

namespace kappa::cli {
namespace {

struct TopicCompactOptions {
  std::string name;
  bool roll = false;
  bool dry_run = false;
  ProgressOptions progress;
};

std::string as_json(const log::TopicInfo& topic, std::uint32_t partition, const log::RepackReport& report,
                    bool dry_run) {
  return fmt::format(
      R"({{"topic":{},"partition":{},"dry_run":{},"sealed_segments":{},"repacked_segments":{},"busy_segments":{},)"
      R"("frames_before":{},"frames_after":{},"events":{},"bytes_before":{},"bytes_after":{}}})"
      "\n",
      json_string(topic.name), partition, dry_run, report.sealed, report.repacked, report.busy, report.frames_before,
      report.frames_after, report.events, report.bytes_before,
      dry_run ? std::string("null") : std::to_string(report.bytes_after));
}

std::string as_text(const log::TopicInfo& topic, std::uint32_t partition, const log::RepackReport& report,
                    const TopicCompactOptions& options) {
  const bool dry_run = options.dry_run;
  std::string text = fmt::format("{} [{}]: ", topic.name, partition);
  const auto out = std::back_inserter(text);
  if (report.sealed == 0 && options.roll)
    return text + "nothing to repack: in its only segment that would not save a tenth of the frames\n";
  if (report.sealed == 0) return text + "nothing to repack: its only segment is the one that grows\n";
  if (report.repacked == 0 && report.busy == 0)
    return text + fmt::format("nothing to repack in {}\n", counted(report.sealed, "sealed segment"));
  fmt::format_to(out, "{} of {} {}: {} in {}", report.repacked, counted(report.sealed, "sealed segment"),
                 dry_run ? "would be repacked" : "repacked", counted(report.events, "event"),
                 counted(report.frames_before, "frame"));
  fmt::format_to(out, " {} {}", dry_run ? "would have" : "have", report.frames_after);
  if (dry_run)
    fmt::format_to(out, "; {} would be written anew", human_bytes(report.bytes_before));
  else
    fmt::format_to(out, ", {} are {}", human_bytes(report.bytes_before), human_bytes(report.bytes_after));
  if (report.busy > 0)
    fmt::format_to(out, "; {} left for another time: somebody was sealing", counted(report.busy, "segment"));
  return text + "\n";
}

Result<int> topic_compact(Context& context, const TopicCompactOptions& options) {
  auto progress = WorkProgress::make(context, "compact", options.progress);
  if (!progress) return propagate(progress);
  auto directory = open_directory(context, options.dry_run ? OpenFor::reading : OpenFor::writing);
  if (!directory) return propagate(directory);
  auto topic = find_topic(context, **directory, options.name);
  if (!topic) return propagate(topic);
  bool only_active = false;
  for (std::uint32_t partition = 0; partition < topic->partitions; ++partition) {
    if (context.stop.stop_requested()) return fail(Errc::interrupted, "interrupted");
    const auto report = log::repack_partition(
        **directory, *topic, partition,
        {.show = options.dry_run, .roll = options.roll, .progress = options.dry_run ? nullptr : progress->get()});
    if (!report) return std::unexpected(report.error());
    only_active |= report->sealed == 0;
    const bool json = context.common.mode() == OutputMode::ndjson;
    auto written = context.out.write(json ? as_json(*topic, partition, *report, options.dry_run)
                                          : as_text(*topic, partition, *report, options));
    if (!written) return propagate(written);
  }
  (*progress)->finish();
  if (auto flushed = context.out.flush(); !flushed) return propagate(flushed);
  if (only_active && !options.roll)
    context.say(fmt::format("kappa topic compact {} --roll -d {} begins a new segment first", topic->name,
                            shell_quoted(context.common.directory)));
  return 0;
}

}  // namespace

Command topic_compact_command() {
  auto options = std::make_shared<TopicCompactOptions>();  // Shared: the table and the action both point into it.
  Command command{
      "topic compact",
      "Make large frames of small ones, so that many small appends take less room",
      {"kappa topic compact clicks --dry-run", "kappa topic compact clicks --roll",
       "kappa topic compact clicks --rate 50MiB --progress plain"},
      {{"TOPIC", "a topic", &options->name}},
      {{"--roll", "", "Begin a new segment first, where repacking the one that grows is worth it", &options->roll},
       {"--dry-run", "", "Say what would be done; change nothing", &options->dry_run}},
      {"table", "ndjson"},
      [options](Context& context) { return topic_compact(context, *options); },
      {"No event goes, and none changes for whoever reads: offsets, order, times stay. Only segments that are no "
       "longer\n"
       "written to are touched, where it saves a tenth of their frames; frames of views and of --producer-id stay as\n"
       "they are. Works beside appends and readers. Killed at any moment it leaves each segment as it was or "
       "repacked."}};
  for (Option& option : progress_options(options->progress)) command.options.push_back(std::move(option));
  return command;
}

}  // namespace kappa::cli

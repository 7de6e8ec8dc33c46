#include <fmt/format.h>

#include <iterator>
#include <memory>

#include "commands/commands.hpp"
#include "commands/definition_file.hpp"
#include "commands/store.hpp"
#include "commands/work_progress.hpp"
#include "kappa/replay/compaction.hpp"
#include "text/json_scan.hpp"
#include "text/quantity.hpp"
#include "text/table.hpp"

namespace kappa::cli {
namespace {

struct TopicCompactOptions {
  std::string name;
  bool roll = false;
  bool dry_run = false;
  ProgressOptions progress;
};

std::string as_json(const log::TopicInfo& topic, std::uint32_t partition, const replay::CompactReport& done,
                    bool dry_run) {
  const log::RepackReport& report = done.repacked;
  return fmt::format(
      R"({{"topic":{},"partition":{},"dry_run":{},"sealed_segments":{},"repacked_segments":{},"busy_segments":{},)"
      R"("frames_before":{},"frames_after":{},"events":{},"bytes_before":{},"bytes_after":{},"removed":{},"horizon":{}}})"
      "\n",
      json_string(topic.name), partition, dry_run, report.sealed, report.repacked, report.busy, report.frames_before,
      report.frames_after, report.events, report.bytes_before,
      dry_run ? std::string("null") : std::to_string(report.bytes_after), report.removed,
      done.horizon == kNoSequence ? std::string("null") : std::to_string(done.horizon.value));
}

/// Nothing is worth it, and why.
std::string idle_text(const log::RepackReport& report, bool roll) {
  if (report.sealed == 0 && roll)
    return "nothing to repack: in its only segment that would not save a tenth of the frames\n";
  if (report.sealed == 0) return "nothing to repack: its only segment is the one that grows\n";
  return fmt::format("nothing to repack in {}\n", counted(report.sealed, "sealed segment"));
}

std::string as_text(const log::TopicInfo& topic, std::uint32_t partition, const replay::CompactReport& done,
                    const TopicCompactOptions& options) {
  const log::RepackReport& report = done.repacked;
  const bool dry_run = options.dry_run;
  std::string text = fmt::format("{} [{}]: ", topic.name, partition);
  if (report.repacked == 0 && report.busy == 0) return text + idle_text(report, options.roll);
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "{} of {} {}: {} in {}", report.repacked, counted(report.sealed, "sealed segment"),
                 dry_run ? "would be repacked" : "repacked", counted(report.events, "event"),
                 counted(report.frames_before, "frame"));
  fmt::format_to(out, " {} {}", dry_run ? "would have" : "have", report.frames_after);
  if (dry_run)
    fmt::format_to(out, "; {} would be written anew", human_bytes(report.bytes_before));
  else
    fmt::format_to(out, ", {} are {}", human_bytes(report.bytes_before), human_bytes(report.bytes_after));
  if (report.removed > 0)
    fmt::format_to(out, "; {} {} that no table needs", counted(report.removed, "event"),
                   dry_run ? "would go" : "removed");
  if (report.busy > 0)
    fmt::format_to(out, "; {} left for another time: somebody was sealing", counted(report.busy, "segment"));
  return text + "\n";
}

/// Why no more events went, where compaction by key is on.
void say_hindrance(const Context& context, const log::TopicInfo& topic, const replay::CompactReport& done) {
  using Kind = replay::Hindrance::Kind;
  switch (done.held_by.kind) {
    case Kind::off:
      return;
    case Kind::no_view:
      return context.say(
          fmt::format("{}: no event goes: which one another replaces is told by the tables with a PRIMARY "
                      "KEY of views, and no view reads it",
                      topic.name));
    case Kind::view:
      if (done.horizon == kNoSequence)
        return context.say(fmt::format("{}: no event goes before {} has taken some: kappa run keeps it up to date",
                                       topic.name, done.held_by.output));
      return context.say(fmt::format("{}: events up to sequence {} may go, which is where {} has come to", topic.name,
                                     done.horizon.value, done.held_by.output));
    case Kind::age:
      return context.say(fmt::format("{}: events that are older than {} may go", topic.name,
                                     duration_text(topic.compact_after.value_or(0))));
  }
}

Result<int> topic_compact(Context& context, const TopicCompactOptions& options) {
  auto progress = WorkProgress::make(context, "compact", options.progress);
  if (!progress) return propagate(progress);
  auto directory = open_directory(context, options.dry_run ? OpenFor::reading : OpenFor::writing);
  if (!directory) return propagate(directory);
  auto topic = find_topic(context, **directory, options.name);
  if (!topic) return propagate(topic);
  bool only_active = false;
  replay::CompactReport last;
  const auto tell = [&](std::uint32_t partition, const replay::CompactReport& report) -> Result<void> {
    only_active |= report.repacked.sealed == 0;
    last = report;
    const bool json = context.common.mode() == OutputMode::ndjson;
    auto written = context.out.write(json ? as_json(*topic, partition, report, options.dry_run)
                                          : as_text(*topic, partition, report, options));
    if (!written) return written;
    return context.stop.stop_requested() ? fail(Errc::interrupted, "interrupted") : Result<void>{};
  };
  const replay::CompactOptions how{options.dry_run, options.roll, options.dry_run ? nullptr : progress->get()};
  if (auto done = replay::compact(**directory, topic->name, compile_stored, how, tell); !done) return propagate(done);
  (*progress)->finish();
  if (auto flushed = context.out.flush(); !flushed) return propagate(flushed);
  say_hindrance(context, *topic, last);
  if (only_active && !options.roll)
    context.say(fmt::format("kappa topic compact {} --roll begins a new segment first", topic->name));
  return 0;
}

}  // namespace

Command topic_compact_command() {
  auto options = std::make_shared<TopicCompactOptions>();  // Shared: the table and the action both point into it.
  Command command{
      "topic compact",
      "Make large frames of small ones, and remove what later events replace, if topic set says so",
      {"kappa topic compact clicks --dry-run", "kappa topic compact clicks --roll",
       "kappa topic compact clicks --rate 50MiB --progress plain"},
      {{"TOPIC", "a topic", &options->name}},
      {{"--roll", "", "Begin a new segment first, where repacking the one that grows is worth it", &options->roll},
       {"--dry-run", "", "Say what would be done; change nothing", &options->dry_run}},
      {"table", "ndjson"},
      [options](Context& context) { return topic_compact(context, *options); },
      {"Without topic set --compact key no event goes, and none changes for whoever reads: offsets, order, times "
       "stay.\n"
       "Only segments that are no longer written to are touched, where it saves a tenth of their frames or events;\n"
       "frames of views and of --producer-id stay frames of their own. Works beside appends and readers. Killed at "
       "any\n"
       "moment it leaves each segment as it was or repacked."}};
  for (Option& option : progress_options(options->progress)) command.options.push_back(std::move(option));
  return command;
}

}  // namespace kappa::cli

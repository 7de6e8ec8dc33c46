#include "kappa/log/repair.hpp"

#include <fmt/format.h>

#include <iterator>
#include <memory>

#include "commands/apart.hpp"
#include "commands/commands.hpp"
#include "commands/verify.hpp"
#include "text/json_scan.hpp"
#include "text/table.hpp"

namespace kappa::cli {
namespace {

struct RepairCommandOptions {
  std::vector<std::string> topics;
  std::string from;
  bool yes = false;
};

std::string offsets_of(const log::DamagedRange& range) {
  if (!range.end) return fmt::format("offsets from {} on", range.begin.value);
  if (*range.end == range.begin) return "no events";
  return fmt::format("offsets {}..{}", range.begin.value, range.end->value - 1);
}

std::string bytes_of(const log::DamagedRange& range) {
  if (range.bytes == 0) return range.position == 0 ? "the whole file" : fmt::format("from byte {} on", range.position);
  return fmt::format("bytes {}..{}", range.position, range.position + range.bytes - 1);
}

void print(std::string& to, const log::DamagedRange& range, std::string_view verdict) {
  const std::string place = range.topic.empty() ? "" : fmt::format("{} [{}]: ", range.topic, range.partition);
  const std::string events = range.topic.empty() ? "" : ", " + offsets_of(range);
  fmt::format_to(std::back_inserter(to), "{}{}, {}{}: {}: {}\n", place, range.file, bytes_of(range), events, verdict,
                 range.what);
}

std::string as_json(const log::DamagedRange& range, std::string_view verdict) {
  return fmt::format(
      R"({{"verdict":"{}","topic":{},"partition":{},"file":{},"position":{},"bytes":{},"first_offset":{},)"
      R"("end_offset":{},"what":{}}})"
      "\n",
      verdict, json_string(range.topic), range.partition, json_string(range.file), range.position, range.bytes,
      range.begin.value, range.end ? std::to_string(range.end->value) : "null", json_string(range.what));
}

void print(Context& context, const log::RepairReport& report, std::string_view healed) {
  std::string& text = context.out.buffer();
  const bool json = context.common.mode() == OutputMode::ndjson;
  for (const log::DamagedRange& range : report.healed)
    json ? void(text += as_json(range, healed)) : print(text, range, healed);
  for (const log::DamagedRange& range : report.lost)
    json ? void(text += as_json(range, "lost")) : print(text, range, "lost");
}

/// Without a copy: what is damaged is shown, and nothing more can be done.
Result<int> show(Context& context, const RepairCommandOptions& options) {
  if (options.yes)
    return fail(Errc::usage, "repair --yes: from what?",
                repair_from_backup(context) + "; gaps are not recorded in this version");
  auto damages = verify_topics(context, options.topics, {});
  if (!damages) return propagate(damages);
  if (*damages == 0) return 0;
  return fail(
      Errc::corruption, fmt::format("{} found", counted(*damages, "damaged range")),
      repair_from_backup(context) + " heals from a backup; to record what no copy has as a gap is not in this version");
}

Result<int> repair(Context& context, const RepairCommandOptions& options) {
  if (options.from.empty()) return show(context, options);
  const std::string& directory = context.common.directory;
  if (auto apart = check_apart(directory, options.from); !apart) return propagate(apart);
  const auto mode = options.yes ? log::RepairMode::apply : log::RepairMode::show;
  const auto report = log::repair(directory, options.from, {.mode = mode, .topics = options.topics});
  if (!report) return std::unexpected(report.error());
  print(context, *report, options.yes ? "healed" : "can be healed");
  if (auto flushed = context.out.flush(); !flushed) return propagate(flushed);
  for (const std::string& kept : report->kept_aside) context.say(fmt::format("kept as it was: {}", kept));
  if (report->topics_unknown)
    context.say("until DIR/kappa and the catalog are whole, the topics are not known, and not looked at");
  if (!report->lost.empty())
    return fail(Errc::corruption,
                fmt::format("{} cannot be healed from {}", counted(report->lost.size(), "range"), options.from),
                report->healed.empty() || options.yes ? "try an older or a newer backup; nothing was destroyed"
                                                      : "the others can: repeat with --yes");
  if (report->healed.empty()) {
    context.say("nothing is damaged");
    return 0;
  }
  if (options.yes) return 0;
  context.say(fmt::format("{} can be healed: repeat with --yes", counted(report->healed.size(), "range")));
  return static_cast<int>(Errc::answer_no);
}

}  // namespace

Command repair_command() {
  auto options = std::make_shared<RepairCommandOptions>();  // Shared: the table and the action both point into it.
  return {
      "repair",
      "Show what is damaged, and heal it from a backup",
      {"kappa repair", "kappa repair --from /mnt/disk/kappa-backup",
       "kappa repair --from /mnt/disk/kappa-backup --yes"},
      {{"TOPIC", "topics to heal; none: all, and the catalog", &options->topics, Positional::Need::optional}},
      {{"--from", "BACKUP", "A folder that kappa backup has made", &options->from},
       {"--yes", "", "Do what was shown; files as they were are kept in DIR/damaged", &options->yes}},
      {"table", "ndjson"},
      [options](Context& context) { return repair(context, *options); },
      {"Bytes of the backup are put in only where the chain of hashes proves that they stood there. Exit 0: nothing\n"
       "is damaged any more; 1: all of it can be healed, with --yes; 7: something cannot. With --yes nobody else may\n"
       "have the directory open for writing."}};
}

}  // namespace kappa::cli

#include "kappa/log/repair.hpp"

#include <fmt/format.h>

#include <iterator>
#include <memory>

#include "commands/apart.hpp"
#include "commands/commands.hpp"
#include "commands/verify.hpp"
#include "kappa/base/shell_quoted.hpp"
#include "kappa/log/repair_hint.hpp"
#include "text/json_scan.hpp"
#include "text/table.hpp"

namespace kappa::cli {
namespace {

struct RepairCommandOptions {
  std::vector<std::string> topics;
  std::string from;
  bool yes = false;
};

constexpr const char* kWhatIsLeft = "kappa read TOPIC --on-corruption=skip prints what can be read here";

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

void print(Context& context, const std::vector<log::DamagedRange>& ranges, std::string_view verdict) {
  std::string& text = context.out.buffer();
  const bool json = context.common.mode() == OutputMode::ndjson;
  for (const log::DamagedRange& range : ranges)
    json ? void(text += as_json(range, verdict)) : print(text, range, verdict);
}

void print(Context& context, const log::RepairReport& report, bool done) {
  print(context, report.healed, done ? "healed" : "can be healed");
  print(context, report.gaps, done ? "a gap now" : "would become a gap");
  print(context, report.lost, "lost");
}

Result<log::RepairReport> run_repair(Context& context, const RepairCommandOptions& options) {
  const std::string& directory = context.common.directory;
  std::optional<std::filesystem::path> backup;
  if (!options.from.empty()) {
    if (auto apart = check_apart(directory, options.from); !apart) return propagate(apart);
    backup = options.from;
  }
  const auto mode = options.yes ? log::RepairMode::apply : log::RepairMode::show;
  return log::repair(directory, backup, {.mode = mode, .topics = options.topics});
}

std::unexpected<Error> cannot(Context& context, const RepairCommandOptions& options, const log::RepairReport& report) {
  const std::string lost = counted(report.lost.size(), "range");
  const bool others = !options.yes && !(report.healed.empty() && report.gaps.empty());
  if (options.from.empty())
    return fail(Errc::corruption, fmt::format("{} cannot be repaired without a backup", lost),
                others ? "the others can: repeat with --yes"
                       : fmt::format("{}; where that cannot either, kappa restore BACKUP --dir NEW has all up to the "
                                     "backup; {}",
                                     repair_from_backup(context), kWhatIsLeft));
  if (others)
    return fail(Errc::corruption, fmt::format("{} cannot be healed from {}", lost, options.from),
                "the others can: repeat with --yes");
  return fail(
      Errc::corruption, fmt::format("{} cannot be healed from {}", lost, options.from),
      fmt::format("nothing was destroyed; {} shows what can become a gap; kappa restore {} --dir NEW has all up "
                  "to the backup; {}",
                  log::repair_command(context.common.directory), shell_quoted(options.from), kWhatIsLeft));
}

void say_what_remains(const Context& context, const log::RepairReport& report) {
  if (!report.healed.empty())
    context.say(fmt::format("{} can be healed: repeat with --yes", counted(report.healed.size(), "range")));
  if (report.gaps.empty()) return;
  context.say(
      fmt::format("{} would become gaps for good, everything else remains: repeat with --yes; a view that has read "
                  "what is lost has to be dropped and run again then; a backup may have it: {}",
                  counted(report.gaps.size(), "range"), repair_from_backup(context)));
}

Result<int> repair(Context& context, const RepairCommandOptions& options) {
  const auto report = run_repair(context, options);
  if (!report) return std::unexpected(report.error());
  print(context, *report, options.yes);
  if (auto flushed = context.out.flush(); !flushed) return propagate(flushed);
  for (const std::string& kept : report->kept_aside) context.say(fmt::format("kept as it was: {}", kept));
  if (report->topics_unknown)
    context.say("until DIR/kappa and the catalog are whole, the topics are not known, and not looked at");
  if (!report->lost.empty()) return cannot(context, options, *report);
  if (report->healed.empty() && report->gaps.empty()) {
    context.say("nothing is damaged");
    return 0;
  }
  if (options.yes) return 0;
  say_what_remains(context, *report);
  return static_cast<int>(Errc::answer_no);
}

}  // namespace

Command repair_command() {
  auto options = std::make_shared<RepairCommandOptions>();  // Shared: the table and the action both point into it.
  return {
      "repair",
      "Show what is damaged, and heal it from a backup, or make gaps of what is lost",
      {"kappa repair", "kappa repair --from /mnt/disk/kappa-backup --yes", "kappa repair --yes"},
      {{"TOPIC", "topics to repair; none: all, and the catalog", &options->topics, Positional::Need::optional}},
      {{"--from", "BACKUP", "A folder that kappa backup has made", &options->from},
       {"--yes", "", "Do what was shown; files as they were are kept in DIR/damaged", &options->yes}},
      {"table", "ndjson"},
      [options](Context& context) { return repair(context, *options); },
      {"Bytes of the backup are put in only where the chain of hashes proves that they stood there. Without --from,\n"
       "what follows from whole bytes is made anew, and damaged events become gaps: recorded in the catalog, then "
       "told\n"
       "by every read. A backup can still heal them later. Exit 0: nothing is damaged any more; 1: all of it can be\n"
       "repaired, with --yes; 7: something cannot. With --yes nobody else may have the directory open for writing."}};
}

}  // namespace kappa::cli

#include <fmt/format.h>

#include <iterator>
#include <memory>

#include "commands/apart.hpp"
#include "commands/commands.hpp"
#include "commands/work_progress.hpp"
#include "kappa/base/shell_quoted.hpp"
#include "kappa/log/backup.hpp"
#include "text/json_scan.hpp"
#include "text/table.hpp"
#include "text/time_text.hpp"

namespace kappa::cli {
namespace {

struct RestoreCommandOptions {
  std::string from;
  bool check = false;
  ProgressOptions progress;
};

std::string content(const log::RestoreReport& report) {
  return fmt::format("{} up to sequence {}, {} in {}, {}", counted(report.topics, "topic"), report.sequence.value,
                     counted(report.events, "event"), counted(report.segments, "segment"), human_bytes(report.bytes));
}

std::string as_json(const log::RestoreReport& report) {
  std::string text =
      fmt::format(R"({{"sequence":{},"taken":{},"topics":{},"segments":{},"events":{},"bytes":{},"damages":[)",
                  report.sequence.value, json_string(rfc3339(report.taken)), report.topics, report.segments,
                  report.events, report.bytes);
  for (const log::Damage& damage : report.damages)
    text += fmt::format(R"({}{{"file":{},"what":{}}})", &damage == report.damages.data() ? "" : ",",
                        json_string(damage.file), json_string(damage.what));
  return text + "]}\n";
}

Result<int> check(Context& context, const RestoreCommandOptions& options, WorkProgress& progress) {
  const auto report = log::check_backup(options.from, {.progress = &progress});
  if (!report) return std::unexpected(report.error());
  progress.finish();
  std::string& text = context.out.buffer();
  if (context.common.mode() == OutputMode::json) {
    text += as_json(*report);
  } else {
    text += fmt::format("backup of {}: {}, {}\n", rfc3339(report->taken), report->damages.empty() ? "whole" : "DAMAGED",
                        content(*report));
    for (const log::Damage& damage : report->damages) text += fmt::format("  {}: {}\n", damage.file, damage.what);
  }
  if (report->damages.empty()) return 0;
  if (auto flushed = context.out.flush(); !flushed) return propagate(flushed);
  context.say(fmt::format(
      "{}; only if the original is whole (kappa verify), remove the named files, and the next kappa backup {} copies "
      "them again",
      counted(report->damages.size(), "damaged segment"), shell_quoted(options.from)));
  return static_cast<int>(Errc::answer_no);
}

Result<int> restore(Context& context, const RestoreCommandOptions& options) {
  auto progress = WorkProgress::make(context, options.check ? "check" : "restore", options.progress);
  if (!progress) return propagate(progress);
  if (options.check) return check(context, options, **progress);
  const std::string& directory = context.common.directory;
  if (auto apart = check_apart(directory, options.from); !apart) return propagate(apart);
  const auto report = log::restore(options.from, directory, {.progress = progress->get()});
  if (!report) return std::unexpected(report.error());
  (*progress)->finish();
  context.say(fmt::format("restored {} into {}, every hash checked", content(*report), directory));
  if (context.common.mode() == OutputMode::json)
    if (auto written = context.out.write(as_json(*report)); !written) return propagate(written);
  return 0;
}

}  // namespace

Command restore_command() {
  auto options = std::make_shared<RestoreCommandOptions>();  // Shared: the table and the action both point into it.
  Command command{
      "restore",
      "Make a data directory of a backup, or check the backup",
      {"kappa restore /mnt/disk/kappa-backup -d /srv/kappa", "kappa restore /mnt/disk/kappa-backup --check"},
      {{"BACKUP", "a folder that kappa backup has made", &options->from}},
      {{"--check", "", "Only read every byte of the backup and check it; exit 1 where segments are damaged",
        &options->check}},
      {"json"},
      [options](Context& context) { return restore(context, *options); },
      {"The data directory (-d) must be new or empty. It has the same events, offsets and sequences, and is durable\n"
       "when this ends. Cut short, it is no data directory: remove it and restore again."}};
  for (Option& option : progress_options(options->progress)) command.options.push_back(std::move(option));
  return command;
}

}  // namespace kappa::cli

#include "kappa/log/backup.hpp"

#include <fmt/format.h>

#include <memory>

#include "commands/apart.hpp"
#include "commands/commands.hpp"
#include "commands/store.hpp"
#include "commands/work_progress.hpp"
#include "text/table.hpp"

namespace kappa::cli {
namespace {

struct BackupCommandOptions {
  std::string to;
  bool dry_run = false;
  ProgressOptions progress;
};

std::string summary(const BackupCommandOptions& options, const log::BackupReport& report) {
  return fmt::format("{} {} up to sequence {} into {}: {}copied {}, {}; {}, {} there already",
                     options.dry_run ? "would back up" : "backed up", counted(report.topics, "topic"),
                     report.sequence.value, options.to, options.dry_run ? "to be " : "",
                     counted(report.segments_copied, "segment"), human_bytes(report.bytes_copied),
                     counted(report.segments_kept, "segment"), human_bytes(report.bytes_kept));
}

std::string as_json(const BackupCommandOptions& options, const log::BackupReport& report) {
  return fmt::format(
      R"({{"dry_run":{},"sequence":{},"topics":{},"segments_copied":{},"bytes_copied":{},"segments_kept":{},)"
      R"("bytes_kept":{},"files_removed":{}}})"
      "\n",
      options.dry_run, report.sequence.value, report.topics, report.segments_copied, report.bytes_copied,
      report.segments_kept, report.bytes_kept, report.files_removed);
}

Result<int> backup(Context& context, const BackupCommandOptions& options) {
  if (auto apart = check_apart(context.common.directory, options.to); !apart) return propagate(apart);
  auto progress = WorkProgress::make(context, "backup", options.progress);
  if (!progress) return propagate(progress);
  auto directory = open_directory(context, OpenFor::reading);
  if (!directory) return propagate(directory);
  const auto report = log::back_up(**directory, options.to, {.dry_run = options.dry_run, .progress = progress->get()});
  if (!report) return std::unexpected(report.error());
  (*progress)->finish();
  if (!report->held_back.empty())
    context.say(fmt::format("warning: {}; what was appended behind it is not in this backup", report->held_back));
  if (!report->not_removed.empty())
    context.say(fmt::format("warning: {}; the backup is whole, and a file that it does not need stays until the next",
                            report->not_removed));
  context.say(summary(options, *report));
  if (context.common.mode() == OutputMode::json)
    if (auto written = context.out.write(as_json(options, *report)); !written) return propagate(written);
  return 0;
}

}  // namespace

Command backup_command() {
  auto options = std::make_shared<BackupCommandOptions>();  // Shared: the table and the action both point into it.
  Command command{
      "backup",
      "Copy everything up to one sequence into a folder, while appends go on",
      {"kappa backup /mnt/disk/kappa-backup", "kappa backup /mnt/disk/kappa-backup --dry-run",
       "kappa backup /mnt/disk/kappa-backup --rate 50MiB --progress plain"},
      {{"BACKUP", "a new folder, or one with an earlier backup of this directory", &options->to}},
      {{"--dry-run", "", "Say what would be copied; write nothing", &options->dry_run}},
      {"json"},
      [options](Context& context) { return backup(context, *options); },
      {"Sealed segments that are there already are not copied again, nor read: kappa restore BACKUP --check does "
       "that.\n"
       "The hash of every byte that is copied is checked on the way: damage ends it with exit code 7, and the earlier\n"
       "backup stays as it was; it also does so whenever this is cut short. It is replaced only by a backup that goes\n"
       "on where it ends: that of a directory that went another way is refused with exit code 5. The backup is used "
       "by\n"
       "kappa restore and kappa repair."}};
  for (Option& option : progress_options(options->progress)) command.options.push_back(std::move(option));
  return command;
}

}  // namespace kappa::cli

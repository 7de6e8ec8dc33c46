#include "kappa/replay/run.hpp"

#include <fmt/format.h>

#include <memory>

#include "commands/commands.hpp"
#include "commands/definition_file.hpp"
#include "commands/store.hpp"
#include "text/table.hpp"

namespace kappa::cli {
namespace {

struct RunVerbOptions {
  std::string file;
  bool until_end = false;
};

void say_notice(const Context& context, const replay::RunNotice& notice) {
  if (notice.kind == replay::RunNotice::Kind::committed) return;
  const bool recovered = notice.kind == replay::RunNotice::Kind::recovered;
  if (recovered && notice.events == 0) return;  // It begins anew.
  context.say(fmt::format("{} after {}", recovered ? "recovered" : "caught up", counted(notice.events, "event")));
}

void say_summary(const Context& context, const replay::RunSummary& summary) {
  for (const replay::OutputPosition& output : summary.outputs) {
    if (output.is_errors && output.fingerprint.weight == 0) continue;
    const auto rows = static_cast<std::uint64_t>(output.fingerprint.weight);
    context.say(fmt::format("{}: {}, fingerprint {}, through {}", output.name, counted(rows, "row"),
                            processor::to_text(output.fingerprint), output.through.value));
  }
}

Result<int> run_file(Context& context, const RunVerbOptions& options) {
  auto definition = load_definition(context, options.file);
  if (!definition) return propagate(definition);
  if (definition->views.empty()) {
    return fail(Errc::query,
                fmt::format("{} has no CREATE MATERIALIZED VIEW, so there is nothing to run", options.file),
                "kappa help run; docs/sql.md has examples");
  }
  auto directory = open_directory(context, OpenFor::writing);
  if (!directory) return propagate(directory);
  replay::RunOptions run;
  run.until = options.until_end ? replay::RunUntil::end : replay::RunUntil::stopped;
  run.stop = context.stop;
  run.compile = compile_stored;
  run.notice = [&context](const replay::RunNotice& notice) { say_notice(context, notice); };
  run.warning = warn_through(context);
  auto summary = replay::run(**directory, *definition, run);
  say_recovery(context, **directory);
  if (!summary) return propagate(summary);
  say_summary(context, *summary);
  return summary->interrupted ? context.signals.code_of_endless_work() : 0;
}

}  // namespace

Command run_command() {
  auto options = std::make_shared<RunVerbOptions>();  // Shared: the table and the action both point into it.
  return {
      "run",
      "Keep the materialized views of a file of SQL up to date, exactly once",
      {"kappa run revenue.sql", "kappa run revenue.sql --until-end", "kappa run revenue.sql -q & kappa tail revenue"},
      {{"FILE", "SQL with CREATE MATERIALIZED VIEW; -: standard input", &options->file}},
      {{"--until-end", "", "Catch up with the end as it is now, then exit", &options->until_end}},
      {},
      [options](Context& context) { return run_file(context, *options); },
      {"SIGTERM ends it with 0, SIGINT with 130; after kill -9 the next run goes on where it was.\n"
       "A newer run of the same view takes over, and the older ends with exit 5."}};
}

}  // namespace kappa::cli

#include "kappa/replay/run.hpp"

#include <fmt/format.h>

#include "kappa/replay/views.hpp"
#include "live_run.hpp"

namespace kappa::replay {

namespace {

// A topic that is gone is a view's own where the view has been dropped: that is what the user did, so that is told.
Error why_ended(log::Directory& directory, const Definition& definition, Error error) {
  if (error.code != Errc::not_found) return error;
  for (const ViewSpec& view : definition.views) {
    const auto found = find_view(directory, view.name);
    if (found || found.error().code != Errc::not_found) continue;
    error.message = fmt::format("view {} was dropped while this run kept it up to date", view.name);
    error.hint = "kappa run FILE defines it anew";
    return error;
  }
  return error;
}

// Being asked to stop is no failure of a run: what was consumed is committed and the summary says so.
Result<RunSummary> end_run(LiveRun& live, Result<void> outcome) {
  const bool interrupted = !outcome && outcome.error().code == Errc::interrupted;
  if (!outcome && !interrupted) return propagate(outcome);
  if (auto finished = live.finish(); !finished) return propagate(finished);
  RunSummary summary = live.summary();
  summary.interrupted = interrupted;
  return summary;
}

Result<RunSummary> run_to_its_end(LiveRun& live, const RunOptions& options) {
  // The end at the start, before recovery takes its time.
  const auto end = live.bound();
  if (!end) return std::unexpected(end.error());
  if (auto recovered = live.recover(); !recovered) {
    if (recovered.error().code != Errc::interrupted) return propagate(recovered);
    RunSummary summary = live.summary();
    summary.interrupted = true;
    return summary;
  }
  live.notify(RunNotice::Kind::recovered);
  if (auto caught_up = live.catch_up(*end); !caught_up) return end_run(live, std::move(caught_up));
  live.notify(RunNotice::Kind::caught_up);
  if (options.until == RunUntil::end) return end_run(live, {});
  return end_run(live, live.follow(*end));
}

}  // namespace

Result<RunSummary> run(log::Directory& directory, const Definition& definition, const RunOptions& options) {
  auto live = LiveRun::open(directory, definition, options);
  if (!live) return propagate(live);
  auto ran = run_to_its_end(**live, options);
  if (!ran) return std::unexpected(why_ended(directory, definition, std::move(ran.error())));
  return ran;
}

}  // namespace kappa::replay

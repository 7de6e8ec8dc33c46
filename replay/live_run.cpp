// A run is a replay that does not end: both feed a processor in the one order and take its net changes at positions.
//
// Output and progress are one atomic write, so after a crash each output says by itself how far it has come. Outputs
// of one run may differ in that; recovery computes everything again from offset zero, advances at every recorded
// position of any output, drops what an output has on disk already, and compares fingerprints where it has a record.
// Beyond an output's last record its changes are written. That nothing is written twice needs no second phase: it
// follows from the changes up to a position being a function of the log up to there.
#include "live_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "all_at_once.hpp"
#include "register.hpp"

namespace kappa::replay {

namespace {

// A processor counts a change as at least 128 bytes, so this is also a limit of 64 k changes.
constexpr std::size_t kCommitBytes = std::size_t{8} << 20U;
constexpr std::chrono::seconds kCommitInterval{1};
constexpr std::chrono::seconds kProgressInterval{10};

}  // namespace

/// Takes the changes of an advance: to the fingerprint always, to the changelog where they are not there yet.
class LiveRun::Sink final : public processor::ChangeSink {
 public:
  Sink(std::deque<Output>& outputs, Sequence position) : outputs_(outputs), position_(position) {}
  Result<void> changes(std::size_t index, const processor::Batch& rows) override {
    Output& output = outputs_[index];
    output.fingerprint.add(rows);
    const bool is_recorded = output.has_record && position_ <= output.recorded_through;
    return is_recorded ? Result<void>{} : output.writer.add(rows);
  }

 private:
  std::deque<Output>& outputs_;
  Sequence position_;
};

Result<std::unique_ptr<LiveRun>> LiveRun::open(log::Directory& directory, const Definition& definition,
                                               const RunOptions& options) {
  auto made = definition.make({});
  if (!made) return propagate(made);
  // Inputs first: a run that cannot start defines nothing.
  if (auto inputs = input_topics(directory, **made); !inputs) return propagate(inputs);
  for (const ViewSpec& view : definition.views)
    if (auto whole = check_compacted_inputs(directory, definition, view, options.warning); !whole)
      return propagate(whole);
  if (auto known = register_views(directory, definition, options.compile); !known) return propagate(known);
  std::unique_ptr<LiveRun> run(new LiveRun(options, std::move(*made)));
  for (const processor::OutputSpec& spec : run->processor_->outputs()) {
    auto writer = CommitWriter::open(directory, spec);
    if (!writer) return propagate(writer);
    Output output{std::move(*writer), {}, 0, kNoSequence, false};
    output.has_record = output.writer.through().has_value();
    output.recorded_through = output.writer.through().value_or(kNoSequence);
    run->outputs_.push_back(std::move(output));
  }
  auto cursor = InputCursor::open(directory, *run->processor_, options.warning);
  if (!cursor) return propagate(cursor);
  run->cursor_.emplace(std::move(*cursor));
  run->last_commit_ = run->last_progress_ = run->now();
  return run;
}

Result<Sequence> LiveRun::horizon() {
  Sequence highest;
  for (const Output& output : outputs_) {
    const std::optional<Sequence> through = output.writer.through();
    auto one = cursor_->horizon(output.writer.output().inputs);
    if (!one) return one;
    if (through && *through < *one)
      return fail(
          Errc::conflict,
          fmt::format("{} has come to sequence {}, and its input was compacted up to {}: what it was there is not "
                      "in the log any more",
                      output.writer.output().name, through->value, one->value),
          "kappa view drop, and kappa run computes it anew");
    highest = std::max(highest, *one);
  }
  return highest;
}

// Below the horizon there may be states that never were. Only where an output stands there, it has to be met.
Result<std::vector<Sequence>> LiveRun::positions_to_recover() {
  auto from = horizon();
  if (!from) return propagate(from);
  std::set<Sequence> positions;
  for (const Output& output : outputs_) {
    const std::vector<RecordedCommit>& recorded = output.writer.recorded();
    for (const RecordedCommit& commit : recorded)
      if (commit.through >= *from) positions.insert(commit.through);
    if (!recorded.empty()) positions.insert(recorded.back().through);
  }
  return std::vector<Sequence>(positions.begin(), positions.end());
}

Result<void> LiveRun::recover() {
  const auto now = bound();
  if (!now) return std::unexpected(now.error());
  auto positions = positions_to_recover();
  if (!positions) return propagate(positions);
  for (const Sequence position : *positions) {
    if (position > *now)
      return fail(Errc::corruption,
                  fmt::format("a commit names input up to sequence {}, but the inputs end before {}", position.value,
                              now->value),
                  "kappa verify tells whether input is damaged or missing");
    if (auto fed = cursor_->feed(position, options_.stop); !fed) return fed;
    if (auto advanced = advance(position); !advanced) return advanced;
    // An output that is behind the others goes on here already. A horizon that is recorded later lies below it.
    if (auto same = cursor_->check_horizons(); !same) return same;
    if (auto written = write_commits(); !written) return written;
  }
  return {};
}

Result<void> LiveRun::advance(Sequence position) {
  for (Output& output : outputs_) {
    const auto& inputs = output.writer.output().inputs;
    output.writer.begin(cursor_->last(inputs), cursor_->last_append_time(inputs));
  }
  Sink sink(outputs_, position);
  if (auto advanced = processor_->advance(position, sink); !advanced) return advanced;
  for (Output& output : outputs_)
    if (auto equal = compare_at(output, position); !equal) return equal;
  return {};
}

Result<void> LiveRun::compare_at(Output& output, Sequence position) {
  const auto& recorded = output.writer.recorded();
  while (output.recovered < recorded.size() && recorded[output.recovered].through < position) ++output.recovered;
  while (output.recovered < recorded.size() && recorded[output.recovered].through == position) {
    auto equal = compare(output, recorded[output.recovered]);
    if (!equal) return propagate(equal);
    ++output.recovered;
    if (*equal) ++recovered_;
  }
  return {};
}

Result<bool> LiveRun::compare(const Output& output, const RecordedCommit& commit) {
  if (commit.fingerprint == output.fingerprint) return true;
  auto horizon = cursor_->horizon(output.writer.output().inputs);
  if (!horizon) return propagate(horizon);
  if (commit.through < *horizon) return false;
  if (auto same = cursor_->check_horizons(); !same) return propagate(same);
  return fail(
      Errc::corruption,
      fmt::format("{}: the changes of ({}, {}] are recorded with fingerprint {}, computed again they give {}",
                  output.writer.output().name, commit.from.value, commit.through.value, to_text(commit.fingerprint),
                  to_text(output.fingerprint)),
      fmt::format("nothing was written; kappa verify {}; if an input has a gap since, kappa repair --from BACKUP fills "
                  "it; to compute it anew from what is there (a gap may also have been filled since): kappa view drop "
                  "VIEW, then kappa run with its file",
                  output.writer.output().name));
}

Result<void> LiveRun::write_commits() {
  for (Output& output : outputs_) {
    if (!output.writer.has_changes()) continue;
    auto finished = output.writer.finish(log::CommitKind::changes, output.fingerprint,
                                         cursor_->consumed(output.writer.output().inputs));
    if (!finished) return finished;
    ++commits_;
  }
  last_commit_ = now();
  return await_all();
}

bool LiveRun::is_behind(const Output& output) const {
  const Sequence last = cursor_->last(output.writer.output().inputs);
  return last != kNoSequence && output.writer.through().value_or(kNoSequence) < last;
}

// After write_commits(): what is behind then had no changes, and the commit that advance() began for it is still open.
Result<void> LiveRun::write_progress() {
  last_progress_ = now();
  for (Output& output : outputs_) {
    if (!is_behind(output)) continue;
    auto finished = output.writer.finish(log::CommitKind::progress, output.fingerprint,
                                         cursor_->consumed(output.writer.output().inputs));
    if (!finished) return finished;
  }
  return await_all();
}

std::chrono::nanoseconds LiveRun::until_progress() const {
  if (std::ranges::none_of(outputs_, [this](const Output& output) { return is_behind(output); }))
    return log::OrderedReader::kNoLimit;
  return std::max(last_progress_ + kProgressInterval - now(), std::chrono::nanoseconds(0));
}

// Each output has a sync of its own; they overlap, so that a commit takes as long as the slowest and not their sum.
Result<void> LiveRun::await_all() {
  std::vector<std::function<Result<void>()>> waits;
  for (Output& output : outputs_)
    if (output.writer.has_written()) waits.emplace_back([&output] { return output.writer.await_durable(); });
  return all_at_once(waits);
}

std::chrono::nanoseconds LiveRun::now() const {
  return options_.clock ? options_.clock() : std::chrono::steady_clock::now().time_since_epoch();
}

bool LiveRun::commit_is_due() const {
  return processor_->pending_bytes() >= kCommitBytes || now() - last_commit_ >= kCommitInterval;
}

Result<void> LiveRun::catch_up(Sequence bound) {
  for (;;) {
    if (options_.stop.stop_requested()) return fail(Errc::interrupted, "stopped");
    auto fed = cursor_->step(bound);
    if (!fed) {
      // What stood before the event that stops the run is committed.
      if (auto committed = finish(); !committed) return committed;
      return propagate(fed);
    }
    const bool exhausted = *fed == InputCursor::Step::exhausted;
    if (!exhausted && !commit_is_due()) continue;
    auto below = is_below_horizon();
    if (!below) return propagate(below);
    if (!exhausted && *below) continue;
    if (auto advanced = advance(cursor_->position()); !advanced) return advanced;
    if (auto written = write_commits(); !written) return written;
    if (until_progress().count() == 0)
      if (auto written = write_progress(); !written) return written;
    notify(RunNotice::Kind::committed);
    if (exhausted) return {};
  }
}

Result<void> LiveRun::follow(Sequence bound) {
  for (;;) {
    if (auto caught_up = catch_up(bound); !caught_up) return caught_up;
    auto next = cursor_->reader().wait_past(bound, until_progress(), options_.stop);
    if (!next) return propagate(next);
    bound = *next;
  }
}

// What a new view is below the horizon of its inputs, it never was: it is not committed.
Result<bool> LiveRun::is_below_horizon() {
  auto from = horizon();
  if (!from) return propagate(from);
  return cursor_->position() < *from;
}

Result<void> LiveRun::finish() {
  auto below = is_below_horizon();
  if (!below) return propagate(below);
  if (*below) return {};
  if (auto advanced = advance(cursor_->position()); !advanced) return advanced;
  if (auto written = write_commits(); !written) return written;
  return write_progress();
}

RunSummary LiveRun::summary() const {
  RunSummary summary{cursor_->events(), recovered_, commits_, false, {}};
  for (const Output& output : outputs_)
    summary.outputs.push_back({output.writer.output().name, output.writer.through().value_or(kNoSequence),
                               output.fingerprint, output.writer.output().is_errors});
  return summary;
}

void LiveRun::notify(RunNotice::Kind kind) const {
  if (!options_.notice) return;
  RunNotice notice{kind, cursor_->events(), summary().outputs};
  options_.notice(notice);
}

}  // namespace kappa::replay

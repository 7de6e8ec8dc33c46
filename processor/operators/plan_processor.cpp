// The processor of SQL views.
//
// process() has two halves. First every event is decoded, filtered, projected and checked for errors, and what comes
// out is only staged before the keyed state (that of tables with a primary key, and that of operators); then, if no
// view refuses, all state takes what is staged. So a batch that ends a run leaves no trace. advance() goes through the
// views in the order in which they read each other, and within a view from scans to output: each stateful operator
// emits its net change, and the next one takes it. Only when every view has done so does the sink see anything.
#include "operators/plan_processor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <set>
#include <utility>

#include "kappa/base/assert.hpp"
#include "operators/plan_dependencies.hpp"

namespace kappa::processor {
namespace {

Result<std::vector<bool>> select(const Program& program, const std::vector<std::string>& names) {
  std::vector<bool> selected(program.views.size(), names.empty());
  for (const std::string& name : names) {
    const auto found = std::ranges::find(program.views, name, &ViewDefinition::name);
    if (found == program.views.end()) {
      return fail(Errc::not_found, fmt::format("no materialized view named {} is defined", name),
                  "name a view that the program creates with CREATE MATERIALIZED VIEW");
    }
    selected[static_cast<std::size_t>(found - program.views.begin())] = true;
  }
  return selected;
}

}  // namespace

Result<std::unique_ptr<Processor>> PlanProcessor::make(Program program, const std::vector<std::string>& views) {
  Result<std::vector<bool>> selected = select(program, views);
  if (!selected) return propagate(selected);
  std::unique_ptr<PlanProcessor> made(new PlanProcessor(std::move(program)));
  Result<Pipelines> pipelines = build_pipelines(made->program_, needed_views(made->program_, *selected));
  if (!pipelines) return propagate(pipelines);
  made->pipelines_ = std::move(*pipelines);
  made->selected_ = std::move(*selected);
  made->make_inputs();
  made->make_outputs(made->selected_);
  return made;
}

void PlanProcessor::make_inputs() {
  for (std::size_t i = 0; i < pipelines_.tables.size(); ++i) {
    if (!pipelines_.tables[i]) continue;
    TablePipeline& table = *pipelines_.tables[i];
    const TableDefinition& definition = program_.tables[i];
    const auto found = std::ranges::find(inputs_, definition.topic, &InputSpec::topic);
    table.input = static_cast<std::uint32_t>(found - inputs_.begin());
    if (found == inputs_.end()) inputs_.push_back({definition.topic});
    if (definition.is_keyed()) table.keyed = std::make_unique<KeyedTable>(definition, table.wanted);
    table.decoder = std::make_unique<JsonTableDecoder>(definition, table.keyed ? table.keyed->decoded() : table.wanted);
  }
}

void PlanProcessor::make_outputs(const std::vector<bool>& selected) {
  for (std::size_t view = 0; view < program_.views.size(); ++view) {
    if (!selected[view]) continue;
    const ViewDefinition& definition = program_.views[view];
    std::set<std::uint32_t> inputs;
    for (const std::uint32_t table : tables_read(program_, view)) inputs.insert(pipelines_.tables[table]->input);
    const std::vector<std::uint32_t> depends(inputs.begin(), inputs.end());
    outputs_.push_back({.name = definition.name,
                        .schema = definition.plan->schema,
                        .unique_key = definition.unique_key,
                        .arrival_order = pipelines_.views[view]->contents.order() == OutputOrder::arrival,
                        .inputs = depends});
    outputs_.push_back({.name = definition.name + ".errors",
                        .schema = errors_schema(),
                        .unique_key = {},
                        .is_errors = true,
                        .inputs = depends});
    version_ += canonical_text(program_, view);
  }
}

Result<void> PlanProcessor::process(const EventBatch& batch) {
  KAPPA_ASSERT(batch.input < inputs_.size(), "a batch of an input that the processor does not have");
  Result<void> taken = stage(batch);
  if (taken) taken = check_staged();
  if (!taken) {
    discard_staged();
    return taken;
  }
  apply_staged();
  return {};
}

Result<void> PlanProcessor::stage(const EventBatch& batch) {
  std::vector<RejectedEvent> rejected;
  std::vector<Batch> changes;
  for (std::size_t i = 0; i < pipelines_.tables.size(); ++i) {
    if (!pipelines_.tables[i] || pipelines_.tables[i]->input != batch.input) continue;
    TablePipeline& table = *pipelines_.tables[i];
    rejected.clear();
    changes.clear();
    changes.push_back(table.decoder->decode(batch, rejected));
    if (table.keyed) {
      Result<std::vector<Batch>> staged = table.keyed->stage(batch, std::move(changes.front()), rejected);
      if (!staged) return propagate(staged);
      changes = std::move(*staged);
    }
    for (const RejectedEvent& event : rejected) {
      for (ErrorLog* log : table.error_logs) {
        log->reject_event(program_.tables[i].topic, batch, event.event, event.error);
      }
    }
    for (const Batch& rows : changes) {
      if (rows.rows == 0) continue;
      for (Consumer* reader : table.readers) reader->push(rows);
    }
  }
  return {};
}

Result<void> PlanProcessor::check_staged() const {
  for (std::size_t i = 0; i < pipelines_.views.size(); ++i) {
    if (!pipelines_.views[i]) continue;
    const ViewPipeline& view = *pipelines_.views[i];
    if (program_.views[i].on_error == OnError::stop && !view.log.empty()) return std::unexpected(view.log.stop_error());
    for (const StatefulOperator* each : view.stateful) {
      Result<void> fits = each->check_room();
      if (!fits) return fits;
    }
  }
  return {};
}

void PlanProcessor::discard_staged() {
  for (const std::unique_ptr<TablePipeline>& table : pipelines_.tables)
    if (table && table->keyed) table->keyed->discard();
  for (const std::unique_ptr<ViewPipeline>& view : pipelines_.views) {
    if (!view) continue;
    view->log.discard();
    for (StatefulOperator* each : view->stateful) each->discard();
  }
}

void PlanProcessor::apply_staged() {
  for (const std::unique_ptr<TablePipeline>& table : pipelines_.tables)
    if (table && table->keyed) table->keyed->apply();
  for (const std::unique_ptr<ViewPipeline>& view : pipelines_.views) {
    if (!view) continue;
    for (StatefulOperator* each : view->stateful) each->apply();
    if (view->log.empty()) continue;
    view->errors.push(view->log.take());
    view->errors.apply();
  }
}

Result<void> PlanProcessor::end_interval(std::size_t index) {
  ViewPipeline& view = *pipelines_.views[index];
  for (StatefulOperator* each : view.stateful | std::views::reverse) {
    Result<void> fits = each->check_room();
    if (!fits) return fits;
    each->apply();
    each->emit();
  }
  // An error that came and went within the interval is none, so what counts is what is left.
  const bool stops = program_.views[index].on_error == OnError::stop && !view.log.empty();
  const std::optional<Error> reason = stops ? std::optional(view.log.stop_error()) : std::nullopt;
  if (!view.log.empty()) view.errors.push(view.log.take());
  view.errors.apply();
  view.errors.emit();
  if (stops && view.errors.has_changes()) return std::unexpected(*reason);
  return {};
}

Result<void> PlanProcessor::advance(Sequence, ChangeSink& sink) {
  for (std::size_t view = 0; view < pipelines_.views.size(); ++view) {
    if (!pipelines_.views[view]) continue;
    Result<void> ended = end_interval(view);
    if (!ended) return ended;
  }
  std::size_t output = 0;
  for (std::size_t view = 0; view < pipelines_.views.size(); ++view) {
    if (!pipelines_.views[view]) continue;
    for (OutputCollector* each : {&pipelines_.views[view]->contents, &pipelines_.views[view]->errors}) {
      if (!selected_[view]) {
        each->drop();
        continue;
      }
      Result<void> taken = each->deliver(output++, sink);
      if (!taken) return taken;
    }
  }
  return {};
}

std::vector<std::string> PlanProcessor::take_warnings() {
  std::vector<std::string> warnings;
  for (const std::unique_ptr<TablePipeline>& table : pipelines_.tables)
    if (table) std::ranges::move(table->decoder->take_warnings(), std::back_inserter(warnings));
  return warnings;
}

std::size_t PlanProcessor::pending_bytes() const {
  std::size_t bytes = 0;
  for (const std::unique_ptr<ViewPipeline>& view : pipelines_.views) {
    if (!view) continue;
    bytes += view->errors.pending_bytes();
    for (const StatefulOperator* each : view->stateful) bytes += each->pending_bytes();
  }
  return bytes;
}

std::size_t PlanProcessor::state_bytes() const {
  std::size_t bytes = 0;
  for (const std::unique_ptr<TablePipeline>& table : pipelines_.tables)
    if (table && table->keyed) bytes += table->keyed->state_bytes();
  for (const std::unique_ptr<ViewPipeline>& view : pipelines_.views) {
    if (!view) continue;
    bytes += view->log.state_bytes();
    for (const StatefulOperator* each : view->stateful) bytes += each->state_bytes();
  }
  return bytes;
}

Result<std::unique_ptr<Processor>> make_processor(Program program, const std::vector<std::string>& views) {
  return PlanProcessor::make(std::move(program), views);
}

}  // namespace kappa::processor

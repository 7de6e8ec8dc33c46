// From the logical tree to operators. The tree is walked from the view's output down to its scans, and on the way down
// every node learns which of its columns anything uses; each operator is made with its consumer, so the one downstream
// exists first.
//
// An operator that uses all it gets (a view's output, GROUP BY, DISTINCT) stands behind an ErrorGate, which sees each
// row's values once computed: first a projection to keys and arguments, then the gate, then the state.
#include "operators/pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "kappa/base/assert.hpp"
#include "operators/error_gate.hpp"
#include "operators/filter.hpp"
#include "operators/group_by.hpp"
#include "operators/project.hpp"
#include "operators/tumble.hpp"

namespace kappa::processor {
namespace {

// Rows of a keyed table are replaced and deleted, so what comes is not all that there is.
bool keeps_arrival_order(const Program& program, const PlanNode& node) {
  const auto of = [&](const PlanPointer& input) { return keeps_arrival_order(program, *input); };
  if (const auto* scan = std::get_if<ScanTable>(&node.node)) return !program.tables[scan->table].is_keyed();
  if (const auto* filter = std::get_if<Filter>(&node.node)) return of(filter->input);
  if (const auto* project = std::get_if<Project>(&node.node)) return of(project->input);
  if (const auto* tumble = std::get_if<Tumble>(&node.node)) return of(tumble->input);
  return false;
}

// FILTER as part of the argument: what the filter rejects is NULL, which every aggregate skips, and lazily so.
ExpressionPointer argument_of(const AggregateCall& call) {
  if (!call.filter) return call.argument;
  const Type boolean{TypeKind::boolean};
  const ExpressionPointer counted =
      call.argument ? call.argument
                    : std::make_shared<const Expression>(Expression{.op = Op::literal, .type = boolean, .value = true});
  auto nothing = std::make_shared<const Expression>(Expression{.op = Op::literal, .type = counted->type});
  return std::make_shared<const Expression>(
      Expression{.op = Op::case_when, .type = counted->type, .args = {call.filter, counted, std::move(nothing)}});
}

class Builder {
 public:
  Builder(const Program& program, Pipelines& pipelines) : program_(program), pipelines_(pipelines) {}

  Result<void> build_view(std::size_t index) {
    const PlanNode& plan = *program_.views[index].plan;
    const OutputOrder order = keeps_arrival_order(program_, plan) ? OutputOrder::arrival : OutputOrder::encoded;
    pipelines_.views[index] = std::make_unique<ViewPipeline>(program_.views[index], order);
    view_ = pipelines_.views[index].get();
    index_ = index;
    view_->stateful.push_back(&view_->contents);
    Consumer& gate = make<ErrorGate>(view_->log, view_->contents);
    return build(plan, UsedColumns(column_count(program_, plan), true), gate);
  }

 private:
  template <typename Operator, typename... Arguments>
  Operator& make(Arguments&&... arguments) {
    auto made = std::make_unique<Operator>(std::forward<Arguments>(arguments)...);
    Operator& reference = *made;
    view_->operators.push_back(std::move(made));
    ++operators_;
    return reference;
  }

  Result<void> build(const PlanNode& node, const UsedColumns& used, Consumer& next) {
    if (operators_ > kOperatorsMax) {
      return fail(Errc::query,
                  fmt::format("view {} expands to more than {} operators", program_.views[index_].name, kOperatorsMax),
                  "make a view that is used in many places a MATERIALIZED VIEW");
    }
    return std::visit([&](const auto& each) { return add(each, node, used, next); }, node.node);
  }

  Result<void> add(const ScanTable& scan, const PlanNode&, const UsedColumns& used, Consumer& next) {
    std::unique_ptr<TablePipeline>& table = pipelines_.tables[scan.table];
    if (!table) {
      table = std::make_unique<TablePipeline>();
      table->wanted.resize(used.size());
    }
    for (std::size_t i = 0; i < used.size(); ++i) table->wanted[i] = table->wanted[i] || used[i];
    table->readers.push_back(&next);
    // A rejected event is an error of the view, not of each place where the view names the table.
    if (std::ranges::find(table->error_logs, &view_->log) == table->error_logs.end()) {
      table->error_logs.push_back(&view_->log);
    }
    return {};
  }
  Result<void> add(const ScanView& scan, const PlanNode&, const UsedColumns&, Consumer& next) {
    KAPPA_ASSERT(scan.view < index_, "a view reads views before it only");
    pipelines_.views[scan.view]->contents.subscribe(next);
    return {};
  }
  Result<void> add(const Filter& filter, const PlanNode& node, const UsedColumns& used, Consumer& next) {
    Consumer& made = make<FilterOperator>(filter.condition, used, view_->log, next);
    return build(*filter.input, used_of_input(program_, node, used), made);
  }
  Result<void> add(const Project& project, const PlanNode& node, const UsedColumns& used, Consumer& next) {
    std::vector<ExpressionPointer> expressions = project.expressions;
    for (std::size_t i = 0; i < expressions.size(); ++i) {
      if (!used[i]) expressions[i] = nullptr;
    }
    Consumer& made = make<ProjectOperator>(std::move(expressions), next);
    return build(*project.input, used_of_input(program_, node, used), made);
  }
  Result<void> add(const Tumble& tumble, const PlanNode& node, const UsedColumns& used, Consumer& next) {
    Consumer& made = make<TumbleOperator>(tumble.time, tumble.size, view_->log, next);
    return build(*tumble.input, used_of_input(program_, node, used), made);
  }
  Result<void> add(const UnionAll& all, const PlanNode&, const UsedColumns& used, Consumer& next) {
    for (const PlanPointer& input : all.inputs) {
      Result<void> built = build(*input, used, next);
      if (!built) return built;
    }
    return {};
  }
  Result<void> add(const Distinct& distinct, const PlanNode& node, const UsedColumns& used, Consumer& next) {
    std::vector<TypeKind> kinds;
    for (const Field& field : node.schema) kinds.push_back(field.type.kind);
    GroupBy& state = make<GroupBy>(std::move(kinds), std::vector<GroupedCall>(), input_kind(*distinct.input), next);
    view_->stateful.push_back(&state);
    Consumer& gate = make<ErrorGate>(view_->log, state);
    return build(*distinct.input, used_of_input(program_, node, used), gate);
  }
  Result<void> add(const Aggregate& aggregate, const PlanNode& node, const UsedColumns& used, Consumer& next) {
    std::vector<ExpressionPointer> inputs = aggregate.keys;
    std::vector<TypeKind> kinds;
    for (const ExpressionPointer& key : aggregate.keys) kinds.push_back(key->type.kind);
    const InputKind input = input_kind(*aggregate.input);
    std::vector<GroupedCall> calls;
    for (std::size_t i = 0; i < aggregate.calls.size(); ++i) {
      GroupedCall call;
      if (used[aggregate.keys.size() + i]) {
        Result<void> made = make_call(aggregate.calls[i], input, inputs, call);
        if (!made) return made;
      }
      calls.push_back(std::move(call));
    }
    GroupBy& state = make<GroupBy>(std::move(kinds), std::move(calls), input, next);
    view_->stateful.push_back(&state);
    Consumer& gate = make<ErrorGate>(view_->log, state);
    Consumer& project = make<ProjectOperator>(std::move(inputs), gate);
    return build(*aggregate.input, used_of_input(program_, node, used), project);
  }

  Result<void> make_call(const AggregateCall& call, InputKind input, std::vector<ExpressionPointer>& inputs,
                         GroupedCall& made) {
    AggregateCall unfiltered = call;
    unfiltered.argument = argument_of(call);
    unfiltered.filter = nullptr;
    if (unfiltered.argument) {
      if (call.function == AggregateFunction::count_rows) unfiltered.function = AggregateFunction::count;
      made.argument = add_input(unfiltered.argument, inputs);
      made.has_argument = true;
    }
    Result<std::unique_ptr<Accumulator>> accumulator = make_accumulator(unfiltered, input);
    if (!accumulator) return propagate(accumulator);
    made.accumulator = std::move(*accumulator);
    return {};
  }
  // One column for calls with the same argument.
  static std::size_t add_input(const ExpressionPointer& expression, std::vector<ExpressionPointer>& inputs) {
    const auto same = [&](const ExpressionPointer& other) {
      const bool columns = other->op == Op::column && expression->op == Op::column;
      return other == expression || (columns && other->index == expression->index);
    };
    const auto found = std::ranges::find_if(inputs, same);
    if (found != inputs.end()) return static_cast<std::size_t>(found - inputs.begin());
    inputs.push_back(expression);
    return inputs.size() - 1;
  }

  // Whether rows can be taken away from a node's output.
  [[nodiscard]] InputKind input_kind(const PlanNode& node) const {
    if (const auto* scan = std::get_if<ScanTable>(&node.node)) {
      return program_.tables[scan->table].is_keyed() ? InputKind::changing : InputKind::append_only;
    }
    if (const auto* scan = std::get_if<ScanView>(&node.node)) return input_kind(*program_.views[scan->view].plan);
    if (const auto* filter = std::get_if<Filter>(&node.node)) return input_kind(*filter->input);
    if (const auto* project = std::get_if<Project>(&node.node)) return input_kind(*project->input);
    if (const auto* tumble = std::get_if<Tumble>(&node.node)) return input_kind(*tumble->input);
    const auto* all = std::get_if<UnionAll>(&node.node);
    if (all == nullptr) return InputKind::changing;
    const auto grows = [&](const PlanPointer& input) { return input_kind(*input) == InputKind::append_only; };
    return std::ranges::all_of(all->inputs, grows) ? InputKind::append_only : InputKind::changing;
  }

  const Program& program_;
  Pipelines& pipelines_;
  ViewPipeline* view_ = nullptr;
  std::size_t index_ = 0;
  std::size_t operators_ = 0;
};

}  // namespace

Result<Pipelines> build_pipelines(const Program& program, const std::vector<bool>& needed) {
  Pipelines pipelines;
  pipelines.tables.resize(program.tables.size());
  pipelines.views.resize(program.views.size());
  Builder builder(program, pipelines);
  for (std::size_t view = 0; view < program.views.size(); ++view) {
    if (!needed[view]) continue;
    Result<void> built = builder.build_view(view);
    if (!built) return propagate(built);
  }
  return pipelines;
}

}  // namespace kappa::processor

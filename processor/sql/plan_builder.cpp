// Plan nodes and their limits. Inlined views share their trees, so a few lines of SQL could name a plan of 2^30 nodes;
// the weight counts them as whoever walks the plan will meet them.
#include "plan_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace kappa::sql {
namespace {

using processor::PlanNode;
using processor::Schema;

[[nodiscard]] Schema schema_of(const std::vector<RelationColumn>& columns) {
  Schema schema;
  for (const RelationColumn& column : columns) schema.push_back({column.name, column.type});
  return schema;
}

[[nodiscard]] std::vector<RelationColumn> columns_of(const Schema& schema) {
  std::vector<RelationColumn> columns;
  for (const processor::Field& field : schema) columns.push_back({field.name, field.type});
  return columns;
}

[[nodiscard]] Relation leaf(decltype(PlanNode::node) node, Schema schema, std::vector<RelationColumn> columns) {
  return {std::make_shared<const PlanNode>(PlanNode{std::move(node), std::move(schema)}), std::move(columns)};
}

[[nodiscard]] std::uint64_t weight_of(const std::vector<Bound>& expressions) {
  std::uint64_t weight = 0;
  for (const Bound& expression : expressions) weight += expression.weight;
  return weight;
}

[[nodiscard]] std::vector<ExpressionPointer> expressions_of(const std::vector<Bound>& bound) {
  std::vector<ExpressionPointer> expressions;
  for (const Bound& one : bound) expressions.push_back(one.expression);
  return expressions;
}

[[nodiscard]] std::vector<PlanPointer> branches_of(const PlanPointer& plan) {
  const auto* nested = std::get_if<processor::UnionAll>(&plan->node);
  return nested == nullptr ? std::vector<PlanPointer>{plan} : nested->inputs;
}

}  // namespace

Relation PlanBuilder::over(const Relation& input, decltype(PlanNode::node) node, std::vector<RelationColumn> columns,
                           std::uint64_t weight, int place) const {
  Relation result{nullptr, std::move(columns), input.weight + 1 + weight, input.depth + 1};
  if (result.weight > kPlanWeightMax)
    source_.refuse(place, fmt::format("with its inlined views the plan has more than {} nodes", kPlanWeightMax),
                   "make a view that is used often a CREATE MATERIALIZED VIEW");
  if (result.depth > kPlanDepthMax)
    source_.refuse(place, fmt::format("views are inlined more than {} levels deep", kPlanDepthMax),
                   "make one of them a CREATE MATERIALIZED VIEW");
  result.plan = std::make_shared<const PlanNode>(PlanNode{std::move(node), schema_of(result.columns)});
  return result;
}

Relation PlanBuilder::scan_table(const processor::TableDefinition& table, std::uint32_t index) const {
  static const std::vector<RelationColumn> hidden_columns{
      {"_offset", {TypeKind::bigint}, true},       {"_sequence", {TypeKind::bigint}, true},
      {"_partition", {TypeKind::integer}, true},   {"_append_time", {TypeKind::timestamp}, true},
      {"_timestamp", {TypeKind::timestamp}, true}, {"_key", {TypeKind::text}, true}};
  std::vector<RelationColumn> columns = columns_of(table.columns);
  Schema schema = table.columns;
  for (const RelationColumn& hidden : hidden_columns) {
    columns.push_back(hidden);
    schema.push_back({hidden.name, hidden.type, hidden.name != "_key"});
  }
  return leaf(processor::ScanTable{index}, std::move(schema), std::move(columns));
}

Relation PlanBuilder::scan_view(const processor::ViewDefinition& view, std::uint32_t index) const {
  return leaf(processor::ScanView{index}, view.plan->schema, columns_of(view.plan->schema));
}

Relation PlanBuilder::filter(Relation input, const Bound& condition) const {
  return over(input, processor::Filter{input.plan, condition.expression}, input.columns, condition.weight,
              condition.place);
}

Relation PlanBuilder::project(Relation input, const std::vector<Bound>& expressions,
                              const std::vector<std::string>& names, int place) const {
  std::vector<RelationColumn> columns;
  for (std::size_t i = 0; i < expressions.size(); ++i) columns.push_back({names[i], expressions[i].type()});
  return over(input, processor::Project{input.plan, expressions_of(expressions)}, std::move(columns),
              weight_of(expressions), place);
}

Relation PlanBuilder::tumble(Relation input, const Bound& time, Micros size) const {
  std::vector<RelationColumn> columns = input.columns;
  columns.push_back({"window_start", {TypeKind::timestamp}});
  columns.push_back({"window_end", {TypeKind::timestamp}});
  return over(input, processor::Tumble{input.plan, time.expression, size}, std::move(columns), time.weight, time.place);
}

Relation PlanBuilder::distinct(Relation input, int place) const {
  return over(input, processor::Distinct{input.plan}, input.columns, 0, place);
}

Relation PlanBuilder::union_all(const Relation& left, const Relation& right, std::vector<RelationColumn> columns,
                                int place) const {
  processor::UnionAll node{branches_of(left.plan)};
  std::vector<PlanPointer> more = branches_of(right.plan);
  std::move(more.begin(), more.end(), std::back_inserter(node.inputs));
  const Relation& deeper = left.depth > right.depth ? left : right;
  const Relation& other = &deeper == &left ? right : left;
  return over(deeper, std::move(node), std::move(columns), other.weight, place);
}

Relation PlanBuilder::aggregate(Relation input, const std::vector<Bound>& keys,
                                std::vector<processor::AggregateCall> calls, int place) const {
  std::vector<RelationColumn> columns;
  for (const Bound& key : keys) columns.push_back({fmt::format("key_{}", columns.size() + 1), key.type()});
  for (const processor::AggregateCall& call : calls)
    columns.push_back({fmt::format("aggregate_{}", columns.size() - keys.size() + 1), call.type});
  const std::uint64_t weight = weight_of(keys) + calls.size();
  return over(input, processor::Aggregate{input.plan, expressions_of(keys), std::move(calls)}, std::move(columns),
              weight, place);
}

namespace {

using UniqueKey = std::optional<std::vector<std::uint32_t>>;

/// The output columns of a projection that show the key's columns as they are.
[[nodiscard]] UniqueKey through_projection(const UniqueKey& key, const processor::Project& project) {
  if (!key) return std::nullopt;
  std::vector<std::uint32_t> shown;
  for (const std::uint32_t column : *key) {
    const auto found = std::find_if(project.expressions.begin(), project.expressions.end(),
                                    [&](const auto& e) { return e->op == Op::column && e->index == column; });
    if (found == project.expressions.end()) return std::nullopt;
    shown.push_back(static_cast<std::uint32_t>(found - project.expressions.begin()));
  }
  return shown;
}

}  // namespace

UniqueKey unique_key(const processor::Program& program, const PlanNode& plan) {
  if (const auto* aggregate = std::get_if<processor::Aggregate>(&plan.node)) {
    std::vector<std::uint32_t> key(aggregate->keys.size());
    for (std::uint32_t i = 0; i < key.size(); ++i) key[i] = i;
    return key;
  }
  if (const auto* scan = std::get_if<processor::ScanTable>(&plan.node)) {
    const processor::TableDefinition& table = program.tables[scan->table];
    return table.is_keyed() ? UniqueKey(table.primary_key) : std::nullopt;
  }
  if (const auto* scan = std::get_if<processor::ScanView>(&plan.node)) return program.views[scan->view].unique_key;
  if (const auto* filter = std::get_if<processor::Filter>(&plan.node)) return unique_key(program, *filter->input);
  // A row has one window at most, and its columns stand before those of the window.
  if (const auto* tumble = std::get_if<processor::Tumble>(&plan.node)) return unique_key(program, *tumble->input);
  if (const auto* distinct = std::get_if<processor::Distinct>(&plan.node)) return unique_key(program, *distinct->input);
  if (const auto* project = std::get_if<processor::Project>(&plan.node))
    return through_projection(unique_key(program, *project->input), *project);
  return std::nullopt;
}

}  // namespace kappa::sql

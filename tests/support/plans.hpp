#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kappa/processor/plan.hpp"

/// Plans by hand, as short as SQL: `filter(scan(), greater(column(0), number(3)))`.
namespace kappa::test {

using namespace processor;  // NOLINT: tests speak the words of plans.

inline const Type kBigint{TypeKind::bigint};
inline const Type kText{TypeKind::text};
inline const Type kNumeric{TypeKind::numeric};
inline const Type kDouble{TypeKind::double_precision};
inline const Type kBoolean{TypeKind::boolean};
inline const Type kTimestamp{TypeKind::timestamp};

inline ExpressionPointer call(Op op, Type type, std::vector<ExpressionPointer> args) {
  return std::make_shared<const Expression>(Expression{.op = op, .type = type, .args = std::move(args)});
}
inline ExpressionPointer column(std::uint32_t index, Type type) {
  return std::make_shared<const Expression>(Expression{.op = Op::column, .type = type, .index = index});
}
inline ExpressionPointer number(std::int64_t value) {
  return std::make_shared<const Expression>(Expression{.op = Op::literal, .type = kBigint, .value = value});
}
inline ExpressionPointer inverse(ExpressionPointer value) {
  return call(Op::divide, kBigint, {number(100), std::move(value)});
}

template <typename Node>
PlanPointer plan(Node node, Schema schema) {
  return std::make_shared<const PlanNode>(PlanNode{std::move(node), std::move(schema)});
}

/// Table t(k text, n bigint, d numeric, f double precision, at timestamp) over topic t, and its scan.
inline TableDefinition table_t(std::string name = "t") {
  return {.name = name,
          .topic = name,
          .columns = {{"k", kText}, {"n", kBigint}, {"d", kNumeric}, {"f", kDouble}, {"at", kTimestamp}},
          .event_time = {}};
}
inline ExpressionPointer k() {
  return column(0, kText);
}
inline ExpressionPointer n() {
  return column(1, kBigint);
}
inline ExpressionPointer d() {
  return column(2, kNumeric);
}
inline ExpressionPointer f() {
  return column(3, kDouble);
}
inline ExpressionPointer at() {
  return column(4, kTimestamp);
}
inline PlanPointer scan(std::uint32_t table = 0) {
  Schema schema = table_t().columns;
  for (const char* name : {"_offset", "_sequence"}) schema.push_back({name, kBigint});
  schema.push_back({"_partition", {TypeKind::integer}});
  for (const char* name : {"_append_time", "_timestamp"}) schema.push_back({name, kTimestamp});
  schema.push_back({"_key", kText});
  return plan(ScanTable{table}, std::move(schema));
}

inline Schema schema_of(const std::vector<ExpressionPointer>& expressions) {
  Schema schema;
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    schema.push_back({"c" + std::to_string(i), expressions[i]->type});
  }
  return schema;
}
inline PlanPointer project(PlanPointer input, std::vector<ExpressionPointer> expressions) {
  Schema schema = schema_of(expressions);
  return plan(Project{std::move(input), std::move(expressions)}, std::move(schema));
}
inline PlanPointer filter(PlanPointer input, ExpressionPointer condition) {
  Schema schema = input->schema;
  return plan(Filter{std::move(input), std::move(condition)}, std::move(schema));
}
inline PlanPointer tumble(PlanPointer input, ExpressionPointer time, Micros size) {
  Schema schema = input->schema;
  schema.push_back({"window_start", kTimestamp});
  schema.push_back({"window_end", kTimestamp});
  return plan(Tumble{std::move(input), std::move(time), size}, std::move(schema));
}
inline PlanPointer distinct(PlanPointer input) {
  Schema schema = input->schema;
  return plan(Distinct{std::move(input)}, std::move(schema));
}
inline PlanPointer union_all(std::vector<PlanPointer> inputs) {
  Schema schema = inputs.front()->schema;
  return plan(UnionAll{std::move(inputs)}, std::move(schema));
}
inline PlanPointer aggregate(PlanPointer input, std::vector<ExpressionPointer> keys, std::vector<AggregateCall> calls) {
  Schema schema = schema_of(keys);
  for (const AggregateCall& each : calls) schema.push_back({"c" + std::to_string(schema.size()), each.type});
  return plan(Aggregate{std::move(input), std::move(keys), std::move(calls)}, std::move(schema));
}
inline AggregateCall count_rows() {
  return {.function = AggregateFunction::count_rows, .argument = {}, .filter = {}, .type = kBigint};
}
inline AggregateCall aggregate_call(AggregateFunction function, ExpressionPointer argument, Type type) {
  return {.function = function, .argument = std::move(argument), .filter = {}, .type = type};
}

inline ViewDefinition view(std::string name, PlanPointer tree) {
  return {.name = std::move(name), .plan = std::move(tree), .order_by = {}, .unique_key = {}, .sql = {}};
}
/// A program of one table t and one view v.
inline Program program(PlanPointer tree) {
  return {{table_t()}, {view("v", std::move(tree))}};
}

}  // namespace kappa::test

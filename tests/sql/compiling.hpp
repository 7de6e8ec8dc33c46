#pragma once
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "kappa/sql/compile.hpp"

namespace kappa::test {

/// A column of every type; the tests of this folder query it.
inline constexpr std::string_view kColumns =
    "b boolean, i integer, l bigint, n numeric, m numeric(10,2), d double precision, s text, v varchar(5), t "
    "timestamp, "
    "a date";

[[nodiscard]] inline std::string with_table(std::string_view statements) {
  return fmt::format("CREATE TABLE x ({});\n{}", kColumns, statements);
}

[[nodiscard]] inline Result<sql::Compiled> compile_file(std::string_view text) {
  return sql::compile(text, "f.sql");
}

/// Compiles `query` as the one view over the table x; its text is line 3.
[[nodiscard]] inline Result<sql::Compiled> compile_query(std::string_view query) {
  return compile_file(with_table(fmt::format("CREATE MATERIALIZED VIEW q AS\n{}", query)));
}

[[nodiscard]] inline std::string message_of(const Result<sql::Compiled>& result) {
  return result ? "compiled" : result.error().message;
}

/// The view of compile_query; a failure of the test and an empty view where it is refused.
[[nodiscard]] inline processor::ViewDefinition view_of(std::string_view query) {
  auto compiled = compile_query(query);
  if (!compiled) {
    ADD_FAILURE() << compiled.error().message << "\n" << compiled.error().detail;
    return {"", std::make_shared<const processor::PlanNode>(), {}, {}, {}, ""};
  }
  return compiled->program.views.back();
}

/// `name type, …` of a view's columns.
[[nodiscard]] inline std::string columns_of(const processor::ViewDefinition& view) {
  std::string text;
  for (const processor::Field& field : view.plan->schema)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", field.name, processor::type_name(field.type));
  return text;
}

/// The plan as nested calls, innermost last: `project(filter(scan x))`, without its expressions.
[[nodiscard]] inline std::string shape_of(const processor::PlanNode& plan) {
  struct Shape {
    std::string operator()(const processor::ScanTable& scan) const { return fmt::format("table {}", scan.table); }
    std::string operator()(const processor::ScanView& scan) const { return fmt::format("view {}", scan.view); }
    std::string operator()(const processor::Filter& node) const { return within("filter", node.input); }
    std::string operator()(const processor::Project& node) const { return within("project", node.input); }
    std::string operator()(const processor::Tumble& node) const { return within("tumble", node.input); }
    std::string operator()(const processor::Distinct& node) const { return within("distinct", node.input); }
    std::string operator()(const processor::Aggregate& node) const { return within("aggregate", node.input); }
    std::string operator()(const processor::UnionAll& node) const {
      std::string inner;
      for (const auto& input : node.inputs) inner += (inner.empty() ? "" : ", ") + shape_of(*input);
      return fmt::format("union({})", inner);
    }
    static std::string within(std::string_view name, const processor::PlanPointer& input) {
      return fmt::format("{}({})", name, shape_of(*input));
    }
  };
  return std::visit(Shape{}, plan.node);
}

/// An expression as text: columns as #index, literals by value, the rest as op(args) with the number of its Op.
[[nodiscard]] inline std::string text_of(const processor::Expression& expression) {
  using processor::Op;
  if (expression.op == Op::column) return fmt::format("#{}", expression.index);
  if (expression.op == Op::literal) {
    if (const auto* text = std::get_if<std::string>(&expression.value)) return fmt::format("'{}'", *text);
    if (const auto* small = std::get_if<std::int32_t>(&expression.value)) return std::to_string(*small);
    if (const auto* large = std::get_if<std::int64_t>(&expression.value)) return std::to_string(*large);
    if (std::holds_alternative<std::monostate>(expression.value)) return "null";
    return "literal";
  }
  std::string args;
  for (const auto& arg : expression.args) args += (args.empty() ? "" : ", ") + text_of(*arg);
  if (expression.op == Op::cast) return fmt::format("{}({})", processor::type_name(expression.type), args);
  return fmt::format("{}({})", static_cast<int>(expression.op), args);
}

/// Column `index` of the projection on top of a view's plan.
[[nodiscard]] inline const processor::Expression& output_of(const processor::ViewDefinition& view, std::size_t index) {
  return *std::get<processor::Project>(view.plan->node).expressions.at(index);
}

}  // namespace kappa::test

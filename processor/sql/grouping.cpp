// GROUP BY. Expressions of a grouping query are bound over its source first, with aggregates as columns of a special
// index; then each is rewritten over the aggregation's output: what equals a key is the key's column, an aggregate is
// its call's column, and any other column is the error that PostgreSQL gives.
#include "grouping.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "refusals.hpp"

namespace kappa::sql {
namespace {

[[nodiscard]] bool has_aggregate(const Expression& expression) {
  if (expression.op == Op::column) return expression.index >= kAggregateColumn;
  return std::any_of(expression.args.begin(), expression.args.end(),
                     [](const ExpressionPointer& arg) { return has_aggregate(*arg); });
}

[[nodiscard]] const Target& target_at(const Source& source, const Node& constant, const std::vector<Target>& targets,
                                      std::string_view clause) {
  if (!constant.has("ival"))
    source.refuse(constant.place(), fmt::format("non-integer constant in {}", clause), "name a column or a position");
  const std::int64_t position = integer_constant(source, constant);
  if (position < 1 || position > static_cast<std::int64_t>(targets.size()))
    source.refuse(constant.place(), fmt::format("{} position {} is not in select list", clause, position),
                  fmt::format("the list has {} columns", targets.size()));
  return targets[static_cast<std::size_t>(position - 1)];
}

void refuse_grouping_set(const Source& source, const Node& node) {
  if (!node.is("GroupingSet")) return;
  const std::string_view kind = node.text("kind");
  source.refuse_unsupported(node.place(),
                            kind == "GROUPING_SET_ROLLUP" ? "ROLLUP"
                            : kind == "GROUPING_SET_CUBE" ? "CUBE"
                            : kind == "GROUPING_SET_SETS" ? "GROUPING SETS"
                                                          : "GROUP BY ()",
                            "write one view for each grouping; leave GROUP BY out for one group of all rows");
}

}  // namespace

const Target* find_target(const Source& source, const Node& node, const std::vector<Target>& targets,
                          std::string_view clause) {
  if (node.is("A_Const")) return &target_at(source, node, targets, clause);
  const std::vector<std::string> names = node.names("fields");
  if (!node.is("ColumnRef") || names.size() != 1) return nullptr;
  const Target* found = nullptr;
  for (const Target& target : targets) {
    if (target.name != names.front()) continue;
    if (found != nullptr && !same_expression(*found->value.expression, *target.value.expression))
      source.refuse(node.place(), fmt::format("{} \"{}\" is ambiguous", clause, names.front()),
                    "give the columns different names with AS");
    found = &target;
  }
  return found;
}

Bound Grouping::bind_key(const Node& node, const std::vector<Target>& targets) {
  refuse_grouping_set(builder_.source(), node);
  const std::vector<std::string> names = node.names("fields");
  const bool is_source_column = node.is("ColumnRef") && names.size() == 1 && binder_.scope().has_column(names.front());
  const Target* target = is_source_column ? nullptr : find_target(builder_.source(), node, targets, "GROUP BY");
  if (target == nullptr) return binder_.bind(node, Clause::group_by);
  if (has_aggregate(*target->value.expression))
    builder_.source().refuse(node.place(), "aggregate functions are not allowed in GROUP BY",
                             "group by the columns that are not aggregates");
  return target->value;
}

void Grouping::bind_keys(const std::vector<Node>& clause, const std::vector<Target>& targets) {
  for (const Node& node : clause) {
    if (node.is("RowExpr") && node.text("row_format") == "COERCE_IMPLICIT_CAST") {  // GROUP BY (a, b) is GROUP BY a, b.
      bind_keys(node.list("args"), targets);
      continue;
    }
    Bound key = builder_.decided(bind_key(node, targets));
    if (key.kind == Kind::interval)
      builder_.source().refuse_unsupported(node.place(), "GROUP BY an interval", kIntervalsHint);
    const bool known = std::any_of(keys_.begin(), keys_.end(), [&](const Bound& other) {
      return same_expression(*other.expression, *key.expression);
    });
    if (!known) keys_.push_back(std::move(key));
  }
}

ExpressionPointer Grouping::rewrite(const ExpressionPointer& expression) const {
  for (std::size_t i = 0; i < keys_.size(); ++i)
    if (same_expression(*keys_[i].expression, *expression))
      return builder_.column(static_cast<std::uint32_t>(i), expression->type, -1).expression;
  if (expression->op == Op::literal) return expression;
  if (expression->op == Op::column && expression->index >= kAggregateColumn) {
    const auto column = static_cast<std::uint32_t>(keys_.size()) + (expression->index - kAggregateColumn);
    return builder_.column(column, expression->type, -1).expression;
  }
  if (expression->op == Op::column) {
    const Scope& scope = binder_.scope();
    const std::string& name = scope.relation().columns[expression->index].name;
    const std::string qualifier = scope.alias().empty() ? "" : scope.alias() + ".";
    builder_.source().refuse(
        binder_.place_of(*expression),
        fmt::format("column \"{}{}\" must appear in the GROUP BY clause or be used in an aggregate function", qualifier,
                    name),
        fmt::format("add it to GROUP BY, or choose one value of each group, such as max({})", name));
  }
  Expression copy = *expression;
  for (ExpressionPointer& arg : copy.args) arg = rewrite(arg);
  return std::make_shared<const Expression>(std::move(copy));
}

Bound Grouping::over_groups(const Bound& value) const {
  Bound result = value;
  result.expression = rewrite(value.expression);
  return result;
}

}  // namespace kappa::sql

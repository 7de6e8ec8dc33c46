// Queries to plans: source, WHERE, aggregation, HAVING, projection, DISTINCT, in that order; UNION ALL above them.
#include "query_binder.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "grouping.hpp"
#include "order_by.hpp"
#include "refusals.hpp"

namespace kappa::sql {
namespace {

[[nodiscard]] std::vector<std::string> names_of(const std::vector<Target>& targets) {
  std::vector<std::string> names;
  for (const Target& target : targets) names.push_back(target.name);
  return names;
}

/// The columns of a finished query, for ORDER BY above a union.
[[nodiscard]] std::vector<Target> targets_of(const Builder& builder, const Relation& relation) {
  std::vector<Target> targets;
  for (const RelationColumn& column : relation.columns)
    targets.push_back({builder.column(static_cast<std::uint32_t>(targets.size()), column.type, -1), column.name});
  return targets;
}

void refuse_distinct_on(const Source& source, const Node& select) {
  for (const Node& expression : select.list("distinctClause"))
    if (expression.exists() && !expression.kind.empty())
      source.refuse_unsupported(expression.place(), "DISTINCT ON", "use GROUP BY with min or max");
}

}  // namespace

Query QueryBinder::bind_nested(const Node& select) {
  if (!select.list("sortClause").empty())
    source_.refuse_unsupported(select.list("sortClause").front().place(),
                               find_refusal(kRefusedSelectFields, "sortClause")->what,
                               find_refusal(kRefusedSelectFields, "sortClause")->hint);
  return bind(select);
}

Query QueryBinder::bind_top(const Node& select) {
  return bind(select);
}

Query QueryBinder::bind(const Node& select) {
  check_fields(source_, select,
               {"distinctClause", "targetList", "fromClause", "whereClause", "groupClause", "havingClause",
                "sortClause", "limitOption", "op", "all", "larg", "rarg"},
               kRefusedSelectFields);
  return select.text("op") == "SETOP_NONE" ? bind_select(select) : bind_union(select);
}

void QueryBinder::add_star(const Node& target, ExpressionBinder& binder, std::vector<Target>& targets) {
  const Scope& scope = binder.scope();
  const std::vector<Node>& fields = target["val"].list("fields");
  if (fields.size() > 2) source_.refuse_unsupported(target.place(), "a schema", "write t.*");
  if (fields.size() == 2) scope.check_alias(fields.front().text("sval"), target.place());
  const std::vector<RelationColumn>& columns = scope.relation().columns;
  for (std::uint32_t i = 0; i < columns.size(); ++i)
    if (!columns[i].hidden) targets.push_back({binder.bind_column(i, target.place()), columns[i].name, target.place()});
}

std::vector<Target> QueryBinder::bind_targets(const Node& select, ExpressionBinder& binder) {
  std::vector<Target> targets;
  for (const Node& target : select.list("targetList")) {
    const Node& value = target["val"];
    if (value.is("ColumnRef") && value.list("fields").back().is("A_Star")) {
      add_star(target, binder, targets);
      continue;
    }
    Target bound{binder.bind(value, Clause::select_list), std::string(target.text("name")), target.place()};
    if (bound.value.kind == Kind::interval)
      source_.refuse_unsupported(value.place(), "a column of type interval",
                                 "add it to a timestamp, or write its length as a number");
    if (bound.name.empty()) bound.name = default_name(value);
    targets.push_back(std::move(bound));
  }
  if (targets.empty())
    source_.refuse_unsupported(select.place(), "a SELECT without columns", "name the columns, or write *");
  return targets;
}

Query QueryBinder::bind_select(const Node& select) {
  const Scope scope = bind_from(select);
  ExpressionBinder binder(builder_, scope);
  std::vector<Target> targets = bind_targets(select, binder);
  Relation plan = scope.relation();
  if (select.has("whereClause"))
    plan = plans_.filter(plan, builder_.condition(binder.bind(select["whereClause"], Clause::where), "WHERE"));

  Grouping grouping(builder_, binder);
  grouping.bind_keys(select.list("groupClause"), targets);
  std::optional<Bound> having;
  if (select.has("havingClause"))
    having = builder_.condition(binder.bind(select["havingClause"], Clause::having), "HAVING");
  Query query;
  query.order_by = bind_order_by(builder_, select.list("sortClause"), targets, &binder);

  std::vector<Bound> outputs;
  for (const Target& target : targets) {
    query.undecided.push_back(target.value.kind == Kind::unknown ? std::optional(target.value) : std::nullopt);
    outputs.push_back(builder_.decided(target.value));
    query.places.push_back(target.place);
  }
  if (grouping.groups() || having) {
    plan = plans_.aggregate(plan, grouping.keys(), binder.aggregates().calls, binder.aggregates().place);
    for (Bound& output : outputs) output = grouping.over_groups(output);
    if (having) plan = plans_.filter(plan, grouping.over_groups(*having));
  }
  refuse_distinct_on(source_, select);
  plan = plans_.project(plan, outputs, names_of(targets), select.place());
  if (select.has("distinctClause")) plan = plans_.distinct(plan, select.place());
  query.relation = std::move(plan);
  return query;
}

Bound QueryBinder::column_of(const Query& query, std::size_t index, int place) const {
  if (query.undecided[index]) return *query.undecided[index];
  return builder_.column(static_cast<std::uint32_t>(index), query.relation.columns[index].type, place);
}

Relation QueryBinder::cast_columns(const Query& query, const std::vector<RelationColumn>& columns, int place) const {
  std::vector<Bound> outputs;
  std::vector<std::string> names;
  bool changed = false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    outputs.push_back(builder_.coerce(column_of(query, i, place), columns[i].type));
    names.push_back(columns[i].name);
    changed |= outputs.back().expression->op != Op::column &&
               !(query.undecided[i] && outputs.back().type().kind == TypeKind::text);
  }
  return changed ? plans_.project(query.relation, outputs, names, place) : query.relation;
}

Query QueryBinder::bind_union(const Node& select) {
  const std::string_view operation = select.text("op");
  const int place = select["rarg"].place();
  if (operation != "SETOP_UNION" || !select.has("all"))
    source_.refuse_unsupported(place,
                               operation == "SETOP_UNION"       ? "UNION without ALL"
                               : operation == "SETOP_INTERSECT" ? "INTERSECT"
                                                                : "EXCEPT",
                               operation == "SETOP_UNION" ? "write SELECT DISTINCT … FROM (… UNION ALL …) AS q"
                                                          : "UNION ALL is the one set operation of this version");
  Query left = bind_nested(select["larg"]);
  Query right = bind_nested(select["rarg"]);
  if (left.relation.columns.size() != right.relation.columns.size())
    source_.refuse(
        place, "each UNION query must have the same number of columns",
        fmt::format("{} on the left, {} on the right", left.relation.columns.size(), right.relation.columns.size()));
  std::vector<RelationColumn> columns;
  for (std::size_t i = 0; i < left.relation.columns.size(); ++i)
    columns.push_back({left.relation.columns[i].name,
                       builder_.common_type({column_of(left, i, place), column_of(right, i, place)}, "UNION")});
  Query query;
  query.relation =
      plans_.union_all(cast_columns(left, columns, place), cast_columns(right, columns, place), columns, place);
  query.undecided.resize(columns.size());
  query.order_by = bind_order_by(builder_, select.list("sortClause"), targets_of(builder_, query.relation), nullptr);
  return query;
}

}  // namespace kappa::sql

// FROM: one table, view, sub-select, or window function over one of them.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "kappa/base/near_miss.hpp"
#include "query_binder.hpp"
#include "refusals.hpp"

namespace kappa::sql {
namespace {

constexpr std::string_view kTumbleForm = "write tumble(source, time column, interval '10 seconds')";
constexpr std::string_view kJoinHint = "a view reads one source in this version; UNION ALL puts several together";

/// The length of a window in microseconds.
[[nodiscard]] Micros window_size(const Source& source, const Bound& size) {
  const auto& interval = std::get<processor::Interval>(size.expression->value);
  if (interval.months != 0)
    source.refuse_unsupported(size.place, "a window of months",
                              "months differ in length; group by date_trunc('month', t)");
  constexpr __int128 kDay = 86'400'000'000;
  const __int128 micros = kDay * interval.days + interval.micros;
  if (micros <= 0 || micros > std::numeric_limits<Micros>::max())
    source.refuse(size.place, "the size of a window must be positive", kTumbleForm.data());
  return static_cast<Micros>(micros);
}

[[noreturn]] void refuse_window_function(const Source& source, const std::string& name, int place) {
  if (const NamedRefusal* refused = find_refusal(kRefusedFunctions, name))
    source.refuse_unsupported(place, refused->what, refused->hint);
  source.refuse(place, fmt::format("function \"{}\" in FROM does not exist", name),
                near_miss(name, {"tumble"}).empty() ? std::string(kTumbleForm) : "did you mean tumble?");
}

}  // namespace

const Relation& QueryBinder::named(std::string_view name, int place) {
  const std::size_t index = definitions_.resolve(source_, name, place);
  used_.insert(index);
  return definitions_.all()[index].relation;
}

Scope QueryBinder::bind_from(const Node& select) {
  const std::vector<Node>& items = select.list("fromClause");
  if (items.empty())
    source_.refuse_unsupported(select.place(), "SELECT without FROM", "a view reads a table or a view");
  if (items.size() > 1) source_.refuse_unsupported(items[1].place(), "JOIN (several items in FROM)", kJoinHint);
  const Node& item = items.front();
  if (item.is("RangeVar")) return bind_table(item);
  if (item.is("RangeFunction")) return bind_window(item);
  if (item.is("JoinExpr")) source_.refuse_unsupported(item["rarg"].place(), "JOIN", kJoinHint);
  if (item.is("RangeTableSample"))
    source_.refuse_unsupported(item.place(), "TABLESAMPLE", "filter by _offset with WHERE");
  if (!item.is("RangeSubselect")) source_.refuse_unsupported(item.place(), fmt::format("{} in FROM", item.kind));
  check_fields(source_, item, {"subquery", "alias"});
  return make_scope(bind_nested(item["subquery"]).relation, item["alias"], "", item.place());
}

Scope QueryBinder::bind_table(const Node& range) {
  check_fields(source_, range, {"relname", "inh", "relpersistence", "alias", "location"});
  if (!range.has("inh")) source_.refuse_unsupported(range.place(), "ONLY", "leave it out");
  const std::string name(range.text("relname"));
  return make_scope(named(name, range.place()), range["alias"], name, range.place());
}

Scope QueryBinder::make_scope(Relation relation, const Node& alias, std::string name, int place) const {
  if (!alias.exists()) return {source_, std::move(relation), std::move(name)};
  const std::vector<std::string> names = alias.names("colnames");
  std::vector<RelationColumn*> visible;
  for (RelationColumn& column : relation.columns)
    if (!column.hidden) visible.push_back(&column);
  if (names.size() > visible.size())
    source_.refuse(place,
                   fmt::format("table \"{}\" has {} columns available but {} columns specified",
                               alias.text("aliasname"), visible.size(), names.size()),
                   "leave some names out");
  for (std::size_t i = 0; i < names.size(); ++i) visible[i]->name = names[i];
  return {source_, std::move(relation), std::string(alias.text("aliasname"))};
}

Scope QueryBinder::bind_window_source(const Node& argument) {
  const std::vector<std::string> names = argument.names("fields");
  if (argument.is("ColumnRef") && names.size() == 1)
    return {source_, named(names.front(), argument.place()), names.front()};
  if (argument.is("SubLink") && argument.text("subLinkType") == "EXPR_SUBLINK")
    return {source_, bind_nested(argument["subselect"]).relation, "tumble"};
  source_.refuse(argument.place(), "the source of tumble must be a table, a view or a sub-select",
                 std::string(kTumbleForm));
}

Scope QueryBinder::bind_window(const Node& range) {
  check_fields(source_, range, {"functions", "alias"});
  const Node& function = range.list("functions").front().list("items").front();
  const std::string name = function.is("FuncCall") ? function.names("funcname").back() : function.kind;
  if (name != "tumble") refuse_window_function(source_, name, function.place());
  check_fields(source_, function, {"funcname", "args", "funcformat", "location"});
  const std::vector<Node>& args = function.list("args");
  if (args.size() != 3)
    source_.refuse(function.place(), fmt::format("tumble takes 3 arguments, not {}", args.size()),
                   std::string(kTumbleForm));

  Scope source = bind_window_source(args[0]);
  for (const std::string_view added : {"window_start", "window_end"})
    if (source.has_column(added))
      source_.refuse(args[0].place(), fmt::format("the source of tumble already has a column \"{}\"", added),
                     "rename it in a sub-select");
  ExpressionBinder binder(builder_, source);
  Bound time = binder.bind(args[1], Clause::window);
  if (!casts_implicitly(time.kind, Kind::timestamp))
    source_.refuse(time.place, fmt::format("the time of tumble must be a timestamp, not {}", kind_name(time.kind)),
                   "declare the column as timestamp, or cast it");
  time = builder_.coerce(time, {TypeKind::timestamp});
  const Bound size = binder.bind(args[2], Clause::window);
  if (size.expression->op != Op::literal || (size.kind != Kind::interval && size.kind != Kind::unknown) ||
      std::holds_alternative<std::monostate>(size.expression->value))
    source_.refuse(size.place, "the size of a window must be an interval literal", std::string(kTumbleForm));
  const Micros micros = window_size(source_, builder_.coerce(size, {TypeKind::interval}));
  return make_scope(plans_.tumble(source.relation(), time, micros), range["alias"], "tumble", function.place());
}

}  // namespace kappa::sql

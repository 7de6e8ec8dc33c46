// Function calls and aggregates, by the tables of signatures.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "expression_binder.hpp"
#include "kappa/base/near_miss.hpp"
#include "kappa/processor/scalar.hpp"
#include "refusals.hpp"

namespace kappa::sql {
namespace {

using processor::AggregateCall;
using processor::AggregateFunction;

[[nodiscard]] std::string join_kinds(const std::vector<Kind>& kinds) {
  std::vector<std::string> names;
  for (const Kind kind : kinds) names.push_back(kind_name(kind));
  return fmt::format("{}", fmt::join(names, ", "));
}

/// `f(text), f(text, integer)`: what can be called.
[[nodiscard]] std::string overloads_hint(const std::vector<const Signature*>& candidates) {
  std::vector<std::string> calls;
  for (const Signature* candidate : candidates)
    if (candidate->form != Form::refused)
      calls.push_back(fmt::format("{}({})", candidate->name,
                                  join_kinds({candidate->args.begin(), candidate->args.begin() + candidate->arity})));
  return fmt::format("cast the arguments; there is {}", fmt::join(calls, ", "));
}

/// The overload for these arguments, or the refusal.
[[nodiscard]] const Signature& choose(const Source& source, const std::string& name,
                                      const std::vector<const Signature*>& candidates, const std::vector<Kind>& kinds,
                                      int place) {
  const auto chosen = choose_function(candidates, kinds);
  const std::string call = fmt::format("{}({})", name, join_kinds(kinds));
  if (!chosen) {
    const bool several = chosen.error() == NoChoice::several_fit;
    source.refuse(place, fmt::format("function {} {}", call, several ? "is not unique" : "does not exist"),
                  overloads_hint(candidates));
  }
  if ((*chosen)->form != Form::refused) return **chosen;
  const bool zoned = (*chosen)->args[1] == Kind::timestamptz;
  if (zoned) source.refuse_unsupported(place, fmt::format("{} with time zone", call), "cast the date to timestamp");
  const bool regular = name == "substring";
  source.refuse_unsupported(place, fmt::format("{} {}", call, regular ? "by a regular expression" : "of an interval"),
                            regular ? "use substring(text FROM start FOR count)" : kIntervalsHint);
}

[[nodiscard]] bool same_optional(const ExpressionPointer& a, const ExpressionPointer& b) {
  if (a == nullptr || b == nullptr) return a == b;
  return same_expression(*a, *b);
}

[[nodiscard]] std::string_view clause_name(Clause clause) {
  switch (clause) {
    case Clause::where:
      return "WHERE";
    case Clause::group_by:
      return "GROUP BY";
    case Clause::filter:
      return "FILTER";
    default:
      return "functions in FROM";
  }
}

}  // namespace

std::uint32_t AggregateCalls::add(AggregateCall call) {
  const auto same = [&](const AggregateCall& other) {
    return other.function == call.function && other.distinct == call.distinct &&
           same_optional(other.argument, call.argument) && same_optional(other.filter, call.filter);
  };
  const auto found = std::find_if(calls.begin(), calls.end(), same);
  const auto index = static_cast<std::uint32_t>(found - calls.begin());
  if (found == calls.end()) calls.push_back(std::move(call));
  return index;
}

Bound ExpressionBinder::bind_function(const Node& node) {
  const Source& source = builder_.source();
  const std::vector<std::string> names = node.names("funcname");
  const std::string& name = names.back();
  if (names.size() > 1 && names.front() != "pg_catalog")
    source.refuse_unsupported(node.place(), fmt::format("function {}", fmt::join(names, ".")));
  if (node.has("over"))
    source.refuse_unsupported(node.place(), "a window function (OVER)", find_refusal(kRefusedFields, "over")->hint);
  const bool is_aggregate = !aggregates_named(name).empty();
  if (!is_aggregate && functions_named(name).empty()) {
    if (const NamedRefusal* refused = find_refusal(kRefusedFunctions, name))
      source.refuse_unsupported(node.place(), refused->what, refused->hint);
    const std::string near = near_miss(name, function_names());
    source.refuse(
        node.place(),
        fmt::format("function {}({}) does not exist", name, join_kinds(kinds_of(bind_all(node.list("args"))))),
        near.empty() ? std::string(kSeeDocument) : fmt::format("did you mean {}?", near));
  }
  check_fields(source, node, {"funcname", "args", "agg_star", "agg_distinct", "agg_filter", "funcformat", "location"});
  return is_aggregate ? bind_aggregate(node, name) : bind_scalar_function(node, name);
}

Bound ExpressionBinder::bind_scalar_function(const Node& node, const std::string& name) {
  for (const auto& [field, word] : {std::pair{"agg_star", "*"}, {"agg_distinct", "DISTINCT"}, {"agg_filter", "FILTER"}})
    if (node.has(field))
      builder_.source().refuse(node.place(),
                               fmt::format("{} specified, but {} is not an aggregate function", word, name),
                               fmt::format("leave {} out", word));
  std::vector<Bound> args = bind_all(node.list("args"));
  const Signature& chosen = choose(builder_.source(), name, functions_named(name), kinds_of(args), node.place());
  if (chosen.op == Op::extract || chosen.op == Op::date_trunc) check_time_field(name, args[0], args[1]);
  return apply(chosen, std::move(args), node.place());
}

/// A field that does not exist would be an error of every row; as a literal it can be refused here.
void ExpressionBinder::check_time_field(std::string_view function, const Bound& field, const Bound& time) const {
  const auto* name = std::get_if<std::string>(&field.expression->value);
  if (name == nullptr) return;
  std::string reason;
  if (function == "date_trunc") {
    if (const auto result = processor::date_trunc(*name, 0); !result) reason = result.error().reason;
  } else if (time.kind == Kind::date) {
    if (const auto result = processor::extract_date(*name, 0); !result) reason = result.error().reason;
  } else if (const auto result = processor::extract_timestamp(*name, 0); !result) {
    reason = result.error().reason;
  }
  if (reason.empty()) return;
  const std::string near =
      near_miss(*name, {"century", "day", "decade", "dow", "doy", "epoch", "hour", "isodow", "isoyear", "microseconds",
                        "millennium", "milliseconds", "minute", "month", "quarter", "second", "week", "year"});
  builder_.source().refuse(field.place, reason,
                           near.empty() || near == *name
                               ? std::string("fields: year, month, day, hour, minute, second, …")
                               : fmt::format("did you mean {}?", near));
}

void ExpressionBinder::check_aggregate_place(const Node& node) const {
  if (clause_ == Clause::aggregate_argument)
    builder_.source().refuse(node.place(), "aggregate function calls cannot be nested",
                             "compute the inner one in a sub-select");
  if (clause_ == Clause::select_list || clause_ == Clause::having || clause_ == Clause::order_by) return;
  builder_.source().refuse(node.place(), fmt::format("aggregate functions are not allowed in {}", clause_name(clause_)),
                           clause_ == Clause::where ? "use HAVING" : "compute it in a sub-select");
}

Bound ExpressionBinder::bind_aggregate(const Node& node, const std::string& name) {
  const int place = node.place();
  check_aggregate_place(node);
  AggregateCall call;
  call.distinct = node.has("agg_distinct");
  std::uint32_t weight = 1;
  Kind result = Kind::bigint;
  if (node.has("agg_star")) {
    if (name != "count")
      builder_.source().refuse(place, fmt::format("function {}() does not exist", name), "only count takes *");
  } else {
    std::vector<Bound> args;
    for (const Node& arg : node.list("args")) args.push_back(bind_within(arg, Clause::aggregate_argument));
    const Signature& chosen = choose(builder_.source(), name, aggregates_named(name), kinds_of(args), place);
    const Bound argument = builder_.coerce(args.front(), type_of(chosen.args.front()));
    call.function = chosen.aggregate;
    call.argument = argument.expression;
    weight += argument.weight;
    result = chosen.result;
  }
  if (node.has("agg_filter")) {
    const Bound filter = builder_.condition(bind_within(node["agg_filter"], Clause::filter), "FILTER");
    call.filter = filter.expression;
    weight += filter.weight;
  }
  call.type = type_of(result);
  if (aggregates_.calls.empty()) aggregates_.place = place;
  Bound bound = builder_.column(kAggregateColumn + aggregates_.add(std::move(call)), type_of(result), place);
  bound.weight = weight;
  return bound;
}

}  // namespace kappa::sql

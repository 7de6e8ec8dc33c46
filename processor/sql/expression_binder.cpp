// Expressions: the dispatch over kinds of parse nodes, constants, casts, logic, CASE and COALESCE. Operators are in
// expression_operators.cpp, functions and aggregates in expression_functions.cpp.
//
// Recursion is bounded by the depth of the parse tree, which the parser has checked.
#include "expression_binder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "kappa/processor/scalar.hpp"
#include "refusals.hpp"

namespace kappa::sql {

std::vector<Kind> kinds_of(const std::vector<Bound>& args) {
  std::vector<Kind> kinds;
  for (const Bound& arg : args) kinds.push_back(arg.kind);
  return kinds;
}

Bound ExpressionBinder::bind(const Node& node, Clause clause) {
  clause_ = clause;
  return bind_node(node);
}

Bound ExpressionBinder::bind_within(const Node& node, Clause clause) {
  const Clause outer = clause_;
  Bound bound = bind(node, clause);
  clause_ = outer;
  return bound;
}

Bound ExpressionBinder::bind_column(std::uint32_t index, int place) {
  Bound bound = builder_.column(index, scope_.relation().columns[index].type, place);
  columns_.push_back(bound.expression);
  places_.emplace(bound.expression.get(), place);
  return bound;
}

int ExpressionBinder::place_of(const Expression& column) const {
  const auto found = places_.find(&column);
  return found == places_.end() ? -1 : found->second;
}

std::vector<Bound> ExpressionBinder::bind_all(const std::vector<Node>& nodes) {
  std::vector<Bound> bound;
  for (const Node& node : nodes) bound.push_back(bind_node(node));
  return bound;
}

Bound ExpressionBinder::bind_node(const Node& node) {
  if (node.is("ColumnRef")) {
    for (const Node& field : node.list("fields"))
      if (field.is("A_Star"))
        builder_.source().refuse_unsupported(node.place(), "* in an expression", "name the column");
    return bind_column(scope_.resolve(node), node.place());
  }
  if (node.is("A_Const")) return bind_constant(node);
  if (node.is("TypeCast")) return bind_type_cast(node);
  if (node.is("A_Expr")) return bind_operator_node(node);
  if (node.is("BoolExpr")) return bind_logic(node);
  if (node.is("FuncCall")) return bind_function(node);
  if (node.is("CaseExpr")) return bind_case(node);
  if (node.is("CoalesceExpr")) return bind_coalesce(node);
  if (node.is("BooleanTest")) return bind_boolean_test(node);
  if (node.is("NullTest")) {
    const Bound arg = builder_.decided(bind_node(node["arg"]));
    const Op op = node.text("nulltesttype") == "IS_NULL" ? Op::is_null : Op::is_not_null;
    return builder_.call(op, {TypeKind::boolean}, {arg}, node.place());
  }
  if (node.is("SQLValueFunction")) {
    std::string name(node.text("op").substr(std::string_view("SVFOP_").size()));
    if (name.ends_with("_N")) name.resize(name.size() - 2);
    const bool clock = name.find("TIME") != std::string::npos || name.find("DATE") != std::string::npos;
    builder_.source().refuse_unsupported(node.place(), name, clock ? kNoClockHint : kSeeDocument);
  }
  if (const NamedRefusal* refused = find_refusal(kRefusedExpressions, node.kind))
    builder_.source().refuse_unsupported(node.place(), refused->what, refused->hint);
  builder_.source().refuse_unsupported(node.place(), fmt::format("an expression of kind {}", node.kind));
}

Bound ExpressionBinder::bind_constant(const Node& node) const {
  const int place = node.place();
  if (node.has("isnull")) return builder_.unknown({}, place);
  if (node.has("sval")) return builder_.unknown(std::string(node.text("sval")), place);
  if (node.has("boolval")) return builder_.literal(node["boolval"].has("boolval"), {TypeKind::boolean}, place);
  if (node.has("ival"))
    return builder_.literal(static_cast<std::int32_t>(integer_constant(builder_.source(), node)), {TypeKind::integer},
                            place);
  if (!node.has("fval")) builder_.source().refuse_unsupported(place, "a bit string", "use text or a number");

  const std::string_view digits = node.text("fval");
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), whole);
  if (error == std::errc{} && end == digits.data() + digits.size()) {
    if (std::in_range<std::int32_t>(whole))  // -2147483648 is a negated 2147483648 to the lexer, and an integer.
      return builder_.literal(static_cast<std::int32_t>(whole), {TypeKind::integer}, place);
    return builder_.literal(whole, {TypeKind::bigint}, place);
  }
  return builder_.coerce(builder_.unknown(std::string(digits), place), {TypeKind::numeric});
}

Bound ExpressionBinder::bind_type_cast(const Node& node) {
  const Node& type_name = node["typeName"];
  const Type type = bind_type(builder_.source(), type_name);
  const int place = node.place();
  if (type.kind == TypeKind::interval) return bind_interval(node["arg"], type_name);
  return builder_.cast(bind_node(node["arg"]), type, place);
}

namespace {

/// `interval '10' minute`: the bits by which the grammar names a field, and the unit that a bare number then has.
struct IntervalField {
  std::int64_t mask;
  std::string_view unit;
};
constexpr IntervalField kIntervalFields[] = {{1 << 1, "month"}, {1 << 2, "year"},    {1 << 3, "day"},
                                             {1 << 10, "hour"}, {1 << 11, "minute"}, {1 << 12, "second"}};

}  // namespace

Bound ExpressionBinder::bind_interval(const Node& argument, const Node& type_name) const {
  const Source& source = builder_.source();
  if (!argument.is("A_Const") || !argument.has("sval"))
    source.refuse_unsupported(argument.place(), "an interval that is no literal", "write interval '10 seconds'");
  std::string text(argument.text("sval"));
  if (const auto& modifiers = type_name.list("typmods"); !modifiers.empty()) {
    const std::int64_t mask = integer_constant(source, modifiers.front());
    const auto field = std::find_if(std::begin(kIntervalFields), std::end(kIntervalFields),
                                    [&](const IntervalField& f) { return f.mask == mask; });
    const bool number = text.find_first_not_of("0123456789") == std::string::npos && !text.empty();
    if (field == std::end(kIntervalFields) || modifiers.size() > 1 || !number)
      source.refuse_unsupported(type_name.place(), "an interval with a range of fields or a precision",
                                "write the units in the string: interval '1 day 2 hours'");
    text += fmt::format(" {}", field->unit);
  }
  return builder_.coerce(builder_.unknown(std::move(text), argument.place()), {TypeKind::interval});
}

Bound ExpressionBinder::bind_logic(const Node& node) {
  const std::string_view operation = node.text("boolop");
  if (operation == "NOT_EXPR") return negate(builder_.condition(bind_node(node.list("args").front()), "NOT"));
  const bool is_and = operation == "AND_EXPR";
  const Op op = is_and ? Op::logical_and : Op::logical_or;
  std::vector<Bound> args;
  for (const Node& part : node.list("args")) {
    Bound arg = builder_.condition(bind_node(part), is_and ? "AND" : "OR");
    if (arg.expression->op != op) {
      args.push_back(std::move(arg));
      continue;
    }
    // a AND (b AND c) is one list. Weights of the parts are spread evenly: only their sum counts.
    const auto count = static_cast<std::uint32_t>(arg.expression->args.size());
    for (const ExpressionPointer& inner : arg.expression->args)
      args.push_back({inner, Kind::boolean, arg.place, arg.weight / count + 1});
  }
  return builder_.call(op, {TypeKind::boolean}, std::move(args), node.place());
}

Bound ExpressionBinder::bind_boolean_test(const Node& node) {
  struct Test {
    std::string_view name;
    std::string_view words;
    Op op;
  };
  static constexpr Test kTests[] = {
      {"IS_TRUE", "IS TRUE", Op::is_true},       {"IS_NOT_TRUE", "IS NOT TRUE", Op::is_not_true},
      {"IS_FALSE", "IS FALSE", Op::is_false},    {"IS_NOT_FALSE", "IS NOT FALSE", Op::is_not_false},
      {"IS_UNKNOWN", "IS UNKNOWN", Op::is_null}, {"IS_NOT_UNKNOWN", "IS NOT UNKNOWN", Op::is_not_null},
  };
  const auto test = std::find_if(std::begin(kTests), std::end(kTests),
                                 [&](const Test& t) { return t.name == node.text("booltesttype"); });
  const Bound arg = builder_.condition(bind_node(node["arg"]), test->words);
  return builder_.call(test->op, {TypeKind::boolean}, {arg}, node.place());
}

Bound ExpressionBinder::bind_case(const Node& node) {
  // The ELSE comes first among the results: it weighs most in the choice of the type.
  std::vector<Bound> results{node.has("defresult") ? bind_node(node["defresult"]) : builder_.unknown({}, node.place())};
  std::vector<Bound> conditions;
  const bool simple = node.has("arg");
  const Bound subject = simple ? builder_.decided(bind_node(node["arg"])) : Bound{};
  for (const Node& when : node.list("args")) {
    Bound condition = bind_node(when["expr"]);
    if (simple) condition = bind_operator("=", {subject, condition}, when.place());
    conditions.push_back(builder_.condition(condition, "CASE/WHEN"));
    results.push_back(bind_node(when["result"]));
  }
  const Type type = builder_.common_type(results, "CASE");
  std::vector<Bound> args;
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    args.push_back(conditions[i]);
    args.push_back(builder_.coerce(results[i + 1], type));
  }
  args.push_back(builder_.coerce(results.front(), type));
  return builder_.call(Op::case_when, type, std::move(args), node.place());
}

Bound ExpressionBinder::bind_coalesce(const Node& node) {
  std::vector<Bound> args = bind_all(node.list("args"));
  const Type type = builder_.common_type(args, "COALESCE");
  for (Bound& arg : args) arg = builder_.coerce(arg, type);
  return builder_.call(Op::coalesce, type, std::move(args), node.place());
}

}  // namespace kappa::sql

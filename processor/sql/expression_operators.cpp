// Operators, and the predicates that are made of operators: BETWEEN, IN, LIKE, NULLIF, IS DISTINCT FROM. Each finds the
// operator below it as PostgreSQL does, so `x BETWEEN 1 AND 2.5` compares as integer on the left and as numeric on the
// right.
#include <fmt/format.h>

#include <algorithm>

#include "expression_binder.hpp"
#include "refusals.hpp"

namespace kappa::sql {
namespace {

constexpr Type kBoolean{TypeKind::boolean};
constexpr Type kText{TypeKind::text};

/// `integer = text`, `- text`.
[[nodiscard]] std::string spelled(std::string_view name, const std::vector<Bound>& args) {
  if (args.size() == 1) return fmt::format("{} {}", name, kind_name(args[0].kind));
  return fmt::format("{} {} {}", kind_name(args[0].kind), name, kind_name(args[1].kind));
}

[[nodiscard]] bool names_a_column(const Expression& expression) {
  if (expression.op == Op::column) return true;
  return std::any_of(expression.args.begin(), expression.args.end(),
                     [](const ExpressionPointer& arg) { return names_a_column(*arg); });
}

/// PostgreSQL has operators that compare these two types as they are, so it does not change the first one's type.
[[nodiscard]] bool compare_as_they_are(Kind a, Kind b) {
  const auto both = [&](Kind x, Kind y) { return (a == x && b == y) || (a == y && b == x); };
  return both(Kind::integer, Kind::bigint) || both(Kind::date, Kind::timestamp);
}

}  // namespace

Bound ExpressionBinder::negate(const Bound& condition) const {
  return builder_.call(Op::logical_not, kBoolean, {condition}, condition.place);
}

Bound ExpressionBinder::apply(const Signature& signature, std::vector<Bound> args, int place) const {
  for (std::size_t i = 0; i < args.size(); ++i) args[i] = builder_.coerce(args[i], type_of(signature.args[i]));
  if (signature.form == Form::identity) return args.front();
  if (signature.form == Form::swapped) std::swap(args[0], args[1]);
  Bound bound = builder_.call(signature.op, type_of(signature.result), std::move(args), place);
  return signature.form == Form::negated ? negate(bound) : bound;
}

Bound ExpressionBinder::bind_operator(std::string_view name, std::vector<Bound> args, int place) const {
  const Source& source = builder_.source();
  if (name == "||") return bind_concat(args, place);
  const auto candidates = operators_named(name, args.size());
  if (candidates.empty() && operators_named(name, 3 - args.size()).empty())
    source.refuse_unsupported(place, fmt::format("operator {}", name),
                              "operators: + - * / % || = <> < <= > >= AND OR NOT LIKE IN BETWEEN IS");
  const auto chosen = choose_operator(candidates, kinds_of(args));
  if (!chosen && chosen.error() == NoChoice::several_fit)
    source.refuse(place, fmt::format("operator is not unique: {}", spelled(name, args)), "cast one of its sides");
  if (!chosen)
    source.refuse(place, fmt::format("operator does not exist: {}", spelled(name, args)), "cast one of its sides");
  if ((*chosen)->form == Form::refused)
    source.refuse_unsupported(
        place, fmt::format("operator {} with an interval as operand or result", spelled(name, args)), kIntervalsHint);
  return apply(**chosen, std::move(args), place);
}

Bound ExpressionBinder::bind_concat(const std::vector<Bound>& args, int place) const {
  const auto is_text = [](const Bound& arg) { return arg.kind == Kind::text || arg.kind == Kind::unknown; };
  if (args.size() != 2 || !(is_text(args[0]) || is_text(args[1])))
    builder_.source().refuse(place, fmt::format("operator does not exist: {}", spelled("||", args)),
                             "cast one of its sides to text");
  return builder_.call(Op::concat, kText, {builder_.cast(args[0], kText, place), builder_.cast(args[1], kText, place)},
                       place);
}

Bound ExpressionBinder::bind_operator_node(const Node& node) {
  const std::string_view kind = node.text("kind");
  const int place = node.place();
  if (kind == "AEXPR_OP") {
    const std::vector<std::string> names = node.names("name");
    if (names.size() > 1 && names.front() != "pg_catalog")
      builder_.source().refuse_unsupported(place, fmt::format("the operator {}", fmt::join(names, ".")));
    std::vector<Bound> args;
    if (node.has("lexpr")) args.push_back(bind_node(node["lexpr"]));
    args.push_back(bind_node(node["rexpr"]));
    return bind_operator(names.back(), std::move(args), place);
  }
  if (kind == "AEXPR_DISTINCT") return bind_distinct(node, Op::is_distinct);
  if (kind == "AEXPR_NOT_DISTINCT") return bind_distinct(node, Op::is_not_distinct);
  if (kind == "AEXPR_NULLIF") return bind_null_if(node);
  if (kind == "AEXPR_IN") return bind_in(node);
  if (kind == "AEXPR_LIKE") return bind_like(node);
  if (kind == "AEXPR_BETWEEN") return bind_between(node, false);
  if (kind == "AEXPR_NOT_BETWEEN") return bind_between(node, true);
  static constexpr NamedRefusal kRefusedKinds[] = {
      {"AEXPR_BETWEEN_SYM", "BETWEEN SYMMETRIC", "write BETWEEN with the lesser bound first"},
      {"AEXPR_NOT_BETWEEN_SYM", "BETWEEN SYMMETRIC", "write BETWEEN with the lesser bound first"},
      {"AEXPR_ILIKE", "ILIKE", "use lower(…) LIKE"},
      {"AEXPR_SIMILAR", "SIMILAR TO", "use LIKE"},
      {"AEXPR_OP_ANY", "ANY", "use IN (…)"},
      {"AEXPR_OP_ALL", "ALL", "use NOT IN (…)"},
  };
  if (const NamedRefusal* refused = find_refusal(kRefusedKinds, kind))
    builder_.source().refuse_unsupported(place, refused->what, refused->hint);
  builder_.source().refuse_unsupported(place, fmt::format("the predicate {}", kind));
}

Bound ExpressionBinder::bind_between(const Node& node, bool negated) {
  const Bound value = bind_node(node["lexpr"]);
  const std::vector<Bound> bounds = bind_all(node["rexpr"].list("items"));
  const Bound low = bind_operator(negated ? "<" : ">=", {value, bounds[0]}, node.place());
  const Bound high = bind_operator(negated ? ">" : "<=", {value, bounds[1]}, node.place());
  return builder_.call(negated ? Op::logical_or : Op::logical_and, kBoolean, {low, high}, node.place());
}

Bound ExpressionBinder::bind_in_constants(const Bound& value, const std::vector<Bound>& items, int place) const {
  // Several constants become a list of one type, the common one with the value's; otherwise each is compared by itself.
  std::vector<Bound> list = items;
  list.insert(list.begin(), value);
  if (items.size() == 1 || !builder_.have_common_type(list)) {
    std::vector<Bound> equals;
    for (const Bound& item : items) equals.push_back(bind_operator("=", {value, item}, place));
    return equals.size() == 1 ? equals.front() : builder_.call(Op::logical_or, kBoolean, std::move(equals), place);
  }
  const Type type = type_of(kind_of(builder_.common_type(list, "IN").kind));
  for (Bound& item : list) item = builder_.coerce(item, type);
  return builder_.call(Op::in_list, kBoolean, std::move(list), place);
}

Bound ExpressionBinder::bind_in(const Node& node) {
  const Bound value = bind_node(node["lexpr"]);
  const int place = node.place();
  std::vector<Bound> constants;
  std::vector<Bound> parts;
  for (const Bound& item : bind_all(node["rexpr"].list("items"))) {
    if (names_a_column(*item.expression))
      parts.push_back(bind_operator("=", {value, item}, place));
    else
      constants.push_back(item);
  }
  if (!constants.empty()) parts.insert(parts.begin(), bind_in_constants(value, constants, place));
  const Bound any = parts.size() == 1 ? parts.front() : builder_.call(Op::logical_or, kBoolean, parts, place);
  return node.names("name").back() == "=" ? any : negate(any);
}

Bound ExpressionBinder::bind_like(const Node& node) {
  const Node& right = node["rexpr"];
  const std::string name = node.names("name").back();
  const bool has_escape = right.is("FuncCall") && right.names("funcname").back() == "like_escape";
  if (!has_escape) return bind_operator(name, {bind_node(node["lexpr"]), bind_node(right)}, node.place());
  std::vector<Bound> args{bind_node(node["lexpr"])};
  for (Bound& arg : bind_all(right.list("args"))) args.push_back(std::move(arg));
  for (Bound& arg : args) {
    if (arg.kind != Kind::text && arg.kind != Kind::unknown)
      builder_.source().refuse(arg.place, fmt::format("LIKE takes text, not {}", kind_name(arg.kind)),
                               "cast it to text");
    arg = builder_.coerce(arg, kText);
  }
  const Bound like = builder_.call(Op::like, kBoolean, std::move(args), node.place());
  return name == "~~" ? like : negate(like);
}

Bound ExpressionBinder::bind_null_if(const Node& node) {
  const Bound first = bind_node(node["lexpr"]);
  const Bound second = bind_node(node["rexpr"]);
  const Bound equal = bind_operator("=", {first, second}, node.place());
  const std::vector<ExpressionPointer>& operands = equal.expression->args;
  const Type operand = type_of(kind_of(operands[0]->type.kind));
  const Bound result = builder_.call(Op::null_if, operand,
                                     {{operands[0], kind_of(operand.kind), first.place, first.weight + 1},
                                      {operands[1], kind_of(operand.kind), second.place, second.weight + 1}},
                                     node.place());
  // NULLIF(integer, bigint) is an integer: the first operand as the operator takes it.
  return compare_as_they_are(first.kind, second.kind) && first.kind != kind_of(operand.kind)
             ? builder_.cast(result, type_of(first.kind), node.place())
             : result;
}

Bound ExpressionBinder::bind_distinct(const Node& node, Op op) {
  const Bound equal = bind_operator("=", {bind_node(node["lexpr"]), bind_node(node["rexpr"])}, node.place());
  Expression compared = *equal.expression;
  compared.op = op;
  return {std::make_shared<const Expression>(std::move(compared)), Kind::boolean, node.place(), equal.weight};
}

}  // namespace kappa::sql

// Types change here and nowhere else: implicit casts, explicit casts, literals whose type the context decides, and the
// common type of several values. The rules and the wording are PostgreSQL's (parse_coerce.c in its source explains
// them).
//
// Literals are cast at once, so a plan holds no casts of constants. A literal of unknown type that is no value of its
// type is refused, as PostgreSQL does; a cast of a typed literal that fails (1000::numeric(2)) stays in the plan and is
// a row-wise error, since CASE may never reach it.
#include "bound.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>

#include "kappa/processor/scalar.hpp"
#include "refusals.hpp"

namespace kappa::sql {
namespace {

/// Words that PostgreSQL reads as a time of its clock.
constexpr std::array<std::string_view, 4> kClockWords{"now", "today", "tomorrow", "yesterday"};

[[nodiscard]] bool reads_clock(const Value& value, TypeKind target) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || (target != TypeKind::timestamp && target != TypeKind::date)) return false;
  std::string word;
  for (const char c : *text)
    if (std::isspace(static_cast<unsigned char>(c)) == 0) word += static_cast<char>(std::tolower(c));
  return std::find(kClockWords.begin(), kClockWords.end(), word) != kClockWords.end();
}

/// The index of the value that decides the common type, by select_common_type; nullopt where two types do not meet,
/// with their indexes in `clash`.
[[nodiscard]] std::optional<Kind> choose_common(const std::vector<Bound>& values,
                                                std::array<std::size_t, 2>* clash = nullptr) {
  std::optional<Kind> chosen;
  std::size_t chosen_at = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Kind next = values[i].kind;
    if (next == Kind::unknown || chosen == next) continue;
    if (chosen && category(*chosen) != category(next)) {
      if (clash != nullptr) *clash = {chosen_at, i};
      return std::nullopt;
    }
    if (!chosen || (!is_preferred(*chosen) && casts_implicitly(*chosen, next) && !casts_implicitly(next, *chosen)))
      chosen = next, chosen_at = i;
  }
  return chosen.value_or(Kind::text);
}

/// The chosen kind, with modifiers where all values have the same.
[[nodiscard]] Type with_common_modifiers(Kind kind, const std::vector<Bound>& values) {
  const Type& first = values.front().type();
  const bool same =
      std::all_of(values.begin(), values.end(), [&](const Bound& v) { return v.kind == kind && v.type() == first; });
  return same ? first : type_of(kind);
}

[[nodiscard]] bool has_modifiers(const Type& type) {
  return type != Type{type.kind};
}

[[nodiscard]] bool same_value(const Value& a, const Value& b) {
  const auto* x = std::get_if<processor::Numeric>(&a);
  const auto* y = std::get_if<processor::Numeric>(&b);
  if (x != nullptr && y != nullptr)
    return x->coefficient == y->coefficient && x->scale == y->scale && x->kind == y->kind;
  if (x != nullptr || y != nullptr || a.index() != b.index()) return false;
  return std::visit(
      [&](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, processor::Numeric>)
          return false;
        else
          return value == std::get<T>(b);
      },
      a);
}

}  // namespace

Bound Builder::literal(Value value, Type type, int place) const {
  auto node = std::make_shared<const Expression>(Expression{Op::literal, type, {}, 0, std::move(value)});
  return {std::move(node), kind_of(type.kind), place};
}

Bound Builder::unknown(Value value, int place) const {
  Bound bound = literal(std::move(value), {TypeKind::text}, place);
  bound.kind = Kind::unknown;
  return bound;
}

Bound Builder::column(std::uint32_t index, Type type, int place) const {
  return {std::make_shared<const Expression>(Expression{Op::column, type, {}, index, {}}), kind_of(type.kind), place};
}

Bound Builder::call(Op op, Type type, std::vector<Bound> args, int place) const {
  Expression node{op, type};
  std::uint32_t weight = 1;
  for (Bound& arg : args) {
    weight += arg.weight;
    node.args.push_back(std::move(arg.expression));
    if (weight > kWeightMax)
      source_.refuse(place, fmt::format("the expression has more than {} nodes", kWeightMax),
                     "compute its parts in a sub-select and use them by name");
  }
  return {std::make_shared<const Expression>(std::move(node)), kind_of(type.kind), place, weight};
}

Bound Builder::parsed(const Bound& value, const Type& target) const {
  const Value& text = value.expression->value;
  if (reads_clock(text, target.kind))
    source_.refuse_unsupported(value.place, fmt::format("'{}' as a time (a clock)", std::get<std::string>(text)),
                               kNoClockHint);
  auto result = processor::cast_value(text, {TypeKind::text}, target);
  if (!result)
    source_.refuse(value.place, result.error().reason, fmt::format("write a literal of type {}", type_name(target)));
  return literal(std::move(*result), target, value.place);
}

Bound Builder::converted(const Bound& value, const Type& target) const {
  if (value.kind == Kind::unknown) return parsed(value, target);
  if (value.type() == target) return value;
  if (value.type().kind == target.kind && !has_modifiers(target)) {
    if (value.expression->op != Op::literal) return value;  // Modifiers say how a value came to be; they bind nobody.
    return literal(value.expression->value, target, value.place);
  }
  if (value.expression->op == Op::literal)
    if (auto folded = processor::cast_value(value.expression->value, value.type(), target))
      return literal(std::move(*folded), target, value.place);
  return call(Op::cast, target, {value}, value.place);
}

Bound Builder::coerce(const Bound& value, const Type& target) const {
  return converted(value, target);
}

Bound Builder::cast(const Bound& value, const Type& target, int place) const {
  if (value.kind == Kind::interval) source_.refuse_unsupported(place, "casting an interval", kIntervalsHint);
  if (!casts_explicitly(value.kind, kind_of(target.kind)))
    source_.refuse(place, fmt::format("cannot cast type {} to {}", kind_name(value.kind), type_name(target)),
                   "cast to text first, if its text is what you want");
  return converted(value, target);
}

Bound Builder::condition(const Bound& value, std::string_view what) const {
  if (value.kind != Kind::boolean && value.kind != Kind::unknown)
    source_.refuse(value.place,
                   fmt::format("argument of {} must be type boolean, not type {}", what, kind_name(value.kind)),
                   "compare it with a value");
  return converted(value, {TypeKind::boolean});
}

Bound Builder::decided(const Bound& value) const {
  return value.kind == Kind::unknown ? converted(value, {TypeKind::text}) : value;
}

bool Builder::have_common_type(const std::vector<Bound>& values) const {
  const auto kind = choose_common(values);
  return kind && std::all_of(values.begin(), values.end(),
                             [&](const Bound& value) { return casts_implicitly(value.kind, *kind); });
}

Type Builder::common_type(const std::vector<Bound>& values, std::string_view what) const {
  std::array<std::size_t, 2> clash{};
  const auto kind = choose_common(values, &clash);
  if (!kind)
    source_.refuse(values[clash[1]].place,
                   fmt::format("{} types {} and {} cannot be matched", what, kind_name(values[clash[0]].kind),
                               kind_name(values[clash[1]].kind)),
                   "cast one of them");
  if (*kind == Kind::interval)
    source_.refuse_unsupported(values.front().place, fmt::format("{} of intervals", what), kIntervalsHint);
  for (const Bound& value : values)
    if (!casts_implicitly(value.kind, *kind))
      source_.refuse(value.place,
                     fmt::format("{} could not convert type {} to {}", what, kind_name(value.kind), kind_name(*kind)),
                     "cast it");
  return with_common_modifiers(*kind, values);
}

bool same_expression(const Expression& a, const Expression& b) {
  if (&a == &b) return true;
  if (a.op != b.op || a.type != b.type || a.index != b.index || a.args.size() != b.args.size()) return false;
  if (!same_value(a.value, b.value)) return false;
  return std::equal(a.args.begin(), a.args.end(), b.args.begin(),
                    [](const auto& x, const auto& y) { return same_expression(*x, *y); });
}

}  // namespace kappa::sql

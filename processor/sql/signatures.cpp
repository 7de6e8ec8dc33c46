// The operators, functions and aggregates of this version, with every overload. Rows with Form::refused exist in
// PostgreSQL and only take part in the choice: without them a literal of unknown type would be given a meaning here
// that it has not there ('1' * '2' is ambiguous, date_trunc of a date is a timestamp with time zone).
#include <algorithm>

#include "overloads.hpp"

namespace kappa::sql {
namespace {

using enum Kind;
using processor::AggregateFunction;
using processor::Op;

constexpr Kind kNone = unknown;
constexpr std::array kNumbers{integer, bigint, numeric, double_precision};
constexpr std::array kExactNumbers{integer, bigint, numeric};
constexpr std::array kComparable{boolean, integer, bigint, numeric, double_precision, text, timestamp, date};
constexpr std::array kOrdered{integer, bigint, numeric, double_precision, text, timestamp, date};

/// One operator over equal types.
struct Family {
  std::string_view name;
  Op op;
  std::span<const Kind> kinds;
  std::uint8_t arity;
  bool gives_boolean;
};

constexpr Family kFamilies[] = {
    {"+", Op::add, kNumbers, 2, false},         {"-", Op::subtract, kNumbers, 2, false},
    {"*", Op::multiply, kNumbers, 2, false},    {"/", Op::divide, kNumbers, 2, false},
    {"%", Op::modulo, kExactNumbers, 2, false}, {"-", Op::negate, kNumbers, 1, false},
    {"=", Op::equal, kComparable, 2, true},     {"<>", Op::not_equal, kComparable, 2, true},
    {"<", Op::less, kComparable, 2, true},      {"<=", Op::less_equal, kComparable, 2, true},
    {">", Op::greater, kComparable, 2, true},   {">=", Op::greater_equal, kComparable, 2, true},
};

constexpr Signature kOperators[] = {
    {"+", {integer, kNone, kNone}, 1, integer, Op::literal, Form::identity},
    {"+", {bigint, kNone, kNone}, 1, bigint, Op::literal, Form::identity},
    {"+", {numeric, kNone, kNone}, 1, numeric, Op::literal, Form::identity},
    {"+", {double_precision, kNone, kNone}, 1, double_precision, Op::literal, Form::identity},
    {"+", {date, integer, kNone}, 2, date, Op::add},
    {"+", {integer, date, kNone}, 2, date, Op::add, Form::swapped},
    {"+", {date, interval, kNone}, 2, timestamp, Op::add},
    {"+", {interval, date, kNone}, 2, timestamp, Op::add, Form::swapped},
    {"+", {timestamp, interval, kNone}, 2, timestamp, Op::add},
    {"+", {interval, timestamp, kNone}, 2, timestamp, Op::add, Form::swapped},
    {"+", {interval, interval, kNone}, 2, interval, Op::add, Form::refused},
    {"+", {timestamptz, interval, kNone}, 2, timestamptz, Op::add, Form::refused},
    {"+", {interval, timestamptz, kNone}, 2, timestamptz, Op::add, Form::refused},
    {"-", {date, integer, kNone}, 2, date, Op::subtract},
    {"-", {date, date, kNone}, 2, integer, Op::subtract},
    {"-", {date, interval, kNone}, 2, timestamp, Op::subtract},
    {"-", {timestamp, interval, kNone}, 2, timestamp, Op::subtract},
    {"-", {timestamp, timestamp, kNone}, 2, interval, Op::subtract, Form::refused},
    {"-", {timestamptz, timestamptz, kNone}, 2, interval, Op::subtract, Form::refused},
    {"-", {timestamptz, interval, kNone}, 2, timestamptz, Op::subtract, Form::refused},
    {"-", {interval, interval, kNone}, 2, interval, Op::subtract, Form::refused},
    {"-", {interval, kNone, kNone}, 1, interval, Op::negate, Form::refused},
    {"*", {interval, double_precision, kNone}, 2, interval, Op::multiply, Form::refused},
    {"*", {double_precision, interval, kNone}, 2, interval, Op::multiply, Form::refused},
    {"/", {interval, double_precision, kNone}, 2, interval, Op::divide, Form::refused},
    {"=", {interval, interval, kNone}, 2, boolean, Op::equal, Form::refused},
    {"<>", {interval, interval, kNone}, 2, boolean, Op::not_equal, Form::refused},
    {"<", {interval, interval, kNone}, 2, boolean, Op::less, Form::refused},
    {"<=", {interval, interval, kNone}, 2, boolean, Op::less_equal, Form::refused},
    {">", {interval, interval, kNone}, 2, boolean, Op::greater, Form::refused},
    {">=", {interval, interval, kNone}, 2, boolean, Op::greater_equal, Form::refused},
    {"~~", {text, text, kNone}, 2, boolean, Op::like},
    {"!~~", {text, text, kNone}, 2, boolean, Op::like, Form::negated},
};

constexpr Signature kFunctions[] = {
    {"lower", {text, kNone, kNone}, 1, text, Op::lower},
    {"upper", {text, kNone, kNone}, 1, text, Op::upper},
    {"length", {text, kNone, kNone}, 1, integer, Op::length},
    {"char_length", {text, kNone, kNone}, 1, integer, Op::length},
    {"character_length", {text, kNone, kNone}, 1, integer, Op::length},
    {"substring", {text, integer, kNone}, 2, text, Op::substring},
    {"substring", {text, integer, integer}, 3, text, Op::substring},
    {"substr", {text, integer, kNone}, 2, text, Op::substring},
    {"substr", {text, integer, integer}, 3, text, Op::substring},
    {"substring", {text, text, kNone}, 2, text, Op::substring, Form::refused},
    {"substring", {text, text, text}, 3, text, Op::substring, Form::refused},
    {"split_part", {text, text, integer}, 3, text, Op::split_part},
    {"date_trunc", {text, timestamp, kNone}, 2, timestamp, Op::date_trunc},
    {"date_trunc", {text, timestamptz, kNone}, 2, timestamptz, Op::date_trunc, Form::refused},
    {"date_trunc", {text, interval, kNone}, 2, interval, Op::date_trunc, Form::refused},
    {"extract", {text, timestamp, kNone}, 2, numeric, Op::extract},
    {"extract", {text, date, kNone}, 2, numeric, Op::extract},
    {"extract", {text, timestamptz, kNone}, 2, numeric, Op::extract, Form::refused},
    {"extract", {text, interval, kNone}, 2, numeric, Op::extract, Form::refused},
    {"abs", {integer, kNone, kNone}, 1, integer, Op::absolute},
    {"abs", {bigint, kNone, kNone}, 1, bigint, Op::absolute},
    {"abs", {numeric, kNone, kNone}, 1, numeric, Op::absolute},
    {"abs", {double_precision, kNone, kNone}, 1, double_precision, Op::absolute},
};

[[nodiscard]] constexpr Signature aggregate(std::string_view name, AggregateFunction function, Kind arg, Kind result,
                                            Form form = Form::plain) {
  return {name, {arg, kNone, kNone}, 1, result, Op::literal, form, function};
}

constexpr Signature kSums[] = {
    aggregate("sum", AggregateFunction::sum, integer, bigint),
    aggregate("sum", AggregateFunction::sum, bigint, numeric),
    aggregate("sum", AggregateFunction::sum, numeric, numeric),
    aggregate("sum", AggregateFunction::sum, double_precision, double_precision),
    aggregate("sum", AggregateFunction::sum, interval, interval, Form::refused),
    aggregate("avg", AggregateFunction::avg, integer, numeric),
    aggregate("avg", AggregateFunction::avg, bigint, numeric),
    aggregate("avg", AggregateFunction::avg, numeric, numeric),
    aggregate("avg", AggregateFunction::avg, double_precision, double_precision),
    aggregate("avg", AggregateFunction::avg, interval, interval, Form::refused),
};

[[nodiscard]] std::vector<Signature> make_operators() {
  std::vector<Signature> all(std::begin(kOperators), std::end(kOperators));
  for (const Family& family : kFamilies)
    for (const Kind kind : family.kinds)
      all.push_back({family.name,
                     {kind, family.arity == 2 ? kind : kNone, kNone},
                     family.arity,
                     family.gives_boolean ? boolean : kind,
                     family.op});
  return all;
}

[[nodiscard]] std::vector<Signature> make_aggregates() {
  std::vector<Signature> all(std::begin(kSums), std::end(kSums));
  for (const auto& [name, function] : {std::pair{"min", AggregateFunction::min}, {"max", AggregateFunction::max}}) {
    for (const Kind kind : kOrdered) all.push_back(aggregate(name, function, kind, kind));
    all.push_back(aggregate(name, function, interval, interval, Form::refused));
  }
  // PostgreSQL's count takes "any": each kind exactly, and an unknown literal as text.
  for (const Kind kind : kComparable) all.push_back(aggregate("count", AggregateFunction::count, kind, bigint));
  all.push_back(aggregate("count", AggregateFunction::count, interval, bigint, Form::refused));
  return all;
}

template <typename Signatures>
[[nodiscard]] std::vector<const Signature*> named(const Signatures& all, std::string_view name) {
  std::vector<const Signature*> found;
  for (const Signature& signature : all)
    if (signature.name == name) found.push_back(&signature);
  return found;
}

[[nodiscard]] const std::vector<Signature>& all_operators() {
  static const std::vector<Signature> all = make_operators();
  return all;
}

[[nodiscard]] const std::vector<Signature>& all_aggregates() {
  static const std::vector<Signature> all = make_aggregates();
  return all;
}

}  // namespace

std::vector<const Signature*> operators_named(std::string_view name, std::size_t arity) {
  std::vector<const Signature*> found = named(all_operators(), name);
  std::erase_if(found, [&](const Signature* signature) { return signature->arity != arity; });
  return found;
}

std::vector<const Signature*> functions_named(std::string_view name) {
  return named(kFunctions, name);
}

std::vector<const Signature*> aggregates_named(std::string_view name) {
  return named(all_aggregates(), name);
}

std::vector<std::string> function_names() {
  std::vector<std::string> names{"coalesce", "nullif"};
  for (const Signature& signature : kFunctions) names.emplace_back(signature.name);
  for (const Signature& signature : all_aggregates()) names.emplace_back(signature.name);
  return names;
}

}  // namespace kappa::sql

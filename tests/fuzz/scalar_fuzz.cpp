// Text to SQL values, as casts and JSON fields do it. What a value prints as is parsed as the same value.
#include <bit>
#include <string>

#include "fuzz.hpp"
#include "kappa/processor/scalar.hpp"
#include "types/iso_timestamp.hpp"

namespace kappa::fuzz {
namespace {

using namespace processor;

template <typename Parse, typename Format, typename Same>
void check(std::string_view text, const Parse& parse, const Format& format, const Same& same) {
  const auto value = parse(text);
  if (!value) return;
  std::string printed;
  format(*value, printed);
  const auto again = parse(printed);
  require(again.has_value(), "what was printed can be parsed", printed);
  require(same(*value, *again), "a value comes back from its text", printed);
}

constexpr auto kEqual = [](const auto& a, const auto& b) { return a == b; };
constexpr auto kSameBits = [](double a, double b) {
  return (a != a && b != b) || std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
};
constexpr auto kSameNumeric = [](const Numeric& a, const Numeric& b) {
  return a.kind == b.kind && a.scale == b.scale && a.coefficient == b.coefficient;
};

/// Any value of a double and of a timestamp has a text, not only those that come from one.
void check_values(FuzzInput take) {
  const auto bits = take.take<std::uint64_t>();
  std::string text;
  format_double(std::bit_cast<double>(bits), text);
  const auto again = parse_double(text);
  require(again && kSameBits(std::bit_cast<double>(bits), *again), "a double comes back from its text", text);
}

void arithmetic(std::string_view text) {
  const auto comma = text.find(',');
  if (comma == std::string_view::npos) return;
  const auto a = parse_numeric(text.substr(0, comma));
  const auto b = parse_numeric(text.substr(comma + 1));
  if (!a || !b) return;
  const auto sum = add(*a, *b);
  const auto other = add(*b, *a);
  require(sum.has_value() == other.has_value() && (!sum || kSameNumeric(*sum, *other)), "sums commute", text);
  if (sum && a->kind == Numeric::Kind::finite && b->kind == Numeric::Kind::finite) {
    const auto back = subtract(*sum, *b);
    require(!back || compare(*back, *a) == 0, "what was added can be taken away", text);
  }
  for (const auto& result : {subtract(*a, *b), multiply(*a, *b), divide(*a, *b), modulo(*a, *b)})
    if (result) require(compare(*result, *result) == 0, "a result equals itself", text);
  static_cast<void>(round_to_scale(*a, static_cast<int>(text.size()) - 20));
}

}  // namespace

void run(Bytes input) {
  check_values(FuzzInput(input));
  const std::string_view text = as_text(input);
  static_cast<void>(parse_boolean(text));
  check(text, parse_integer, format_integer, kEqual);
  check(text, parse_bigint, format_integer, kEqual);
  check(text, parse_double, format_double, kSameBits);
  check(text, parse_numeric, format_numeric, kSameNumeric);
  check(text, parse_timestamp, format_timestamp, kEqual);
  check(text, parse_date, format_date, kEqual);
  check(text, parse_interval, format_interval, kEqual);
  arithmetic(text);
  const auto iso = iso_timestamp(text);
  if (!iso) return;
  const auto parsed = parse_timestamp(text);
  require(parsed && *parsed == *iso, "the short way and the long way to a timestamp agree", text);
}

}  // namespace kappa::fuzz

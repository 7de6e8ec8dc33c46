#include "random_events.hpp"

#include <fmt/format.h>

namespace kappa::test {

namespace {

std::string bad_event(Dice& dice) {
  return dice.pick<std::string>({"", "no json", "[1]", R"({"id":"x"})", R"({"k":1})", R"({"id":1.5})",
                                 R"({"id":1,"ts":"yesterday noon"})", "{\"id\":1,\"s\":\"\xff\"}", R"({"id":1}})",
                                 R"({"id":1,"other":"\u0000"})", R"({"id":99999999999999999999})"});
}

std::string member(std::string_view name, std::string_view value) {
  return fmt::format(",\"{}\":{}", name, value);
}

}  // namespace

std::string random_event(Dice& dice) {
  if (dice.chance(4)) return bad_event(dice);
  std::string event = fmt::format("{{\"id\":{}", dice.below(40));
  const auto add = [&](std::string_view name, const std::vector<std::string>& values) {
    if (!dice.chance(12)) event += member(name, dice.pick(values));
  };
  add("k", {"0", "1", "2", "3", "-1", "2147483647", "-2147483648", "null", "\"4\""});
  add("b", {"true", "false", "null", "1"});
  add("n", {"1.0", "1.00", "-0.5", "1e3", "12345678901234567890.123", "0", "0.000", "null", "\"NaN\"", "7"});
  add("d", {"0.1", "0.2", "-0.0", "0", "1e300", "-1e300", "5e-324", "\"NaN\"", "\"Infinity\"", "null", "3"});
  add("s", {R"("a")", R"("b")", R"("")", R"("a,b,c")", R"("é\n\"")", R"("12")", R"("Ab%_\\")", R"("\ud83d\ude00x")",
            "null"});
  add("ts", {R"("2024-03-01 00:00:00")", R"("2024-03-01T00:09:59.999999")", R"("1969-12-31 23:59:59.5")",
             "1709251200000", R"("2024-02-29 12:00:00+05")", "null"});
  add("dt", {R"("2024-03-01")", R"("1970-01-01")", R"("0044-03-15 BC")", "null"});
  if (dice.chance(10)) event += R"(,"undeclared":{"deep":[1,2,{"x":null}]})";
  return event + "}";
}

}  // namespace kappa::test

#include "random_events.hpp"

#include <fmt/format.h>

#include <map>

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

// What a member gives in a key: k and b may stand in quotes or as numbers.
std::string key_text(std::string_view column, const std::string& json) {
  if (json == "\"4\"") return "4";
  return column == "b" && json == "1" ? "true" : json;
}

/// A row's members, and the texts of those that may stand in a primary key.
struct RandomRow {
  std::string json;
  std::map<std::string, std::string, std::less<>> keys;
};

RandomRow random_row(Dice& dice) {
  RandomRow row;
  row.keys["id"] = std::to_string(dice.below(40));
  row.json = "{\"id\":" + row.keys["id"];
  const auto add = [&](std::string_view name, const std::vector<std::string>& values) {
    if (dice.chance(12)) return;
    const std::string& value = dice.pick(values);
    row.json += member(name, value);
    row.keys[std::string(name)] = key_text(name, value);
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
  if (dice.chance(10)) row.json += R"(,"undeclared":{"deep":[1,2,{"x":null}]})";
  row.json += "}";
  return row;
}

std::string key_of(const RandomRow& row, const std::vector<std::string>& primary_key) {
  std::string key;
  for (const std::string& column : primary_key) {
    const auto text = row.keys.find(column);
    key += (key.empty() ? "" : ",") + (text == row.keys.end() ? "null" : text->second);
  }
  return primary_key.size() == 1 ? key : "[" + key + "]";
}

}  // namespace

TextEvent random_event(Dice& dice, const RandomTable& table) {
  if (dice.chance(1)) return {};
  if (table.primary_key.empty()) return dice.chance(4) ? bad_event(dice) : random_row(dice).json;
  const RandomRow row = random_row(dice);
  TextEvent event(key_of(row, table.primary_key), row.json);
  if (dice.chance(4)) event.value = bad_event(dice);
  if (dice.chance(20)) event.value.reset();
  if (dice.chance(3)) event.key = dice.pick<std::string>({"", "x", "07", "[1]", "[1, true]", "\xff", "3"});
  if (dice.chance(1)) event.key.reset();
  return event;
}

}  // namespace kappa::test

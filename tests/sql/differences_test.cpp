// What differs from PostgreSQL on purpose (docs/sql.md, "Differences from PostgreSQL, on purpose"), one by one. That
// nothing else does is the business of tests/oracle.
#include "running.hpp"

namespace kappa::test {
namespace {

using Values = std::vector<std::string>;

std::string text_of(const CollectedChanges::Contents& contents) {
  std::string text;
  for (const auto& [row, weight] : contents) {
    text += text.empty() ? row : " " + row;
    if (weight != 1) text += fmt::format(" x{}", weight);
  }
  return text;
}

/// The rows of a query over x.
std::string rows_of(std::string_view query, const Values& values) {
  const auto contents = run(compile_query(query), values);
  return contents.empty() ? "" : text_of(contents[0]);
}

/// The sqlstate and reason of the one error of a query over x.
std::string error_of(std::string_view query, const Values& values) {
  const auto contents = run(compile_query(query), values);
  const std::string text = contents.size() < 2 ? "" : text_of(contents[1]);
  return text.substr(0, text.find(",\"topic\""));
}

TEST(Differences, ErrorsAreOfARow) {
  const Values values{R"({"i":0})", R"({"i":5})"};
  EXPECT_EQ(rows_of("SELECT 10 / i AS q FROM x", values), R"({"q":2})");
  EXPECT_EQ(error_of("SELECT 10 / i AS q FROM x", values), R"({"sqlstate":"22012","reason":"division by zero")");
  EXPECT_EQ(rows_of("SELECT count(*) AS c FROM x WHERE 10 / i > 0 AND false", values), R"({"c":0})");
  EXPECT_EQ(rows_of("SELECT count(*) AS c FROM x WHERE 10 / i > 0 OR true", values), R"({"c":2})");
}

TEST(Differences, AnErrorBeatsNull) {
  EXPECT_EQ(error_of("SELECT 1 / i + NULL AS q FROM x", {R"({"i":0})"}),
            R"({"sqlstate":"22012","reason":"division by zero")");
}

TEST(Differences, SumsOfDoublePrecisionAreExact) {
  const Values values{R"({"d":1e16})", R"({"d":1})", R"({"d":-1e16})"};
  EXPECT_EQ(rows_of("SELECT sum(d) FROM x", values), R"({"sum":1})");
}

TEST(Differences, ThereIsNoTransientOverflow) {
  const Values values{R"({"l":9223372036854775807,"n":"NaN"})", R"({"l":1})", R"({"l":-9})"};
  EXPECT_EQ(rows_of("SELECT sum(l) FROM x", values), R"({"sum":9223372036854775799})");
  const Values wide{R"({"n":99999999999999999999999999999999999999})", R"({"n":1})", R"({"n":-2})"};
  EXPECT_EQ(rows_of("SELECT sum(n) FROM x", wide), R"({"sum":99999999999999999999999999999999999998})");
}

TEST(Differences, NumbersHaveThirtyEightDigits) {
  EXPECT_EQ(error_of("SELECT n * 10 AS p FROM x", {R"({"n":99999999999999999999999999999999999999})"}),
            R"({"sqlstate":"22003","reason":"value overflows numeric format")");
  EXPECT_FALSE(compile_query("SELECT d * 1e300 FROM x"));
}

TEST(Differences, TimestampsEndInJanuary294247) {
  const Values values{R"({"t":"2024-01-01","a":"294247-01-11"})"};
  EXPECT_EQ(error_of("SELECT t < a AS later FROM x", values),
            R"({"sqlstate":"22008","reason":"date out of range for timestamp")");
  EXPECT_TRUE(error_of("SELECT t FROM x", {R"({"t":"294247-01-11"})"}).starts_with(R"({"sqlstate":"22008")"));
  EXPECT_EQ(rows_of("SELECT t FROM x", {R"({"t":"294247-01-10"})"}), R"({"t":"294247-01-10T00:00:00"})");
}

TEST(Differences, TheShownRepresentativeHasTheLeastEncoding) {
  EXPECT_EQ(rows_of("SELECT n, count(*) FROM x GROUP BY n", {R"({"n":1.00})", R"({"n":1.0})", R"({"n":1.000})"}),
            R"({"n":1.0,"count":3})");
  EXPECT_EQ(rows_of("SELECT DISTINCT d FROM x", {R"({"d":0.0})", R"({"d":-0.0})"}), R"({"d":0})");
}

TEST(Differences, TextIsBytesAndFoldingAscii) {
  EXPECT_EQ(rows_of("SELECT upper(s), s < 'a' AS before FROM x", {R"({"s":"Zé"})"}), R"({"upper":"Zé","before":true})");
}

TEST(Differences, ThereIsNoClock) {
  for (const std::string_view query : {"SELECT now() FROM x", "SELECT current_timestamp FROM x",
                                       "SELECT random() FROM x", "SELECT timestamp 'now' FROM x"})
    EXPECT_FALSE(compile_query(query)) << query;
  EXPECT_TRUE(error_of("SELECT s::timestamp FROM x", {R"({"s":"now"})"}).find("clock") != std::string::npos);
}

TEST(Differences, FieldsOfTimeAreCheckedWhenTheFileIsCompiled) {
  EXPECT_FALSE(compile_query("SELECT extract(timezone FROM t) FROM x"));
  EXPECT_FALSE(compile_query("SELECT date_trunc('yeer', t) FROM x"));
}

TEST(Differences, AQueryNeedsAFrom) {
  EXPECT_FALSE(compile_query("SELECT 1"));
}

}  // namespace
}  // namespace kappa::test

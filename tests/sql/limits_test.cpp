// Texts that no person writes: too long, too deep, too wide, broken. Each is compiled or refused; none ends the
// process.
#include <random>
#include <vector>

#include "compiling.hpp"

namespace kappa::test {
namespace {

constexpr std::size_t kTextMax = 65'536;

std::string repeat(std::string_view text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

/// A query of an expression that repeats `more` as often as the text limit lets it.
std::string longest(std::string_view before, std::string_view more, std::string_view after = "") {
  const std::size_t room = kTextMax - with_table("").size() - 100 - before.size() - after.size();
  return fmt::format("SELECT {}{}{} FROM x", before, repeat(more, room / more.size()), after);
}

TEST(Limits, RefuseTextsOverTheLimit) {
  const auto result = compile_file("CREATE TABLE x (i int); --" + std::string(kTextMax, 'x'));
  EXPECT_EQ(message_of(result), "f.sql:1:1: the text has 65562 bytes; the limit is 65536");
  EXPECT_TRUE(compile_file("CREATE TABLE x (i int); --" + std::string(kTextMax - 26, 'x')));
}

TEST(Limits, RefuseIdentifiersThatPostgresWouldCut) {
  const std::string name(64, 'a');
  const auto plain = compile_file("CREATE TABLE x (i int,\n  " + name + " int);");
  EXPECT_EQ(message_of(plain), "f.sql:2:3: an identifier of 64 bytes; the limit is 63");
  EXPECT_TRUE(plain.error().detail.find("  ^") != std::string::npos) << plain.error().detail;
  const std::string umlauts = repeat("\u00e4", 32);
  EXPECT_EQ(message_of(compile_query("SELECT i AS \"" + umlauts + "\" FROM x")).substr(8),
            "13: an identifier of 64 bytes; the limit is 63");
  EXPECT_FALSE(compile_query("SELECT i FROM x " + name));
  EXPECT_FALSE(compile_query("SELECT i AS " + umlauts + " FROM x"));
  EXPECT_FALSE(compile_query("SELECT i AS U&\"" + name + "\" FROM x"));
}

TEST(Limits, TakeIdentifiersUpToTheLimitAndLongTextOfOtherKinds) {
  const std::string name(63, 'a');
  EXPECT_TRUE(compile_query("SELECT i AS " + name + " FROM x"));
  EXPECT_TRUE(compile_query("SELECT i AS \"" + name.substr(2) + repeat("\"\"", 2) + "\" FROM x"));
  EXPECT_TRUE(compile_query("SELECT s || '" + name + name + "' || E'" + name + name + "' AS s -- " + name + name +
                            "\n FROM x /* " + name + name + " */"));
}

TEST(Limits, RefuseAHundredThousandTerms) {
  EXPECT_FALSE(compile_query("SELECT 1" + repeat("+1", 100'000) + " FROM x"));
  EXPECT_FALSE(compile_query("SELECT " + repeat("(", 100'000) + "1" + repeat(")", 100'000) + " FROM x"));
}

TEST(Limits, RefuseDeepNestingWithinTheTextLimit) {
  const std::vector<std::string> queries{longest("1", "+1"),
                                         longest("", "(", "1"),
                                         longest("", "- ", "1"),
                                         longest("", "NOT ", "b"),
                                         longest("s", "||'x'"),
                                         longest("i", "::int"),
                                         longest("b", " IS NULL"),
                                         longest("", "lower(", "s"),
                                         longest("", "CASE WHEN b THEN "),
                                         longest("s", "[1]"),
                                         "SELECT i FROM x" + repeat(" UNION ALL SELECT i FROM x", 2'000)};
  for (const std::string& query : queries) {
    const auto result = compile_query(query);
    ASSERT_FALSE(result) << query.substr(0, 100);
    EXPECT_LT(result.error().detail.size(), 500U);
  }
  EXPECT_TRUE(message_of(compile_query(queries.front())).ends_with("nested deeper than 1000 levels"));
}

TEST(Limits, TakeWhatIsJustBelowThem) {
  EXPECT_TRUE(compile_query("SELECT 1" + repeat("+i", 900) + " FROM x"));
  EXPECT_TRUE(compile_query("SELECT " + repeat("(", 3'000) + "i" + repeat(")", 3'000) + " FROM x"));
  EXPECT_TRUE(compile_query("SELECT i FROM x WHERE b" + repeat(" AND b", 9'000)));
  EXPECT_TRUE(compile_query("SELECT i FROM x WHERE i IN (0" + repeat(",1", 25'000) + ")"));
}

TEST(Limits, RefuseExpressionsThatShareTheirPartsTooOften) {
  std::string expression = "i";
  for (int level = 0; level < 60; ++level)
    expression = fmt::format("CASE {} WHEN 1 THEN 2 WHEN 2 THEN 3 WHEN 4 THEN 5 END", expression);
  const auto result = compile_query(fmt::format("SELECT {} FROM x", expression));
  EXPECT_TRUE(message_of(result).ends_with("the expression has more than 100000 nodes")) << message_of(result);
}

TEST(Limits, RefuseViewsThatInlineToTooMuch) {
  std::string text = with_table("CREATE VIEW v0 AS SELECT i FROM x;");
  for (int level = 1; level < 40; ++level)
    text += fmt::format("CREATE VIEW v{0} AS SELECT i FROM v{1} UNION ALL SELECT i FROM v{1};", level, level - 1);
  EXPECT_TRUE(message_of(compile_file(text)).ends_with("the plan has more than 1000000 nodes"))
      << message_of(compile_file(text));
}

TEST(Limits, RefuseViewsThatInlineTooDeep) {
  std::string text = with_table("CREATE VIEW v0 AS SELECT i FROM x;");
  for (int level = 1; level < 1'200; ++level)
    text += fmt::format("CREATE VIEW v{} AS SELECT i FROM v{};", level, level - 1);
  EXPECT_TRUE(message_of(compile_file(text)).ends_with("inlined more than 1000 levels deep"))
      << message_of(compile_file(text));
}

TEST(Limits, RefuseBytesThatAreNoText) {
  EXPECT_EQ(message_of(compile_file("CREATE TABLE x\n (\xff int)")), "f.sql:2:3: invalid UTF-8");
  EXPECT_EQ(message_of(compile_file("CREATE\xed\xa0\x80")), "f.sql:1:7: invalid UTF-8");
  EXPECT_EQ(message_of(compile_file(std::string_view("CREATE\0TABLE", 12))), "f.sql:1:7: a NUL character");
}

TEST(Limits, TakeTextsWithoutStatements) {
  for (const std::string_view text : {"", ";", " \n-- nothing\n", "/* a /* b */ */;;"})
    EXPECT_TRUE(compile_file(text)) << text;
}

const std::vector<std::string> kSeeds{
    "CREATE TABLE x (b boolean, i integer NOT NULL, t timestamp, s varchar(5), n numeric(10,2)) WITH (topic = 'x', "
    "event_time = 't', watermark_delay = '4 seconds');",
    "CREATE VIEW y AS SELECT i, s || 'a' AS s, CASE WHEN b THEN -1 ELSE n END AS n, t FROM x WHERE i IN (1, 2, NULL);",
    "CREATE MATERIALIZED VIEW z WITH (on_error = 'stop') AS SELECT window_start, count(*) FILTER (WHERE i > 1) AS c, "
    "sum(DISTINCT n::bigint) FROM tumble(y, t, interval '10 seconds') w GROUP BY 1 HAVING max(s) LIKE 'a%' ESCAPE '\\' "
    "ORDER BY c DESC NULLS LAST, 1;",
    "CREATE MATERIALIZED VIEW u AS SELECT DISTINCT NULLIF(a.i, 2) AS p, extract(epoch FROM t + '1 day') AS q FROM "
    "(SELECT "
    "* FROM x WHERE i BETWEEN -3 AND 0x OR s IS NOT DISTINCT FROM 'é') a UNION ALL SELECT NULL, 1.5e3 FROM y;"};

std::string mutate(std::string text, std::mt19937_64& engine) {
  const auto at = [&] { return text.empty() ? 0 : engine() % text.size(); };
  for (std::size_t count = 1 + engine() % 4; count > 0; --count) {
    const std::string piece = text.substr(at(), engine() % 20);
    switch (engine() % 4) {
      case 0:
        text.erase(at(), engine() % 12);
        break;
      case 1:
        text.insert(at(), piece);
        break;
      case 2:
        text.replace(at(), piece.size(), piece);
        break;
      default:
        text.insert(at(), 1, "()*',;.-+:0\"\xc3 "[engine() % 15]);
    }
  }
  return text;
}

TEST(Limits, MutatedTextsAreCompiledOrRefused) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937_64 engine(seed);
  for (int round = 0; round < 1'500; ++round) {
    std::string text;
    for (const std::string& statement : kSeeds) text += engine() % 3 == 0 ? mutate(statement, engine) : statement;
    const auto result = compile_file(text);
    if (result) continue;
    EXPECT_TRUE(result.error().message.starts_with("f.sql:")) << result.error().message;
    EXPECT_FALSE(result.error().hint.empty()) << result.error().message;
    EXPECT_FALSE(result.error().detail.empty()) << result.error().message;
  }
}

}  // namespace
}  // namespace kappa::test

// What a text becomes: plans, names, types, keys, order.
#include <gmock/gmock.h>

#include "compiling.hpp"

namespace kappa::test {
namespace {

using processor::AggregateFunction;
using testing::ElementsAre;

TEST(Plans, OfAStarLeaveHiddenColumnsOut) {
  const auto view = view_of("SELECT * FROM x");
  EXPECT_EQ(columns_of(view),
            "b boolean, i integer, l bigint, n numeric, m numeric(10,2), d double precision, s text, v character "
            "varying(5), t timestamp without time zone, a date");
  EXPECT_EQ(shape_of(*view.plan), "project(table 0)");
}

TEST(Plans, MayNameHiddenColumns) {
  EXPECT_EQ(
      columns_of(view_of("SELECT _offset, _sequence, _partition, _append_time, _timestamp, x._key FROM x")),
      "_offset bigint, _sequence bigint, _partition integer, _append_time timestamp without time zone, _timestamp "
      "timestamp without time zone, _key text");
  EXPECT_EQ(text_of(output_of(view_of("SELECT _key FROM x"), 0)), "#15");
}

TEST(Plans, NameColumnsAsPostgresqlDoes) {
  EXPECT_EQ(columns_of(view_of(
                "SELECT i + 1, lower(s), x.i::text, '1'::integer AS w, CASE WHEN b THEN 1 END, "
                "CASE WHEN b THEN 1 ELSE l END, COALESCE(s, 'x'), NULLIF(d, 0), '2024-01-01'::date::text FROM x")),
            "?column? integer, lower text, i text, w integer, case integer, l bigint, coalesce text, nullif double "
            "precision, text text");
}

TEST(Plans, StackFilterAggregationAndProjection) {
  const auto view = view_of("SELECT s, count(*) AS c FROM x WHERE b GROUP BY s HAVING sum(i) > 1");
  EXPECT_EQ(shape_of(*view.plan), "project(filter(aggregate(filter(table 0))))");
  EXPECT_EQ(columns_of(view), "s text, c bigint");
}

TEST(Plans, CountEqualAggregatesOnce) {
  const auto view = view_of("SELECT count(*), count(*) + 1 AS more, sum(i) FILTER (WHERE b) FROM x ORDER BY count(*)");
  const auto& project = std::get<processor::Project>(view.plan->node);
  const auto& aggregate = std::get<processor::Aggregate>(project.input->node);
  ASSERT_EQ(aggregate.calls.size(), 2U);
  EXPECT_EQ(aggregate.calls[0].function, AggregateFunction::count_rows);
  EXPECT_EQ(aggregate.calls[1].function, AggregateFunction::sum);
  EXPECT_EQ(aggregate.calls[1].type, processor::Type{processor::TypeKind::bigint});
  EXPECT_NE(aggregate.calls[1].filter, nullptr);
}

TEST(Plans, GroupByPositionsNamesAndExpressions) {
  for (const std::string_view keys : {"1, 2", "y, lower(s)", "i + 1, 2"}) {
    const auto view = view_of(fmt::format("SELECT i + 1 AS y, lower(s) AS z, i + 1 + 2 AS w FROM x GROUP BY {}", keys));
    EXPECT_EQ(text_of(output_of(view, 0)), "#0") << keys;
    EXPECT_EQ(text_of(output_of(view, 1)), "#1") << keys;
    EXPECT_EQ(view.unique_key, (std::vector<std::uint32_t>{0, 1})) << keys;
  }
}

TEST(Plans, GroupByTheSourceColumnBeforeTheOutputName) {
  const auto view = view_of("SELECT i AS w, max(l) AS i FROM x GROUP BY i");
  EXPECT_EQ(view.unique_key, std::vector<std::uint32_t>{0});
}

TEST(Plans, HaveTheGroupingColumnsAsUniqueKey) {
  EXPECT_EQ(view_of("SELECT count(*), s, i FROM x GROUP BY i, s").unique_key, (std::vector<std::uint32_t>{2, 1}));
  EXPECT_EQ(view_of("SELECT count(*), s FROM x GROUP BY i, s").unique_key, std::nullopt);
  EXPECT_EQ(view_of("SELECT count(*) FROM x").unique_key, std::vector<std::uint32_t>{});
  EXPECT_EQ(view_of("SELECT i FROM x").unique_key, std::nullopt);
  EXPECT_EQ(view_of("SELECT q.c, q.i FROM (SELECT i, count(*) AS c FROM x GROUP BY i) q WHERE c > 1").unique_key,
            std::vector<std::uint32_t>{1});
}

/// The view of a query over the keyed table y.
processor::ViewDefinition over_keyed(std::string_view query) {
  auto compiled = compile_file(
      fmt::format("CREATE TABLE y (i integer, s text, l bigint, t timestamp, CONSTRAINT y_pkey PRIMARY KEY (s, i));\n"
                  "CREATE VIEW z AS SELECT l, i, s FROM y WHERE l > 0;\nCREATE MATERIALIZED VIEW q AS {}",
                  query));
  EXPECT_TRUE(compiled) << message_of(compiled);
  return std::move(compiled->program.views.back());
}

TEST(Plans, HaveThePrimaryKeyAsUniqueKeyWhereTheyShowAllOfIt) {
  EXPECT_EQ(over_keyed("SELECT * FROM y").unique_key, (std::vector<std::uint32_t>{1, 0}));
  EXPECT_EQ(over_keyed("SELECT l, i, s AS name FROM y WHERE l > 1").unique_key, (std::vector<std::uint32_t>{2, 1}));
  EXPECT_EQ(over_keyed("SELECT s, window_start, i FROM tumble(y, t, '1 s')").unique_key,
            (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(over_keyed("SELECT DISTINCT s, i FROM z").unique_key, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(over_keyed("SELECT i, l FROM y").unique_key, std::nullopt);
  EXPECT_EQ(over_keyed("SELECT i, lower(s) AS s FROM y").unique_key, std::nullopt);
  EXPECT_EQ(over_keyed("SELECT s, i FROM y UNION ALL SELECT s, i FROM y").unique_key, std::nullopt);
  EXPECT_EQ(over_keyed("SELECT i, count(*) FROM y GROUP BY i").unique_key, std::vector<std::uint32_t>{0});
}

TEST(Plans, TakeAPrimaryKeyAtAColumnOrAfterTheColumns) {
  const auto table = [](std::string_view columns) {
    auto compiled = compile_file(fmt::format("CREATE TABLE y ({})", columns));
    EXPECT_TRUE(compiled) << message_of(compiled);
    return std::move(compiled->program.tables.front());
  };
  const processor::TableDefinition keyed = table("i integer PRIMARY KEY, n numeric(5, 2)");
  EXPECT_EQ(keyed.primary_key, std::vector<std::uint32_t>{0});
  EXPECT_TRUE(keyed.columns[0].not_null);
  EXPECT_FALSE(keyed.columns[1].not_null);
  EXPECT_EQ(table("i integer, n numeric(5, 2), PRIMARY KEY (i)"), keyed);
  EXPECT_EQ(table("i integer CONSTRAINT c PRIMARY KEY NOT NULL, n numeric(5, 2)"), keyed);
  const processor::TableDefinition grows = table("i integer NOT NULL, n numeric(5, 2)");
  EXPECT_FALSE(grows.is_keyed());
  EXPECT_NE(canonical_text(grows), canonical_text(keyed));
  EXPECT_NE(canonical_text(table("i integer, n numeric(5, 2), PRIMARY KEY (n, i)")),
            canonical_text(table("i integer, n numeric(5, 2), PRIMARY KEY (i, n)")));
}

TEST(Plans, OrderByOutputColumnsAndExpressionsOverThem) {
  const auto view =
      view_of("SELECT i AS y, l, s FROM x ORDER BY y DESC, 3 NULLS FIRST, i + l, lower(s) DESC NULLS LAST");
  std::vector<std::string> keys;
  for (const auto& key : view.order_by)
    keys.push_back(fmt::format("{} {} {}", text_of(*key.expression), key.descending ? "desc" : "asc",
                               key.nulls_first ? "first" : "last"));
  EXPECT_THAT(keys, ElementsAre("#0 desc first", "#2 asc first", "3(bigint(#0), #1) asc last",
                                fmt::format("{}(#2) desc last", static_cast<int>(processor::Op::lower))));
}

TEST(Plans, OrderByAnAggregateOfTheSelectList) {
  const auto view = view_of("SELECT s, count(*) FROM x GROUP BY s ORDER BY count(*) DESC");
  ASSERT_EQ(view.order_by.size(), 1U);
  EXPECT_EQ(text_of(*view.order_by[0].expression), "#1");
}

TEST(Plans, SpreadNestedUnions) {
  const auto view = view_of("SELECT i FROM x UNION ALL (SELECT l FROM x UNION ALL SELECT i FROM x) ORDER BY i");
  EXPECT_EQ(shape_of(*view.plan), "union(project(project(table 0)), project(table 0), project(project(table 0)))");
  EXPECT_EQ(columns_of(view), "i bigint");
  EXPECT_EQ(view.order_by.size(), 1U);
}

TEST(Plans, DecideLiteralsOfUnionsByTheOtherBranch) {
  EXPECT_EQ(columns_of(view_of("SELECT NULL AS y FROM x UNION ALL SELECT i FROM x")), "y integer");
  EXPECT_EQ(columns_of(view_of("SELECT '5' AS y FROM x UNION ALL SELECT i FROM x")), "y integer");
  EXPECT_EQ(columns_of(view_of("SELECT '5' AS y FROM x UNION ALL SELECT NULL FROM x")), "y text");
  EXPECT_EQ(columns_of(view_of("SELECT m FROM x UNION ALL SELECT m FROM x")), "m numeric(10,2)");
  EXPECT_EQ(columns_of(view_of("SELECT m FROM x UNION ALL SELECT n FROM x")), "m numeric");
}

TEST(Plans, TumbleTablesViewsAndSubSelects) {
  const auto view = view_of("SELECT window_start, w.window_end, i FROM tumble(x, t, interval '10 seconds') w");
  EXPECT_EQ(shape_of(*view.plan), "project(tumble(table 0))");
  EXPECT_EQ(text_of(output_of(view, 0)), "#16");
  const auto& tumble = std::get<processor::Tumble>(std::get<processor::Project>(view.plan->node).input->node);
  EXPECT_EQ(tumble.size, 10'000'000);
  EXPECT_EQ(columns_of(view_of("SELECT * FROM tumble((SELECT i, a FROM x), a, '1 day')")),
            "i integer, a date, window_start timestamp without time zone, window_end timestamp without time zone");
  EXPECT_EQ(columns_of(view_of("SELECT w.p FROM tumble(x, x.t, interval '5' minute) AS w(p)")), "p boolean");
}

TEST(Plans, FlattenAndOrOfAnyLength) {
  EXPECT_EQ(text_of(output_of(view_of("SELECT b AND (b AND i > 1) AND b AS y FROM x"), 0)),
            fmt::format("{}(#0, #0, {}(#1, 1), #0)", static_cast<int>(processor::Op::logical_and),
                        static_cast<int>(processor::Op::greater)));
}

TEST(Plans, InsertCastsWhereTypesDiffer) {
  EXPECT_EQ(text_of(output_of(view_of("SELECT i + l FROM x"), 0)), "3(bigint(#1), #2)");
  EXPECT_EQ(text_of(output_of(view_of("SELECT l + 1 FROM x"), 0)), "3(#2, 1)");
  EXPECT_EQ(text_of(output_of(view_of("SELECT n + m FROM x"), 0)), "3(#3, #4)");
  EXPECT_EQ(text_of(output_of(view_of("SELECT s || i FROM x"), 0)),
            fmt::format("{}(#6, text(#1))", static_cast<int>(processor::Op::concat)));
  EXPECT_EQ(text_of(output_of(view_of("SELECT 1 + a FROM x"), 0)), "3(#9, 1)");
  EXPECT_EQ(text_of(output_of(view_of("SELECT n::numeric(5,1) FROM x"), 0)), "numeric(5,1)(#3)");
  EXPECT_EQ(text_of(output_of(view_of("SELECT NULLIF(i, l) FROM x"), 0)),
            fmt::format("integer({}(bigint(#1), #2))", static_cast<int>(processor::Op::null_if)));
}

TEST(Plans, ReadNegativeConstantsFromTheText) {
  for (const auto& [text, value] : {std::pair{"-5", "-5"},
                                    {"- 5", "-5"},
                                    {"-/* x */(5)", "-5"},
                                    {"0", "0"},
                                    {"-0", "0"},
                                    {"- -5", "5"},
                                    {"-2147483648", "-2147483648"},
                                    {"-(-(-7))", "-7"}})
    EXPECT_EQ(text_of(output_of(view_of(fmt::format("SELECT {} FROM x", text)), 0)), value) << text;
}

TEST(Plans, SeeMaterializedViewsAsScansAndViewsInlined) {
  const auto compiled = compile_file(
      "CREATE TABLE x (i int);\n-- comment\nCREATE VIEW y AS SELECT i + 1 AS j FROM x WHERE i > 0;\n"
      "CREATE MATERIALIZED VIEW one AS SELECT j FROM y;\nCREATE TABLE z (k int);\n"
      "CREATE MATERIALIZED VIEW two(c, d) WITH (on_error = 'stop') AS SELECT o.j, 1 FROM one AS o");
  ASSERT_TRUE(compiled) << compiled.error().message;
  const auto& views = compiled->program.views;
  EXPECT_EQ(shape_of(*views[0].plan), "project(project(filter(table 0)))");
  EXPECT_EQ(shape_of(*views[1].plan), "project(project(view 0))");
  EXPECT_EQ(columns_of(views[1]), "c integer, d integer");
  EXPECT_EQ(views[0].on_error, processor::OnError::dead_letter);
  EXPECT_EQ(views[1].on_error, processor::OnError::stop);
}

TEST(Plans, CarryTheStatementsThatDefineThem) {
  const auto compiled = compile_file(
      "CREATE TABLE x (i int);\n-- comment\nCREATE VIEW y AS SELECT i FROM x ; CREATE TABLE z (k int);\n"
      "CREATE MATERIALIZED VIEW one AS\n  SELECT i FROM y;\nCREATE MATERIALIZED VIEW two AS SELECT i FROM one;");
  ASSERT_TRUE(compiled) << compiled.error().message;
  EXPECT_EQ(compiled->program.views[0].sql,
            "CREATE TABLE x (i int);\nCREATE VIEW y AS SELECT i FROM x;\nCREATE MATERIALIZED VIEW one AS\n  SELECT i "
            "FROM y;\n");
  const auto again = compile_file(compiled->program.views[1].sql);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->program.views.back().name, "two");
  EXPECT_EQ(again->program.views.back().sql, compiled->program.views[1].sql);
}

TEST(Plans, WarnOfTablesAndViewsThatNobodyUses) {
  const auto compiled =
      compile_file("CREATE TABLE x (i int); CREATE TABLE y (i int); CREATE VIEW z AS SELECT i FROM x;");
  ASSERT_TRUE(compiled);
  std::vector<std::string> warnings;
  for (const sql::Warning& warning : compiled->warnings) warnings.push_back(warning.message);
  EXPECT_THAT(warnings, ElementsAre("f.sql: \"y\" is used by no view", "f.sql: \"z\" is used by no view"));
}

TEST(Tables, HaveTypesOptionsAndDefaults) {
  const auto compiled = compile_file(
      "CREATE TABLE plain (i int4 NOT NULL, c character varying(3), d decimal(4), e float8 NULL, f bool, g int8);\n"
      "CREATE TABLE full_one (\"At\" timestamp) WITH (topic = 'events-1', format = json, event_time = 'At', "
      "watermark_delay = '1 day 4 seconds', timestamp_format = 'unix_seconds');");
  ASSERT_TRUE(compiled) << compiled.error().message;
  const auto& plain = compiled->program.tables[0];
  EXPECT_EQ(plain.topic, "plain");
  EXPECT_EQ(plain.event_time, std::nullopt);
  EXPECT_EQ(plain.timestamp_format, processor::TimestampFormat::unix_milliseconds);
  EXPECT_TRUE(plain.columns[0].not_null);
  EXPECT_EQ(processor::type_name(plain.columns[1].type), "character varying(3)");
  EXPECT_EQ(processor::type_name(plain.columns[2].type), "numeric(4,0)");
  const auto& full = compiled->program.tables[1];
  EXPECT_EQ(full.topic, "events-1");
  EXPECT_EQ(full.event_time, 0U);
  EXPECT_EQ(full.watermark_delay, 86'404'000'000);
  EXPECT_EQ(full.timestamp_format, processor::TimestampFormat::unix_seconds);
}

}  // namespace
}  // namespace kappa::test

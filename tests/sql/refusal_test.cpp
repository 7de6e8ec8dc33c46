// Every refusal names what it refuses, its line and column, and what to do instead.
#include <vector>

#include "compiling.hpp"

namespace kappa::test {
namespace {

struct Refused {
  std::string query;
  std::string message;  ///< After `f.sql:3:`.
};

/// Queries over x; the view's text is line 3, so columns count from the query's own beginning.
const std::vector<Refused> kQueries{
    // Names.
    {"SELECT foo FROM x", "8: column \"foo\" does not exist"},
    {"SELECT y.i FROM x", "8: missing FROM-clause entry for table \"y\""},
    {"SELECT i FROM y", "15: relation \"y\" does not exist"},
    {"SELECT u.i FROM (SELECT i, l AS i FROM x) u", "8: column reference \"i\" is ambiguous"},
    {"SELECT x FROM x", "8: column \"x\" does not exist"},
    {"SELECT a.b.c FROM x", "8: the qualified name a.b.c is not supported"},
    {"SELECT i FROM public.x", "15: a schema is not supported"},
    {"SELECT y.* FROM x", "8: missing FROM-clause entry for table \"y\""},
    {"SELECT i, l AS i FROM x", "11: column \"i\" specified more than once"},
    {"SELECT y.p FROM x AS y(p, q, r, s, t, u, v, w, xx, yy, zz)",
     "17: table \"y\" has 10 columns available but 11 columns specified"},
    // Clauses.
    {"SELECT i FROM x JOIN x y ON true", "22: JOIN is not supported"},
    {"SELECT i FROM x, x y", "18: JOIN (several items in FROM) is not supported"},
    {"SELECT 1", "8: SELECT without FROM is not supported"},
    {"SELECT FROM x", "13: a SELECT without columns is not supported"},
    {"VALUES (1)", "9: VALUES is not supported"},
    {"WITH q AS (SELECT 1) SELECT * FROM q", "1: WITH is not supported"},
    {"SELECT i FROM x LIMIT 5", "23: LIMIT is not supported"},
    {"SELECT i FROM x OFFSET 5", "24: OFFSET is not supported"},
    {"SELECT i FROM x FETCH FIRST 2 ROWS ONLY", "29: LIMIT is not supported"},
    {"SELECT i FROM x FOR UPDATE", "8: FOR UPDATE is not supported"},
    {"SELECT DISTINCT ON (i) i FROM x", "21: DISTINCT ON is not supported"},
    {"SELECT i FROM ONLY x", "20: ONLY is not supported"},
    {"SELECT i FROM x TABLESAMPLE system(1)", "29: TABLESAMPLE is not supported"},
    {"SELECT y.i FROM LATERAL (SELECT i FROM x) y", "33: LATERAL is not supported"},
    {"SELECT i FROM (SELECT i FROM x ORDER BY i) y",
     "41: ORDER BY in a sub-select or an inlined view is not supported"},
    {"SELECT i FROM (SELECT i FROM x LIMIT 1) y", "38: LIMIT is not supported"},
    {"SELECT i FROM x UNION SELECT i FROM x", "30: UNION without ALL is not supported"},
    {"SELECT i FROM x INTERSECT SELECT i FROM x", "34: INTERSECT is not supported"},
    {"SELECT i FROM x EXCEPT ALL SELECT i FROM x", "35: EXCEPT is not supported"},
    {"SELECT i, l FROM x UNION ALL SELECT i FROM x", "37: each UNION query must have the same number of columns"},
    {"SELECT i FROM x UNION ALL SELECT s FROM x", "34: UNION types integer and text cannot be matched"},
    {"SELECT i FROM x WINDOW w AS (PARTITION BY i)", "29: WINDOW is not supported"},
    // Grouping.
    {"SELECT i, l FROM x GROUP BY i",
     "11: column \"x.l\" must appear in the GROUP BY clause or be used in an aggregate function"},
    {"SELECT *, count(*) FROM x",
     "8: column \"x.b\" must appear in the GROUP BY clause or be used in an aggregate function"},
    {"SELECT i FROM x HAVING true",
     "8: column \"x.i\" must appear in the GROUP BY clause or be used in an aggregate function"},
    {"SELECT i FROM x GROUP BY i HAVING l > 1",
     "35: column \"x.l\" must appear in the GROUP BY clause or be used in an aggregate function"},
    {"SELECT i FROM x GROUP BY 2", "26: GROUP BY position 2 is not in select list"},
    {"SELECT i FROM x GROUP BY -1", "26: GROUP BY position -1 is not in select list"},
    {"SELECT i FROM x GROUP BY 'i'", "26: non-integer constant in GROUP BY"},
    {"SELECT i AS y, l AS y FROM x GROUP BY y", "39: GROUP BY \"y\" is ambiguous"},
    {"SELECT count(*) FROM x GROUP BY 1", "33: aggregate functions are not allowed in GROUP BY"},
    {"SELECT i FROM x GROUP BY ROLLUP (i)", "26: ROLLUP is not supported"},
    {"SELECT i FROM x GROUP BY CUBE (i)", "26: CUBE is not supported"},
    {"SELECT i FROM x GROUP BY GROUPING SETS ((i))", "26: GROUPING SETS is not supported"},
    {"SELECT count(*) FROM x GROUP BY ()", "33: GROUP BY () is not supported"},
    {"SELECT count(*) FROM x GROUP BY ROW(i, l)", "33: a row constructor is not supported"},
    {"SELECT i FROM x WHERE count(*) > 1", "23: aggregate functions are not allowed in WHERE"},
    {"SELECT sum(count(*)) FROM x", "12: aggregate function calls cannot be nested"},
    {"SELECT count(*) FILTER (WHERE sum(i) > 1) FROM x", "31: aggregate functions are not allowed in FILTER"},
    {"SELECT sum(*) FROM x", "8: function sum() does not exist"},
    {"SELECT sum(s) FROM x", "8: function sum(text) does not exist"},
    {"SELECT sum('1') FROM x", "8: function sum(unknown) is not unique"},
    {"SELECT max(b) FROM x", "8: function max(boolean) does not exist"},
    {"SELECT string_agg(s, ',') FROM x", "8: aggregate string_agg is not supported"},
    {"SELECT sum(i ORDER BY i) FROM x", "23: ORDER BY in an aggregate is not supported"},
    {"SELECT sum(i) OVER () FROM x", "8: a window function (OVER) is not supported"},
    {"SELECT row_number() OVER () FROM x", "8: a window function (OVER) is not supported"},
    {"SELECT lower(DISTINCT s) FROM x", "8: DISTINCT specified, but lower is not an aggregate function"},
    {"SELECT lower(s) FILTER (WHERE b) FROM x", "8: FILTER specified, but lower is not an aggregate function"},
    // Order.
    {"SELECT i FROM x ORDER BY l", "26: ORDER BY what the view does not show is not supported"},
    {"SELECT i AS y FROM x ORDER BY y + 1", "31: column \"y\" does not exist"},
    {"SELECT i FROM x ORDER BY 2", "26: ORDER BY position 2 is not in select list"},
    {"SELECT i FROM x ORDER BY 'i'", "26: non-integer constant in ORDER BY"},
    {"SELECT i FROM x ORDER BY i USING <", "34: ORDER BY … USING is not supported"},
    {"SELECT i FROM x UNION ALL SELECT i FROM x ORDER BY i + 1", "54: invalid UNION ORDER BY clause"},
    // Windows.
    {"SELECT i FROM hop(x, t, interval '1 s', interval '2 s')", "15: hop (sliding windows) is not supported"},
    {"SELECT i FROM session(x, t, interval '1 s')", "15: session (session windows) is not supported"},
    {"SELECT i FROM generate_series(1, 2)", "15: function generate_series is not supported"},
    {"SELECT i FROM tumbel(x, t, '1 s')", "15: function \"tumbel\" in FROM does not exist"},
    {"SELECT i FROM tumble(x, t)", "15: tumble takes 3 arguments, not 2"},
    {"SELECT i FROM tumble(1, t, '1 s')", "22: the source of tumble must be a table, a view or a sub-select"},
    {"SELECT i FROM tumble(x, i, '1 s')", "25: the time of tumble must be a timestamp, not integer"},
    {"SELECT i FROM tumble(x, t, 5)", "28: the size of a window must be an interval literal"},
    {"SELECT i FROM tumble(x, t, interval '1 month')", "37: a window of months is not supported"},
    {"SELECT i FROM tumble(x, t, interval '-1 s')", "37: the size of a window must be positive"},
    {"SELECT i FROM tumble((SELECT t, i AS window_end FROM x), t, '1 s')",
     "22: the source of tumble already has a column \"window_end\""},
    {"SELECT tumble(t, '1 s') FROM x", "8: tumble outside FROM is not supported"},
    // Expressions.
    {"SELECT (SELECT 1) FROM x", "8: a subquery in an expression is not supported"},
    {"SELECT i FROM x WHERE EXISTS (SELECT 1)", "23: a subquery in an expression is not supported"},
    {"SELECT i FROM x WHERE i IN (SELECT 1)", "25: a subquery in an expression is not supported"},
    {"SELECT now() FROM x", "8: now() (a clock) is not supported"},
    {"SELECT current_timestamp FROM x", "8: CURRENT_TIMESTAMP is not supported"},
    {"SELECT current_user FROM x", "8: CURRENT_USER is not supported"},
    {"SELECT random() FROM x", "8: random() (chance) is not supported"},
    {"SELECT timestamp 'now' FROM x", "18: 'now' as a time (a clock) is not supported"},
    {"SELECT i FROM x WHERE a = ' Today'", "27: ' Today' as a time (a clock) is not supported"},
    {"SELECT date_part('year', t) FROM x", "8: function date_part is not supported"},
    {"SELECT (t, t) OVERLAPS (t, t) FROM x", "15: OVERLAPS is not supported"},
    {"SELECT s IS NOT NFC NORMALIZED FROM x", "10: IS NORMALIZED is not supported"},
    {"SELECT normalize(s) FROM x", "8: function normalize is not supported"},
    {"SELECT COLLATION FOR (s) FROM x", "8: COLLATION FOR is not supported"},
    {"SELECT TREAT(s AS bigint) FROM x", "8: TREAT, or type bigint as a function is not supported"},
    {"SELECT date(t) FROM x", "8: TREAT, or type date as a function is not supported"},
    {"SELECT json_object('{a,b}') FROM x", "8: function json_object is not supported"},
    {"SELECT jsonb_build_object('a', i) FROM x", "8: function jsonb_build_object is not supported"},
    {"SELECT jsonb_object_agg(s, i) FROM x", "8: aggregate jsonb_object_agg is not supported"},
    {"SELECT xmlexists('a' PASSING s) FROM x", "8: an XML expression is not supported"},
    {"SELECT foo(i, 'x') FROM x", "8: function foo(integer, unknown) does not exist"},
    {"SELECT mine.foo(i) FROM x", "8: function mine.foo is not supported"},
    {"SELECT lower(i) FROM x", "8: function lower(integer) does not exist"},
    {"SELECT substring(s FROM 'x') FROM x", "8: substring(text, unknown) by a regular expression is not supported"},
    {"SELECT date_trunc('day', a) FROM x", "8: date_trunc(unknown, date) with time zone is not supported"},
    {"SELECT extract(day FROM interval '1 day') FROM x",
     "8: extract(unknown, interval) of an interval is not supported"},
    {"SELECT extract(yeer FROM t) FROM x", "16: unit \"yeer\" not recognized for type timestamp without time zone"},
    {"SELECT GREATEST(i, 1) FROM x", "8: GREATEST or LEAST is not supported"},
    {"SELECT ARRAY[1] FROM x", "8: an array is not supported"},
    {"SELECT ROW(1) FROM x", "8: a row constructor is not supported"},
    {"SELECT s[1] FROM x", "8: a subscript or a field of a composite is not supported"},
    {"SELECT s COLLATE \"C\" FROM x", "10: COLLATE is not supported"},
    {"SELECT $1 FROM x", "8: a parameter ($1) is not supported"},
    {"SELECT lower(s => s) FROM x", "14: an argument by name is not supported"},
    {"SELECT lower(VARIADIC s) FROM x", "8: VARIADIC is not supported"},
    {"SELECT s ~ 'x' FROM x", "10: operator ~ is not supported"},
    {"SELECT s ILIKE 'x' FROM x", "10: ILIKE is not supported"},
    {"SELECT s SIMILAR TO 'x' FROM x", "10: SIMILAR TO is not supported"},
    {"SELECT i BETWEEN SYMMETRIC 2 AND 1 FROM x", "10: BETWEEN SYMMETRIC is not supported"},
    {"SELECT i = ANY ('{1}') FROM x", "10: ANY is not supported"},
    {"SELECT t AT TIME ZONE 'UTC' FROM x", "10: AT TIME ZONE is not supported"},
    {"SELECT B'101' FROM x", "8: a bit string is not supported"},
    {"SELECT interval '1 day' FROM x", "17: a column of type interval is not supported"},
    {"SELECT t - t FROM x",
     "10: operator timestamp without time zone - timestamp without time zone with an interval as operand or result is "
     "not supported"},
    {"SELECT i::interval FROM x", "8: an interval that is no literal is not supported"},
    {"SELECT interval '1-2' YEAR TO MONTH FROM x",
     "8: an interval with a range of fields or a precision is not supported"},
    {"SELECT CASE WHEN b THEN interval '1 s' END FROM x", "8: CASE of intervals is not supported"},
    {"SELECT i + s FROM x", "10: operator does not exist: integer + text"},
    {"SELECT '1' + '2' FROM x", "12: operator is not unique: unknown + unknown"},
    {"SELECT i || l FROM x", "10: operator does not exist: integer || bigint"},
    {"SELECT i FROM x WHERE i", "23: argument of WHERE must be type boolean, not type integer"},
    {"SELECT i AND b FROM x", "8: argument of AND must be type boolean, not type integer"},
    {"SELECT NOT s FROM x", "12: argument of NOT must be type boolean, not type text"},
    {"SELECT i IS TRUE FROM x", "8: argument of IS TRUE must be type boolean, not type integer"},
    {"SELECT CASE WHEN i THEN 1 END FROM x", "18: argument of CASE/WHEN must be type boolean, not type integer"},
    {"SELECT CASE WHEN b THEN 1 ELSE s END FROM x", "25: CASE types text and integer cannot be matched"},
    {"SELECT COALESCE(i, s) FROM x", "20: COALESCE types integer and text cannot be matched"},
    {"SELECT b::bigint FROM x", "9: cannot cast type boolean to bigint"},
    {"SELECT i FROM x WHERE i = 'x'", "27: invalid input syntax for type integer: \"x\""},
    {"SELECT date '2024-13-01' FROM x", "13: date/time field value out of range: \"2024-13-01\""},
    {"SELECT i::foo FROM x", "11: type \"foo\" does not exist"},
    {"SELECT i::smallint FROM x", "11: type smallint is not supported"},
    {"SELECT i::real FROM x", "11: type real is not supported"},
    {"SELECT t::timestamptz FROM x", "11: type timestamp with time zone is not supported"},
    {"SELECT i::numeric(39) FROM x", "19: NUMERIC precision 39 must be between 1 and 38"},
    {"SELECT i::numeric(5,-2) FROM x", "21: NUMERIC scale -2 must be between 0 and 5"},
    {"SELECT t::timestamp(3) FROM x", "21: a modifier of type timestamp without time zone is not supported"},
    {"SELECT s::text[] FROM x", "11: an array type is not supported"},
    // The grammar itself.
    {"SELECT i FROM x WHERE SELECT", "23: syntax error at or near \"SELECT\""},
    {"SELECT 'é' i FROM x WHERE,", "26: syntax error at or near \",\""},
    {"SELECT i FROM (SELECT i FROM x)", "15: subquery in FROM must have an alias"},
};

TEST(Refusals, OfQueriesNameWhatWhereAndWhatToDo) {
  for (const Refused& refused : kQueries) {
    const auto result = compile_query(refused.query);
    EXPECT_EQ(message_of(result), "f.sql:3:" + refused.message) << refused.query;
    if (result) continue;
    EXPECT_EQ(result.error().code, Errc::query);
    EXPECT_FALSE(result.error().hint.empty()) << refused.query;
    EXPECT_TRUE(result.error().detail.starts_with(refused.query + "\n")) << result.error().detail;
  }
}

struct RefusedFile {
  std::string text;
  std::string message;  ///< After `f.sql:`.
};

const std::vector<RefusedFile> kFiles{
    {"SELECT 1", "1:1: a bare SELECT is not supported"},
    {"\n  INSERT INTO x VALUES (1)", "2:3: INSERT is not supported"},
    {"UPDATE x SET i = 1", "1:1: UPDATE is not supported"},
    {"DELETE FROM x", "1:1: DELETE is not supported"},
    {"DROP TABLE x", "1:1: DROP is not supported"},
    {"CREATE INDEX ON x (i)", "1:1: CREATE INDEX is not supported"},
    {"CREATE SCHEMA s", "1:1: CREATE SCHEMA is not supported"},
    {"CREATE TABLE y AS SELECT 1", "1:1: CREATE TABLE AS is not supported"},
    {"VACUUM", "1:1: VACUUM is not supported"},
    {"CREATE TABLE x (i int, i text)", "1:24: column \"i\" specified more than once"},
    {"CREATE TABLE x (i int); CREATE TABLE x (i int)", "1:38: relation \"x\" already exists"},
    {"CREATE TABLE x (i int PRIMARY KEY, j int PRIMARY KEY)",
     "1:42: multiple primary keys for table \"x\" are not allowed"},
    {"CREATE TABLE x (i int PRIMARY KEY, PRIMARY KEY (i))",
     "1:36: multiple primary keys for table \"x\" are not allowed"},
    {"CREATE TABLE x (i int, PRIMARY KEY (j))", "1:24: column \"j\" named in key does not exist"},
    {"CREATE TABLE x (i int, PRIMARY KEY (_offset))", "1:24: column \"_offset\" named in key does not exist"},
    {"CREATE TABLE x (i int, j int, PRIMARY KEY (i, j, i))",
     "1:31: column \"i\" appears twice in primary key constraint"},
    {"CREATE TABLE x (d float8 PRIMARY KEY)",
     "1:26: PRIMARY KEY of type double precision (column \"d\") is not supported"},
    {"CREATE TABLE x (n numeric, PRIMARY KEY (n))",
     "1:28: PRIMARY KEY of type numeric (column \"n\") is not supported"},
    {"CREATE TABLE x (n numeric(5), i int, PRIMARY KEY (i) INCLUDE (n))", "1:38: INCLUDE is not supported"},
    {"CREATE TABLE x (i int PRIMARY KEY WITH (fillfactor = 70))", "1:41: WITH (…) of a constraint is not supported"},
    {"CREATE TABLE x (i int PRIMARY KEY USING INDEX TABLESPACE y)", "1:23: USING INDEX TABLESPACE is not supported"},
    {"CREATE TABLE x (i int PRIMARY KEY DEFERRABLE)", "1:35: DEFERRABLE is not supported"},
    {"CREATE TABLE x (i int, PRIMARY KEY (i) DEFERRABLE)", "1:24: DEFERRABLE is not supported"},
    {"CREATE TABLE x (i int) WITH (primary_key = 'i')", "1:30: option primary_key is not supported"},
    {"CREATE TABLE x (i int DEFAULT 1)", "1:23: DEFAULT is not supported"},
    {"CREATE TABLE x (i int CHECK (i > 1))", "1:23: CHECK is not supported"},
    {"CREATE TABLE x (i int UNIQUE)", "1:23: UNIQUE is not supported"},
    {"CREATE TABLE x (i int REFERENCES y)", "1:23: REFERENCES is not supported"},
    {"CREATE TABLE x (LIKE y)", "1:22: LIKE in CREATE TABLE is not supported"},
    {"CREATE TABLE x (i text COLLATE \"C\")", "1:24: COLLATE is not supported"},
    {"CREATE TABLE x (i interval)", "1:19: a column of type interval is not supported"},
    {"CREATE TABLE x (i serial)", "1:19: type serial is not supported"},
    {"CREATE TABLE x (i bigitn)", "1:19: type \"bigitn\" does not exist"},
    {"CREATE TABLE x (_key text)", "1:17: every table has a column \"_key\" already"},
    {"CREATE TEMP TABLE x (i int)", "1:19: a TEMPORARY or UNLOGGED table is not supported"},
    {"CREATE TABLE IF NOT EXISTS x (i int)", "1:28: IF NOT EXISTS is not supported"},
    {"CREATE TABLE x (i int) INHERITS (y)", "1:34: INHERITS or PARTITION OF is not supported"},
    {"CREATE TABLE s.x (i int)", "1:14: a schema is not supported"},
    {"CREATE TABLE _x (i int)", "1:14: table \"_x\": names that begin with _ or end in .errors or .late are reserved"},
    {"CREATE TABLE \"x.late\" (i int)",
     "1:14: table \"x.late\": names that begin with _ or end in .errors or .late are reserved"},
    {"CREATE TABLE \"x y\" (i int)", "1:14: \"x y\" cannot be the name of a topic"},
    {"CREATE TABLE x (i int) WITH (topic = 'v.errors')",
     "1:30: topic \"v.errors\": names that begin with _ or end in .errors or .late are reserved"},
    {"CREATE TABLE x (i int) WITH (format = 'csv')", "1:30: format 'csv' is not supported"},
    {"CREATE TABLE x (i int) WITH (topci = 'y')", "1:30: option \"topci\" does not exist"},
    {"CREATE TABLE x (i int) WITH (topic = 'y', topic = 'z')", "1:43: option \"topic\" is given twice"},
    {"CREATE TABLE x (i int) WITH (topic)", "1:30: option \"topic\" needs a value in quotes"},
    {"CREATE TABLE x (i int) WITH (a.topic = 'y')", "1:30: a qualified option is not supported"},
    {"CREATE TABLE x (i int) WITH (idle_timeout = '1 s')", "1:30: option idle_timeout is not supported"},
    {"CREATE TABLE x (i int) WITH (event_time = 'j')", "1:30: event_time column \"j\" does not exist"},
    {"CREATE TABLE x (i int) WITH (event_time = 'i')",
     "1:30: event_time column \"i\" must be a timestamp, not integer"},
    {"CREATE TABLE x (i int) WITH (watermark_delay = '1 s')", "1:30: watermark_delay needs an event_time"},
    {"CREATE TABLE x (t timestamp) WITH (event_time = 't', watermark_delay = '1 month')",
     "1:54: watermark_delay '1 month' must be a length of time"},
    {"CREATE TABLE x (t timestamp) WITH (timestamp_format = 'iso')", "1:36: timestamp_format 'iso' does not exist"},
    {"CREATE TABLE x (i int); CREATE VIEW v AS SELECT i FROM x ORDER BY i",
     "1:67: ORDER BY in a sub-select or an inlined view is not supported"},
    {"CREATE TABLE x (i int); CREATE OR REPLACE VIEW v AS SELECT i FROM x", "1:48: OR REPLACE is not supported"},
    {"CREATE TABLE x (i int); CREATE VIEW v AS SELECT i FROM x WITH CHECK OPTION",
     "1:37: WITH CHECK OPTION is not supported"},
    {"CREATE TABLE x (i int); CREATE VIEW v(p, q) AS SELECT i FROM x", "1:37: too many column names were specified"},
    {"CREATE TABLE x (i int); CREATE TEMP VIEW v AS SELECT i FROM x",
     "1:42: a TEMPORARY or UNLOGGED view is not supported"},
    {"CREATE TABLE x (i int); CREATE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT i FROM x",
     "1:76: IF NOT EXISTS is not supported"},
    {"CREATE TABLE x (i int); CREATE MATERIALIZED VIEW v AS SELECT i FROM x WITH NO DATA",
     "1:50: WITH NO DATA is not supported"},
    {"CREATE TABLE x (i int); CREATE MATERIALIZED VIEW v WITH (emit = 'on close') AS SELECT i FROM x",
     "1:58: option emit is not supported"},
    {"CREATE TABLE x (i int); CREATE MATERIALIZED VIEW v WITH (on_error = 'skip') AS SELECT i FROM x",
     "1:58: on_error 'skip' does not exist"},
    {"CREATE TABLE x (i int); CREATE MATERIALIZED VIEW v AS SELECT i FROM v", "1:69: relation \"v\" does not exist"},
    {"CREATE TABLE x (i int) WITH (topic = 'v'); CREATE MATERIALIZED VIEW v AS SELECT i FROM x",
     "1:69: topic \"v\" belongs to the materialized view of that name"},
    {"CREATE TABLE x (i int); CREATE MATERIALIZED VIEW \"a b\" AS SELECT i FROM x",
     "1:50: \"a b\" cannot be the name of a topic"},
};

TEST(Refusals, OfStatementsNameWhatAndWhere) {
  for (const RefusedFile& refused : kFiles) {
    const auto result = compile_file(refused.text);
    EXPECT_EQ(message_of(result), "f.sql:" + refused.message) << refused.text;
    EXPECT_TRUE(result || !result.error().hint.empty()) << refused.text;
  }
}

TEST(Refusals, PointAtTheCharacterBelowTheLine) {
  const auto result = compile_file("CREATE TABLE x (i int);\nCREATE MATERIALIZED VIEW v AS\n\tSELECT 'é', foo FROM x");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "f.sql:3:14: column \"foo\" does not exist");
  EXPECT_EQ(result.error().detail, "\tSELECT 'é', foo FROM x\n\t            ^");
}

TEST(Refusals, ShowThePlaceWithinAVeryLongLine) {
  const std::string before(500, ' ');
  const auto result = compile_file("CREATE TABLE x (i int, " + before + "i int" + before + ")");
  ASSERT_FALSE(result);
  const std::string& detail = result.error().detail;
  EXPECT_LT(detail.size(), 400U);
  const std::size_t caret = detail.find('^') - detail.find('\n') - 1;
  EXPECT_EQ(detail.substr(caret, 5), "i int");
}

TEST(Refusals, SuggestTheNearestName) {
  const auto hint = [](std::string_view query) {
    const auto result = compile_query(query);
    return result ? std::string("compiled") : result.error().hint;
  };
  EXPECT_EQ(hint("SELECT _ofset FROM x"), "did you mean _offset?");
  EXPECT_EQ(hint("SELECT lowr(s) FROM x"), "did you mean lower?");
  EXPECT_EQ(hint("SELECT s::txt FROM x"), "did you mean text?");
  EXPECT_EQ(hint("SELECT extract(yeer FROM t) FROM x"), "did you mean year?");
  EXPECT_EQ(hint("SELECT s FROM tumbel(x, t, '1 s')"), "did you mean tumble?");
  EXPECT_EQ(hint("SELECT i::smallint FROM x"), "use integer");
  EXPECT_EQ(hint("SELECT zzzz FROM x"), "columns: b, i, l, n, m, d, s, v, t, a");
}

}  // namespace
}  // namespace kappa::test

// The type of every expression is PostgreSQL's, and what PostgreSQL refuses is refused: all pairs of operands under all
// operators, and a list of other constructs, asked of a PostgreSQL of its own.
#include <algorithm>
#include <set>
#include <vector>

#include "compiling.hpp"
#include "postgres.hpp"

namespace kappa::test {
namespace {

const std::vector<std::string> kOperands{
    "b", "i", "l", "n", "d", "s", "t", "a", "v", "'1'", "NULL", "1", "2.5", "date '2024-01-02'", "interval '1 day'"};

/// Types of this version by PostgreSQL's names; varchar without a length is text here.
std::string simplify(std::string type) {
  return type == "character varying" ? "text" : type;
}

bool is_type_of_this_version(const std::string& type) {
  static const std::set<std::string> types{
      "boolean", "integer", "bigint", "numeric", "double precision", "text", "timestamp without time zone", "date"};
  return types.contains(type);
}

std::string type_here(const std::string& query) {
  const auto compiled = compile_query(query);
  if (!compiled) return compiled.error().message;
  const processor::Type type = compiled->program.views.back().plan->schema.front().type;
  return processor::type_name({type.kind});
}

/// What PostgreSQL says of each query's one column: the type, or `error`. It is asked to make a function of the query
/// that returns what no query here gives, since the complaint names the type and nothing is run or stored.
std::vector<std::string> types_there(const PostgresServer& postgres, const std::vector<std::string>& queries) {
  std::string script = fmt::format(
      "CREATE TABLE IF NOT EXISTS x ({});\n"
      "CREATE OR REPLACE FUNCTION type_of(q text) RETURNS text LANGUAGE plpgsql AS $$ DECLARE d text; BEGIN\n"
      "EXECUTE format('CREATE FUNCTION never() RETURNS cidr LANGUAGE sql AS %L', q); RETURN 'none';\n"
      "EXCEPTION WHEN OTHERS THEN GET STACKED DIAGNOSTICS d = PG_EXCEPTION_DETAIL;\n"
      "RETURN coalesce(substring(d FROM 'Actual return type is (.*)\\.'), 'error'); END $$;\n"
      "SELECT type_of(q) FROM (VALUES\n",
      kColumns);
  for (std::size_t i = 0; i < queries.size(); ++i)
    script += fmt::format("{}({}, {})", i == 0 ? "" : ",\n", i, quote_literal(queries[i]));
  const auto rows = postgres.query(script + ") AS list(o, q) ORDER BY o");
  std::vector<std::string> types;
  if (!rows)
    ADD_FAILURE() << rows.error().message;
  else
    for (const PostgresRow& row : *rows) types.push_back(simplify(row.front().value_or("null")));
  return types;
}

void expect_same_query_types(const std::vector<std::string>& queries) {
  const PostgresServer* postgres = shared_postgres();
  if (postgres == nullptr) return;
  const std::vector<std::string> there = types_there(*postgres, queries);
  ASSERT_EQ(there.size(), queries.size());
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const std::string here = type_here(queries[i]);
    const bool refused = here.starts_with("f.sql:");
    if (is_type_of_this_version(there[i]) && !here.ends_with("is not supported")) {
      EXPECT_EQ(here, there[i]) << queries[i];
    } else {
      EXPECT_TRUE(refused) << queries[i] << " is " << there[i] << " there and " << here << " here";
    }
  }
}

void expect_same_types(std::vector<std::string> expressions) {
  for (std::string& expression : expressions) expression = fmt::format("SELECT {} AS y FROM x", expression);
  expect_same_query_types(expressions);
}

std::vector<std::string> all_pairs(const std::vector<std::string>& forms) {
  std::vector<std::string> expressions;
  for (const std::string& form : forms)
    for (const std::string& left : kOperands)
      for (const std::string& right : kOperands) expressions.push_back(fmt::format(fmt::runtime(form), left, right));
  return expressions;
}

std::vector<std::string> all_operands(const std::vector<std::string>& forms) {
  std::vector<std::string> expressions;
  for (const std::string& form : forms)
    for (const std::string& operand : kOperands) expressions.push_back(fmt::format(fmt::runtime(form), operand));
  return expressions;
}

TEST(Types, OfArithmeticOverAllPairs) {
  expect_same_types(all_pairs({"{} + {}", "{} - {}", "{} * {}", "{} / {}", "{} % {}"}));
}

TEST(Types, OfComparisonsOverAllPairs) {
  expect_same_types(all_pairs({"{} = {}", "{} < {}", "{} IS DISTINCT FROM {}"}));
}

TEST(Types, OfTextOperatorsOverAllPairs) {
  expect_same_types(all_pairs({"{} || {}", "{} LIKE {}"}));
}

TEST(Types, OfChoicesOverAllPairs) {
  expect_same_types(all_pairs({"COALESCE({}, {})", "CASE WHEN b THEN {} ELSE {} END", "NULLIF({}, {})", "{} IN ({}, i)",
                               "CASE {} WHEN {} THEN 1 END", "i BETWEEN {} AND {}"}));
}

TEST(Types, OfListsOverAllPairs) {
  expect_same_types(all_pairs({"{} IN ({}, NULL)", "{0} NOT IN ({1}, {1}, 1)"}));
}

TEST(Types, OfFunctionsOverAllOperands) {
  expect_same_types(all_operands({"lower({})", "upper({})", "length({})", "char_length({})", "abs({})",
                                  "substring({}, 1)", "substring(s, {})", "substring(s FROM {} FOR 2)",
                                  "substring(s FROM 1 FOR {})", "split_part({}, ',', 1)", "split_part(s, {}, 1)",
                                  "split_part(s, ',', {})", "date_trunc('hour', {})", "extract(year FROM {})"}));
}

TEST(Types, OfPredicatesOverAllOperands) {
  expect_same_types(all_operands({"-{}", "+{}", "NOT {}", "{} IS NULL", "{} IS TRUE", "{} IS NOT UNKNOWN", "{} AND b",
                                  "b OR {}", "CASE WHEN {} THEN 1 END", "{}::text"}));
}

TEST(Types, OfAggregatesOverAllOperands) {
  expect_same_types(all_operands(
      {"count({})", "sum({})", "avg({})", "min({})", "max({})", "count(DISTINCT {})", "sum(i) FILTER (WHERE {})"}));
}

TEST(Types, OfCastsBetweenAllTypes) {
  std::vector<std::string> expressions;
  for (const std::string operand : {"b", "i", "l", "n", "d", "s", "v", "t", "a", "NULL", "1", "2.5", "true"})
    for (const std::string type : {"boolean", "integer", "bigint", "numeric", "numeric(6,3)", "double precision",
                                   "text", "varchar(3)", "timestamp", "date"})
      expressions.push_back(fmt::format("CAST({} AS {})", operand, type));
  expect_same_types(expressions);
}

TEST(Types, OfLiterals) {
  expect_same_types({"0",
                     "-1",
                     "2147483647",
                     "2147483648",
                     "-2147483648",
                     "-2147483649",
                     "9223372036854775807",
                     "-9223372036854775808",
                     "9223372036854775808",
                     "1.",
                     ".5",
                     "1e2",
                     "'a'",
                     "NULL",
                     "true",
                     "'x'::integer",
                     "'2024-13-01'::date",
                     "'1'::bigint",
                     "'yes'::boolean",
                     "'1e400'::double precision",
                     "i = 'x'",
                     "l = '9999999999'",
                     "i = '9999999999'",
                     "n > 'abc'",
                     "t > '2024-02-30'",
                     "b = 'maybe'",
                     "'12'::varchar(1)",
                     "'123.456'::numeric(4,1)"});
}

TEST(Types, OfIntervals) {
  expect_same_types({"t + interval '1 day'", "t + '1 day'", "t - interval '90' minute", "a + interval '1 month'",
                     "interval '1 day' + t", "interval '1 day' + a", "t - t", "t - '1 day'", "i + interval '1 day'",
                     "t + interval 'x'", "interval '1 day' * 2"});
}

TEST(Types, OfUnionsOverAllPairs) {
  std::vector<std::string> queries;
  for (const std::string& left : kOperands)
    for (const std::string& right : kOperands)
      queries.push_back(fmt::format("SELECT {} AS y FROM x UNION ALL SELECT {} FROM x", left, right));
  expect_same_query_types(queries);
}

}  // namespace
}  // namespace kappa::test

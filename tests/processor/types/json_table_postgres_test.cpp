// The decoder against json_populate_record of a real PostgreSQL, over odd documents.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "decoded_table.hpp"
#include "kappa/processor/json_table.hpp"
#include "postgres.hpp"
#include "random_json.hpp"

namespace kappa::processor {
namespace {

constexpr std::string_view kSetUp = R"(
DROP TYPE IF EXISTS odd CASCADE;
CREATE TYPE odd AS (i integer, n bigint, d numeric(6,2), x double precision, b boolean, t text, v varchar(3), q numeric,
                    s timestamp, day date);
CREATE FUNCTION decoded(document text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN RETURN row_to_json(json_populate_record(NULL::odd, document::json))::text;
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END $$;
)";

std::string our_answer(const std::string& document) {
  test::DecodedTable table(test::kOddSchema);
  table.decode({document});
  return table.rows().empty() ? table.only_sqlstate() : table.rows()[0];
}

std::string ask_for_all(const std::vector<std::string>& documents) {
  std::string script(kSetUp);
  script += "SELECT decoded(document) FROM (VALUES ";
  for (std::size_t i = 0; i < documents.size(); ++i)
    script += fmt::format("{}({}, {})", i == 0 ? "" : ", ", i, test::quote_literal(documents[i]));
  return script + ") AS documents(place, document) ORDER BY place";
}

/// A numeric of more digits than ours have: the one difference (docs/sql.md).
bool has_long_numeric(const std::string& row) {
  constexpr std::ptrdiff_t kNumericDigits = 38;
  const auto begin = row.find("\"q\":");
  if (begin == std::string::npos) return false;
  const auto end = std::min(row.find(',', begin), row.size());
  const auto number = std::string_view(row).substr(begin, end - begin);
  return std::ranges::count_if(number, [](char c) { return c >= '0' && c <= '9'; }) > kNumericDigits;
}

TEST(JsonTable, AgreesWithPostgresOverOddDocuments) {
  test::RandomJson random(test::seed_of_run());
  std::vector<std::string> documents;
  for (int i = 0; i < 4000; ++i) documents.push_back(random.document());
  const auto* postgres = test::shared_postgres();
  ASSERT_NE(postgres, nullptr);
  const auto theirs = postgres->query(ask_for_all(documents));
  ASSERT_TRUE(theirs) << theirs.error().message;
  ASSERT_EQ(theirs->size(), documents.size());
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const std::string ours = our_answer(documents[i]);
    const std::string& answer = *(*theirs)[i][0];
    if (ours == "22003" && has_long_numeric(answer)) continue;
    EXPECT_EQ(ours, answer) << documents[i];
  }
}

}  // namespace
}  // namespace kappa::processor

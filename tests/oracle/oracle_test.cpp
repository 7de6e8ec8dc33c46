// Every query of corpus.sql gives the rows that PostgreSQL gives, at three prefixes of the same events, the later two
// by incremental change; and at the last one over keyed tables, whose events PostgreSQL takes as upserts and deletes.
// Where a row cannot be used it stands in the errors output, and PostgreSQL is asked over the
// rows that do not; over a row that does, alone, it must fail with the same code.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>

#include "kappa/processor/processor.hpp"
#include "kappa/processor/row_codec.hpp"
#include "kappa/sql/compile.hpp"
#include "oracle_tables.hpp"
#include "postgres.hpp"

namespace kappa::test {
namespace {

struct Query {
  std::string text;
  bool uses_hidden = false;
};

std::vector<Query> corpus() {
  std::ifstream file(std::string(KAPPA_SOURCE_DIR) + "/tests/oracle/corpus.sql");
  std::vector<Query> queries;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with("--")) continue;
    line.pop_back();
    const bool hidden = line.find("_offset") != std::string::npos || line.find("_timestamp") != std::string::npos ||
                        line.find("_append_time") != std::string::npos || line.find("_key") != std::string::npos;
    queries.push_back({line, hidden});
  }
  return queries;
}

// Replaces {tumble TABLE COLUMN SIZE} by what `form` makes of it; {0} table, {1} column, {2} size.
std::string with_windows(std::string query, std::string_view form) {
  for (std::size_t at = query.find("{tumble "); at != std::string::npos; at = query.find("{tumble ")) {
    const std::size_t end = query.find('}', at);
    const std::string body = query.substr(at + 8, end - at - 8);
    const std::size_t first = body.find(' ');
    const std::size_t second = body.find(' ', first + 1);
    query.replace(at, end - at + 1,
                  fmt::format(fmt::runtime(form), body.substr(0, first), body.substr(first + 1, second - first - 1),
                              body.substr(second + 1)));
  }
  return query;
}

constexpr std::string_view kOurWindow = "tumble({0}, {1}, interval '{2}')";
constexpr std::string_view kTheirWindow =
    "(SELECT *, date_bin('{2}', {1}, timestamp '1970-01-01') AS window_start, date_bin('{2}', {1}, timestamp "
    "'1970-01-01') + interval '{2}' AS window_end FROM {0} WHERE {1} IS NOT NULL) {0}";

/// An event in the errors output, and its sqlstate.
struct FailedRow {
  std::string topic;
  std::string offset;
  std::string sqlstate;
  std::string reason;
};

/// The text of a member of an errors row, without quotes; good for members whose text holds neither quote nor comma.
std::string member_of(const std::string& row, std::string_view name) {
  const std::string key = fmt::format("\"{}\":", name);
  const std::size_t at = row.find(key) + key.size();
  const std::size_t begin = at + (row[at] == '"' ? 1 : 0);
  return row.substr(begin, row.find_first_of("\",}", begin) - begin);
}

/// Sums the changes of a processor's two outputs.
class Contents final : public processor::ChangeSink {
 public:
  explicit Contents(const processor::Processor& made) : made_(made) {}
  Result<void> changes(std::size_t output, const processor::Batch& rows) override {
    for (std::size_t row = 0; row < rows.rows; ++row) {
      std::string text;
      processor::row_to_json(made_.outputs()[output].schema, rows, row, text);
      auto& weights = output == 0 ? rows_ : errors_;
      if ((weights[text] += rows.weight(row)) == 0) weights.erase(text);
    }
    return {};
  }
  [[nodiscard]] std::vector<std::string> rows() const {
    std::vector<std::string> all;
    for (const auto& [text, weight] : rows_)
      for (std::int64_t i = 0; i < weight; ++i) all.push_back(text);
    return all;
  }
  /// The events in the errors output.
  [[nodiscard]] std::vector<FailedRow> failed() const {
    std::vector<FailedRow> rows;
    for (const auto& [text, weight] : errors_)
      rows.push_back({member_of(text, "topic"), member_of(text, "offset"), member_of(text, "sqlstate"),
                      member_of(text, "reason")});
    return rows;
  }

 private:
  const processor::Processor& made_;
  std::map<std::string, std::int64_t> rows_;
  std::map<std::string, std::int64_t> errors_;
};

/// The rows of a table that have not failed.
std::string usable(const std::string& name, const std::vector<FailedRow>& failed) {
  std::string where = "true";
  for (const FailedRow& row : failed)
    if (row.topic == name) where += " AND _offset <> " + row.offset;
  return where;
}

/// The code with which a query fails, NULL where it does not.
constexpr std::string_view kFailure =
    "CREATE FUNCTION failure(query text) RETURNS text LANGUAGE plpgsql AS $$ DECLARE whole_row record; BEGIN FOR "
    "whole_row IN EXECUTE query LOOP NULL; END LOOP; RETURN NULL; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END $$;";

/// Only here, on purpose: docs/sql.md, "numeric has at most 38 digits".
bool fails_only_here(const FailedRow& row) {
  return row.sqlstate == "22003" && row.reason == "value overflows numeric format";
}

class Oracle : public ::testing::Test {
 protected:
  void load(OracleTables::Kind kind) {
    tables_ = OracleTables(kind);
    postgres_ = shared_postgres();
    ASSERT_NE(postgres_, nullptr);
    const auto loaded = postgres_->query("DROP SCHEMA public CASCADE; CREATE SCHEMA public;" + std::string(kFailure) +
                                         tables_.load_script());
    ASSERT_TRUE(loaded) << loaded.error().message;
  }

  // The same query there, over the rows of t and u that the two conditions choose, each row as JSON text.
  [[nodiscard]] std::string their_query(const Query& query, std::size_t prefix, const std::string& where_t,
                                        const std::string& where_u) const {
    return fmt::format("SELECT row_to_json(whole_row)::text FROM (WITH {}, {} {}) whole_row",
                       tables_.theirs("t", prefix, query.uses_hidden, where_t),
                       tables_.theirs("u", prefix, query.uses_hidden, where_u), with_windows(query.text, kTheirWindow));
  }

  // What is no row of its table is an error here, and nothing there. Takes those away from what has failed.
  void take_bad_events(const processor::Processor& made, std::size_t prefix, std::vector<FailedRow>& failed) {
    for (const processor::InputSpec& input : made.inputs()) {
      for (const std::string& offset : tables_.bad_offsets(input.topic, prefix)) {
        const auto is_it = [&](const FailedRow& row) { return row.topic == input.topic && row.offset == offset; };
        EXPECT_EQ(std::erase_if(failed, is_it), 1U) << input.topic << " at " << offset;
        ++bad_events_;
      }
    }
  }

  // Each row that failed here fails there, alone in its table, with the same code.
  void expect_failures(const Query& query, const std::vector<FailedRow>& failed) {
    if (failed.empty()) return;
    std::string queries;
    for (const FailedRow& row : failed) {
      const std::string where = "_offset = " + row.offset;
      queries += fmt::format(
          "{}({})", queries.empty() ? "" : ",",
          quote_literal(row.topic == "t" ? their_query(query, OracleTables::kPrefixes.back(), where, "false")
                                         : their_query(query, OracleTables::kPrefixes.back(), "false", where)));
    }
    const auto codes = postgres_->query(fmt::format("SELECT failure(query) FROM (VALUES {}) v(query);", queries));
    ASSERT_TRUE(codes) << codes.error().message;
    ASSERT_EQ(codes->size(), failed.size());
    for (std::size_t i = 0; i < failed.size(); ++i) {
      if (fails_only_here(failed[i])) continue;
      EXPECT_EQ(failed[i].sqlstate, (*codes)[i][0].value_or("no error"))
          << failed[i].topic << " at " << failed[i].offset << ": " << failed[i].reason;
      ++failures_;
    }
  }

  // Compares at the prefixes from `first` on; changes are asked for at each.
  void expect_equal(const Query& query, std::size_t first) {
    SCOPED_TRACE(query.text);
    const std::string view = "CREATE MATERIALIZED VIEW q AS " + with_windows(query.text, kOurWindow) + ";";
    auto compiled = sql::compile(tables_.definitions() + view, "corpus.sql");
    ASSERT_TRUE(compiled) << compiled.error().message << "\n" << compiled.error().detail;
    auto made = processor::make_processor(std::move(compiled->program));
    ASSERT_TRUE(made) << made.error().message;
    Contents ours(**made);
    std::size_t from = 0;
    std::vector<FailedRow> failed;
    for (const std::size_t prefix : OracleTables::kPrefixes) {
      tables_.feed(**made, from, prefix);
      ASSERT_TRUE((*made)->advance(OracleTables::last_sequence(prefix), ours));
      from = prefix;
      if (prefix < first) continue;
      failed = ours.failed();
      take_bad_events(**made, prefix, failed);
      expect_rows(ours.rows(), their_query(query, prefix, usable("t", failed), usable("u", failed)));
    }
    expect_failures(query, failed);
  }

  void expect_rows(std::vector<std::string> ours, const std::string& query) const {
    const auto rows = postgres_->query(query + ";");
    ASSERT_TRUE(rows) << rows.error().message << "\n" << query;
    std::vector<std::string> theirs;
    for (const auto& row : *rows) theirs.push_back(row[0].value_or("NULL"));
    std::sort(ours.begin(), ours.end());
    std::sort(theirs.begin(), theirs.end());
    if (ours == theirs) return;
    ASSERT_EQ(ours.size(), theirs.size()) << query;
    for (std::size_t i = 0; i < ours.size(); ++i) expect_close(ours[i], theirs[i]);
  }

  // Equal but for the last bits of floating-point numbers (exact sums here, running sums there).
  static void expect_close(const std::string& ours, const std::string& theirs) {
    std::size_t a = 0;
    std::size_t b = 0;
    while (a < ours.size() && b < theirs.size() && ours[a] == theirs[b]) ++a, ++b;
    if (a == ours.size() && b == theirs.size()) return;
    const auto is_number = [](char c) {
      return (c >= '0' && c <= '9') || c == '.' || c == 'e' || c == '+' || c == '-';
    };
    while (a > 0 && is_number(ours[a - 1])) --a, --b;
    char* end_a = nullptr;
    char* end_b = nullptr;
    const double x = std::strtod(ours.c_str() + a, &end_a);
    const double y = std::strtod(theirs.c_str() + b, &end_b);
    const bool close = end_a != ours.c_str() + a && std::abs(x - y) <= 1e-12 * std::max(std::abs(x), std::abs(y));
    ASSERT_TRUE(close) << ours << "\nPostgreSQL: " << theirs;
    expect_close(end_a, end_b);
  }

  void expect_equal_on_the_corpus(OracleTables::Kind kind, std::size_t first) {
    ASSERT_NO_FATAL_FAILURE(load(kind));
    const std::vector<Query> queries = corpus();
    EXPECT_GE(queries.size(), 150U);
    for (const Query& query : queries) expect_equal(query, first);
    std::printf("%zu queries, %zu rows that fail in both, %zu bad events\n", queries.size(), failures_, bad_events_);
  }

  PostgresServer* postgres_ = nullptr;
  std::size_t failures_ = 0;
  std::size_t bad_events_ = 0;
  OracleTables tables_{OracleTables::Kind::growing};
};

TEST_F(Oracle, AgreesOnEveryQueryOfTheCorpus) {
  expect_equal_on_the_corpus(OracleTables::Kind::growing, OracleTables::kPrefixes.front());
  EXPECT_GE(failures_, 500U);
}

TEST_F(Oracle, AgreesOnEveryQueryOverKeyedTables) {
  expect_equal_on_the_corpus(OracleTables::Kind::keyed, OracleTables::kPrefixes.back());
  EXPECT_GE(failures_, 100U);
  EXPECT_GE(bad_events_, 1000U);
}

}  // namespace
}  // namespace kappa::test

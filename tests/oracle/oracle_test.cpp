// Every query of corpus.sql gives the rows that PostgreSQL gives, at three prefixes of the same events, the later two
// by incremental change. Where a row cannot be used it stands in the errors output, and PostgreSQL is asked over the
// rows that do not; over a row that does, alone, it must fail with the same code.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <random>

#include "kappa/base/event_builder.hpp"
#include "kappa/processor/processor.hpp"
#include "kappa/processor/row_codec.hpp"
#include "kappa/sql/compile.hpp"
#include "postgres.hpp"

namespace kappa::test {
namespace {

constexpr std::size_t kEvents = 240;
constexpr std::size_t kFrame = 20;
const std::vector<std::size_t> kPrefixes = {40, 120, kEvents};
constexpr Micros kFirstAppend = 1709251200000000;  // 2024-03-01

const std::string kColumns =
    "id bigint, k integer, b boolean, n numeric, d double precision, s text, v varchar(5), ts timestamp, dt date, m "
    "numeric(10,2)";
const std::string kNames = "id, k, b, n, d, s, v, ts, dt, m";
const std::string kHidden =
    "_offset bigint, _sequence bigint, _partition integer, _append_time timestamp, _timestamp timestamp, _key text";
const std::string kHiddenNames = "_offset, _sequence, _partition, _append_time, _timestamp, _key";

struct TableEvent {
  std::string json;
  Micros timestamp = kNoTimestamp;
  std::optional<std::string> key;
};
using TableEvents = std::vector<TableEvent>;

std::string random_row(std::mt19937_64& engine) {
  const auto pick = [&](const std::vector<std::string>& from) { return from[engine() % from.size()]; };
  std::string row = fmt::format("{{\"id\":{}", engine() % 50);
  const auto add = [&](std::string_view name, const std::vector<std::string>& values) {
    if (engine() % 10 != 0) row += fmt::format(",\"{}\":{}", name, pick(values));
  };
  add("k", {"0", "1", "1", "2", "3", "-1", "2147483647", "-2147483648", "null"});
  add("b", {"true", "false", "null"});
  add("n", {"1.0", "-0.5", "1e3", "12345678901234567890.123", "0.000", "7", "2.50", "null", "0.3333", "\"NaN\""});
  add("d", {"0.1", "0.25", "-3.5", "1e10", "1e-7", "12345.678", "\"NaN\"", "\"Infinity\"", "null", "100000"});
  add("s", {R"("a")", R"("ab")", R"("")", R"("a,b,c")", R"("é\n\"x")", R"("12")", R"("Ab%_\\")", R"("\ud83d\ude00x")",
            R"("-7")", R"(" 5 ")", "null", R"("Zürich")", R"("\t\u0001")"});
  add("v", {R"("a")", R"("b")", R"("ab%")", R"("a_")", R"("")", "null"});
  add("ts",
      {R"("2024-03-01 00:00:00")", R"("2024-03-01T00:09:59.999999")", R"("1969-12-31 23:59:59.5")",
       R"("2024-02-29 12:34:56.789")", R"("2023-12-31 23:59:59.9999999")", R"("0044-03-15 10:00:00 BC")", "null"});
  add("dt", {R"("2024-03-01")", R"("1970-01-01")", R"("1999-12-31")", R"("2024-02-29")", "null"});
  add("m", {"1.00", "2.5", "-3", "99999999.99", "0.005", "null"});
  return row + "}";
}

TableEvents random_events(std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  TableEvents events;
  for (std::size_t i = 0; i < kEvents; ++i) {
    TableEvent event{random_row(engine), kNoTimestamp, {}};
    if (engine() % 2 == 0) event.timestamp = kFirstAppend - static_cast<Micros>(engine() % 1'000'000'000);
    if (engine() % 3 != 0) event.key = std::string(1, static_cast<char>('a' + engine() % 4));
    events.push_back(std::move(event));
  }
  return events;
}

// Frames of the two tables alternate in the one order.
Sequence sequence_of(std::size_t table, std::size_t event) {
  return Sequence{1 + 2 * (event / kFrame) + table};
}
Micros append_time_of(std::size_t table, std::size_t event) {
  return kFirstAppend + static_cast<Micros>(sequence_of(table, event).value) * 7'000'000;
}

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

void feed(processor::Processor& made, const std::vector<TableEvents>& tables, std::size_t from, std::size_t to) {
  for (std::size_t start = from; start < to; start += kFrame) {
    for (std::size_t input = 0; input < made.inputs().size(); ++input) {
      const std::size_t table = made.inputs()[input].topic == "t" ? 0 : 1;
      EventBatchBuilder builder;
      for (std::size_t i = start; i < start + kFrame; ++i) {
        const TableEvent& event = tables[table][i];
        builder.add({event.timestamp,
                     event.key ? std::optional(as_bytes(*event.key)) : std::nullopt,
                     as_bytes(event.json),
                     {}});
      }
      builder.add({kNoTimestamp, {}, as_bytes(std::string(kReadPadding, ' ')), {}});  // Room to read past the end.
      auto held = std::make_shared<EventBatchBuilder>(std::move(builder));
      EventBatch batch{static_cast<std::uint32_t>(input),
                       0,
                       sequence_of(table, start),
                       append_time_of(table, start),
                       Offset{start},
                       0,
                       held->columns(),
                       held};
      batch.columns.count = kFrame;
      const auto taken = made.process(batch);
      ASSERT_TRUE(taken) << taken.error().message;
    }
  }
}

std::string their_table(const std::string& name, const Query& query, const std::string& where) {
  return fmt::format("{0} AS (SELECT {1} FROM {0}_all WHERE {2})", name,
                     query.uses_hidden ? kNames + ", " + kHiddenNames : kNames, where);
}

/// The rows of a table before `prefix` that have not failed.
std::string usable(const std::string& name, std::size_t prefix, const std::vector<FailedRow>& failed) {
  std::string where = fmt::format("_offset < {}", prefix);
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
  void SetUp() override {
    postgres_ = shared_postgres();
    ASSERT_NE(postgres_, nullptr);
    std::string script(kFailure);
    for (std::size_t table = 0; table < 2; ++table) script += load_script(table);
    const auto loaded = postgres_->query(script);
    ASSERT_TRUE(loaded) << loaded.error().message;
  }

  std::string load_script(std::size_t table) const {
    const std::string& name = kTables[table];
    std::string script =
        fmt::format("CREATE TABLE {0}_row ({1}); CREATE TABLE {0}_all ({1}, {2});\n", name, kColumns, kHidden);
    for (std::size_t i = 0; i < kEvents; ++i) {
      const TableEvent& event = tables_[table][i];
      const Micros append = append_time_of(table, i);
      const auto time = [](Micros micros) {
        return fmt::format("(timestamp '1970-01-01' + {} * interval '1 microsecond')", micros);
      };
      script += fmt::format(
          "INSERT INTO {0}_all SELECT r.*, {1}, {2}, 0, {3}, {4}, {5} FROM json_populate_record(null::{0}_row, {6}) "
          "r;\n",
          name, i, sequence_of(table, i).value, time(append),
          time(event.timestamp == kNoTimestamp ? append : event.timestamp),
          event.key ? quote_literal(*event.key) : "NULL", quote_literal(event.json));
    }
    return script;
  }

  // The same query there, over the rows of t and u that the two conditions choose, each row as JSON text.
  static std::string their_query(const Query& query, const std::string& where_t, const std::string& where_u) {
    return fmt::format("SELECT row_to_json(whole_row)::text FROM (WITH {}, {} {}) whole_row",
                       their_table("t", query, where_t), their_table("u", query, where_u),
                       with_windows(query.text, kTheirWindow));
  }

  // Each row that failed here fails there, alone in its table, with the same code.
  void expect_failures(const Query& query, const std::vector<FailedRow>& failed) {
    if (failed.empty()) return;
    std::string queries;
    for (const FailedRow& row : failed) {
      const std::string where = "_offset = " + row.offset;
      queries += fmt::format(
          "{}({})", queries.empty() ? "" : ",",
          quote_literal(row.topic == "t" ? their_query(query, where, "false") : their_query(query, "false", where)));
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

  void expect_equal(const Query& query) {
    SCOPED_TRACE(query.text);
    const std::string tables = fmt::format("CREATE TABLE t ({0}); CREATE TABLE u ({0});\n", kColumns);
    auto compiled = sql::compile(tables + "CREATE MATERIALIZED VIEW q AS " + with_windows(query.text, kOurWindow) + ";",
                                 "corpus.sql");
    ASSERT_TRUE(compiled) << compiled.error().message << "\n" << compiled.error().detail;
    auto made = processor::make_processor(std::move(compiled->program));
    ASSERT_TRUE(made) << made.error().message;
    Contents ours(**made);
    std::size_t from = 0;
    for (const std::size_t prefix : kPrefixes) {
      feed(**made, tables_, from, prefix);
      ASSERT_TRUE((*made)->advance(sequence_of(1, prefix - 1), ours));
      const std::vector<FailedRow> failed = ours.failed();
      expect_rows(ours.rows(), their_query(query, usable("t", prefix, failed), usable("u", prefix, failed)));
      from = prefix;
    }
    expect_failures(query, ours.failed());
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

  static inline const std::vector<std::string> kTables = {"t", "u"};
  PostgresServer* postgres_ = nullptr;
  std::size_t failures_ = 0;
  std::vector<TableEvents> tables_ = {random_events(11), random_events(12)};
};

TEST_F(Oracle, AgreesOnEveryQueryOfTheCorpus) {
  const std::vector<Query> queries = corpus();
  EXPECT_GE(queries.size(), 150U);
  for (const Query& query : queries) expect_equal(query);
  EXPECT_GE(failures_, 500U);
  std::printf("%zu queries at %zu prefixes, %zu rows that fail in both\n", queries.size(), kPrefixes.size(), failures_);
}

}  // namespace
}  // namespace kappa::test

// Events of the oracle's tables, and the same for PostgreSQL.
#include "oracle_tables.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "kappa/base/event_builder.hpp"
#include "postgres.hpp"

namespace kappa::test {
namespace {

constexpr std::size_t kEvents = 240;
constexpr std::size_t kFrame = 20;
constexpr Micros kFirstAppend = 1709251200000000;  // 2024-03-01

const std::string kColumns =
    "id bigint, k integer, b boolean, n numeric, d double precision, s text, v varchar(5), ts timestamp, dt date, m "
    "numeric(10,2)";
const std::string kNames = "id, k, b, n, d, s, v, ts, dt, m";
const std::string kHidden =
    "_offset bigint, _sequence bigint, _partition integer, _append_time timestamp, _timestamp timestamp, _key text";
const std::string kHiddenNames = "_offset, _sequence, _partition, _append_time, _timestamp, _key";

std::string random_row(std::mt19937_64& engine, std::uint64_t id) {
  const auto pick = [&](const std::vector<std::string>& from) { return from[engine() % from.size()]; };
  std::string row = fmt::format("{{\"id\":{}", id);
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

void make_bad(std::mt19937_64& engine, TableEvent& event) {
  event.bad = true;
  switch (engine() % 4) {
    case 0:
      event.key = event.json ? "77" : "x";
      break;
    case 1:
      event.key.reset();
      break;
    case 2:
      event.json = fmt::format(R"({{"id":{},"k":"x"}})", *event.key);
      break;
    default:
      event.json.reset();
      event.key = "0" + *event.key;
  }
}

std::vector<TableEvent> random_events(std::uint64_t seed, OracleTables::Kind kind) {
  std::mt19937_64 engine(seed);
  std::vector<TableEvent> events;
  for (std::size_t i = 0; i < kEvents; ++i) {
    const std::uint64_t id = engine() % 50;
    TableEvent event{random_row(engine, id), kNoTimestamp, {}};
    if (engine() % 2 == 0) event.timestamp = kFirstAppend - static_cast<Micros>(engine() % 1'000'000'000);
    if (kind == OracleTables::Kind::keyed) {
      event.key = std::to_string(id);
      if (engine() % 6 == 0) event.json.reset();
      if (engine() % 10 == 0) make_bad(engine, event);
    } else if (engine() % 3 != 0) {
      event.key = std::string(1, static_cast<char>('a' + engine() % 4));
    }
    events.push_back(std::move(event));
  }
  return events;
}

Sequence sequence_of(std::size_t table, std::size_t event) {
  return Sequence{1 + 2 * (event / kFrame) + table};
}
Micros append_time_of(std::size_t table, std::size_t event) {
  return kFirstAppend + static_cast<Micros>(sequence_of(table, event).value) * 7'000'000;
}
std::size_t index_of(const std::string& name) {
  return name == "t" ? 0 : 1;
}

std::optional<Bytes> bytes_of(const std::optional<std::string>& text) {
  return text ? std::optional(as_bytes(*text)) : std::nullopt;
}

}  // namespace

OracleTables::OracleTables(Kind kind) : kind_(kind), events_{random_events(11, kind), random_events(12, kind)} {}

const std::vector<TableEvent>& OracleTables::events_of(const std::string& name) const {
  return events_[index_of(name)];
}

std::string OracleTables::definitions() const {
  const std::string key = kind_ == Kind::keyed ? ", PRIMARY KEY (id)" : "";
  return fmt::format("CREATE TABLE t ({0}{1}); CREATE TABLE u ({0}{1});\n", kColumns, key);
}

Sequence OracleTables::last_sequence(std::size_t prefix) {
  return sequence_of(1, prefix - 1);
}

std::vector<std::string> OracleTables::bad_offsets(const std::string& name, std::size_t prefix) const {
  std::vector<std::string> offsets;
  for (std::size_t i = 0; i < prefix; ++i)
    if (events_of(name)[i].bad) offsets.push_back(std::to_string(i));
  return offsets;
}

void OracleTables::feed(processor::Processor& made, std::size_t from, std::size_t to) const {
  for (std::size_t start = from; start < to; start += kFrame) {
    for (std::size_t input = 0; input < made.inputs().size(); ++input) {
      const std::size_t table = index_of(made.inputs()[input].topic);
      EventBatchBuilder builder;
      for (std::size_t i = start; i < start + kFrame; ++i) {
        const TableEvent& event = events_[table][i];
        builder.add({event.timestamp, bytes_of(event.key), bytes_of(event.json), {}});
      }
      builder.add({kNoTimestamp, {}, as_bytes(std::string(kReadPadding, ' ')), {}});  // Room to read past the end.
      auto held = std::make_shared<EventBatchBuilder>(std::move(builder));
      EventBatch batch{static_cast<std::uint32_t>(input),
                       0,
                       sequence_of(table, start),
                       append_time_of(table, start),
                       Offset{start},
                       kFrame,
                       {},
                       0,
                       held->columns(),
                       held};
      batch.columns.count = kFrame;
      const auto taken = made.process(batch);
      ASSERT_TRUE(taken) << taken.error().message;
    }
  }
}

/// A SELECT of the event's row, hidden columns after the others.
std::string OracleTables::row_of(const std::string& name, std::size_t index) const {
  const TableEvent& event = events_of(name)[index];
  const std::size_t table = index_of(name);
  const Micros append = append_time_of(table, index);
  const auto time = [](Micros micros) {
    return fmt::format("(timestamp '1970-01-01' + {} * interval '1 microsecond')", micros);
  };
  return fmt::format("SELECT r.*, {}, {}, 0, {}, {}, {} FROM json_populate_record(null::{}_row, {}) r", index,
                     sequence_of(table, index).value, time(append),
                     time(event.timestamp == kNoTimestamp ? append : event.timestamp),
                     event.key ? quote_literal(*event.key) : "NULL", name, quote_literal(*event.json));
}

std::string OracleTables::load_event(const std::string& name, std::size_t index) const {
  const TableEvent& event = events_of(name)[index];
  if (event.bad) return "";
  if (!event.json) return fmt::format("DELETE FROM {}_all WHERE id = {};\n", name, *event.key);
  std::string insert = fmt::format("INSERT INTO {}_all {}", name, row_of(name, index));
  if (kind_ == Kind::keyed)
    insert += fmt::format(" ON CONFLICT (id) DO UPDATE SET ({0}, {1}) = (SELECT EXCLUDED.*)", kNames, kHiddenNames);
  return insert + ";\n";
}

std::string OracleTables::load_script(const std::string& name) const {
  std::string script = fmt::format("CREATE TABLE {0}_row ({1}); CREATE TABLE {0}_all ({1}, {2}{3});\n", name, kColumns,
                                   kHidden, kind_ == Kind::keyed ? ", PRIMARY KEY (id)" : "");
  for (std::size_t i = 0; i < kEvents; ++i) {
    script += load_event(name, i);
    for (const std::size_t prefix : kPrefixes)
      if (i + 1 == prefix) script += fmt::format("CREATE TABLE {0}_{1} AS TABLE {0}_all;\n", name, prefix);
  }
  return script;
}

std::string OracleTables::load_script() const {
  return load_script("t") + load_script("u");
}

std::string OracleTables::theirs(const std::string& name, std::size_t prefix, bool with_hidden,
                                 const std::string& where) const {
  return fmt::format("{0} AS (SELECT {1} FROM {0}_{2} WHERE {3})", name,
                     with_hidden ? kNames + ", " + kHiddenNames : kNames, prefix, where);
}

}  // namespace kappa::test

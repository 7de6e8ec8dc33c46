// Random views. The generator aims at what could tell live from replay: errors that depend on the row, sums that must
// be exact under retraction, groups that appear and vanish, equal values with several representations, views over
// views. Types are tracked loosely by family; every text it makes is valid SQL of the grammar.
#include "random_sql.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kappa::test {

namespace {

const std::vector<Family> kFamilies = {Family::boolean, Family::integer, Family::bigint,    Family::numeric,
                                       Family::real,    Family::text,    Family::timestamp, Family::date};

std::string join(const std::vector<std::string>& parts, std::string_view between) {
  return fmt::format("{}", fmt::join(parts, between));
}

}  // namespace

const std::vector<NamedColumn>& table_columns() {
  static const std::vector<NamedColumn> columns = {
      {"id", Family::bigint}, {"k", Family::integer}, {"b", Family::boolean},    {"n", Family::numeric},
      {"d", Family::real},    {"s", Family::text},    {"ts", Family::timestamp}, {"dt", Family::date}};
  return columns;
}

std::string create_table(const RandomTable& table) {
  const std::string key =
      table.primary_key.empty() ? "" : fmt::format(", PRIMARY KEY ({})", join(table.primary_key, ", "));
  return fmt::format(
      "CREATE TABLE {} (id bigint NOT NULL, k integer, b boolean, n numeric, d double precision, s text, ts timestamp, "
      "dt date{}) WITH (event_time = 'ts', watermark_delay = '5 seconds');\n",
      table.name, key);
}

std::string RandomSql::literal(Family family) {
  switch (family) {
    case Family::boolean:
      return dice_.pick<std::string>({"true", "false", "NULL::boolean"});
    case Family::integer:
      return dice_.pick<std::string>({"0", "1", "7", "-3", "2147483647", "NULL::integer"});
    case Family::bigint:
      return dice_.pick<std::string>({"0::bigint", "5::bigint", "9223372036854775807", "(-12)::bigint"});
    case Family::numeric:
      return dice_.pick<std::string>({"1.0", "0.00", "-2.50", "3.333", "12345678901.5"});
    case Family::real:
      return dice_.pick<std::string>({"0.1::double precision", "-1e10::double precision", "'NaN'::double precision"});
    case Family::text:
      return dice_.pick<std::string>({"'a'", "''", "'Abc'", "'x,y'", "NULL::text"});
    case Family::timestamp:
      return dice_.pick<std::string>({"timestamp '2024-02-29 23:59:59.5'", "timestamp '1970-01-01 00:00:00'"});
    case Family::date:
      return dice_.pick<std::string>({"date '2024-03-01'", "date '1969-12-31'"});
  }
  return "NULL";
}

std::string RandomSql::leaf(Family family, const std::vector<NamedColumn>& columns) {
  std::vector<std::string> fitting;
  for (const NamedColumn& column : columns)
    if (column.family == family) fitting.push_back(column.name);
  return !fitting.empty() && dice_.chance(80) ? dice_.pick(fitting) : literal(family);
}

std::string RandomSql::expression(Family family, const std::vector<NamedColumn>& columns, int depth) {
  if (depth <= 0 || dice_.chance(25)) return leaf(family, columns);
  if (dice_.chance(10))
    return fmt::format("CASE WHEN {} THEN {} ELSE {} END", boolean(columns, depth - 1),
                       expression(family, columns, depth - 1), expression(family, columns, depth - 1));
  if (dice_.chance(10))
    return fmt::format("COALESCE({}, {})", expression(family, columns, depth - 1), leaf(family, columns));
  switch (family) {
    case Family::boolean:
      return boolean(columns, depth);
    case Family::text:
      return text(columns, depth);
    case Family::timestamp:
    case Family::date:
      return time(family, columns, depth);
    default:
      return number(family, columns, depth);
  }
}

std::string RandomSql::boolean(const std::vector<NamedColumn>& columns, int depth) {
  const Family family = dice_.pick(kFamilies);
  const auto some = [&] { return expression(family, columns, depth - 1); };
  switch (dice_.below(8)) {
    case 0:
      return fmt::format("({} AND {})", boolean(columns, depth - 1), leaf(Family::boolean, columns));
    case 1:
      return fmt::format("({} OR {})", leaf(Family::boolean, columns), expression(Family::boolean, columns, depth - 1));
    case 2:
      return fmt::format("(NOT {})", expression(Family::boolean, columns, depth - 1));
    case 3:
      return fmt::format("({} IS {}NULL)", some(), dice_.chance(50) ? "NOT " : "");
    case 4:
      return fmt::format("({} IS DISTINCT FROM {})", some(), leaf(family, columns));
    case 5:
      return fmt::format("({} IN ({}, {}))", some(), literal(family), leaf(family, columns));
    case 6:
      return fmt::format("({} LIKE {})", text(columns, depth - 1), dice_.pick<std::string>({"'a%'", "'_b%'", "'%'"}));
    default: {
      const std::string comparison = dice_.pick<std::string>({"=", "<", ">=", "<>"});
      return fmt::format("({} {} {})", some(), comparison, leaf(family, columns));
    }
  }
}

std::string RandomSql::number(Family family, const std::vector<NamedColumn>& columns, int depth) {
  const auto some = [&] { return expression(family, columns, depth - 1); };
  switch (dice_.below(7)) {
    case 0:
      return fmt::format("({} + {})", some(), leaf(family, columns));
    case 1:
      return fmt::format("({} - {})", some(), leaf(family, columns));
    case 2:
      return fmt::format("({} * {})", some(), leaf(family, columns));
    case 3:
      return fmt::format("({} / {})", some(), leaf(family, columns));  // Division by zero is wanted.
    case 4:
      return fmt::format("(- {})", some());
    case 5:
      return fmt::format("NULLIF({}, {})", some(), leaf(family, columns));
    default:
      break;
  }
  switch (family) {
    case Family::integer:
      return fmt::format("length({})", text(columns, depth - 1));
    case Family::bigint:
      return fmt::format("({})::bigint", expression(Family::integer, columns, depth - 1));
    case Family::numeric:
      return fmt::format("extract(hour FROM {})", time(Family::timestamp, columns, depth - 1));
    default:
      return fmt::format("({})::double precision", expression(Family::bigint, columns, depth - 1));
  }
}

std::string RandomSql::text(const std::vector<NamedColumn>& columns, int depth) {
  if (depth <= 0) return leaf(Family::text, columns);
  const auto some = [&] { return expression(Family::text, columns, depth - 1); };
  switch (dice_.below(6)) {
    case 0:
      return fmt::format("upper({})", some());
    case 1:
      return fmt::format("lower({})", some());
    case 2:
      return fmt::format("({} || {})", some(), leaf(Family::text, columns));
    case 3:
      return fmt::format("substring({} FROM 2 FOR 3)", some());
    case 4:
      return fmt::format("split_part({}, ',', 2)", some());
    default:
      return fmt::format("({})::text", expression(Family::bigint, columns, depth - 1));
  }
}

std::string RandomSql::time(Family family, const std::vector<NamedColumn>& columns, int depth) {
  if (depth <= 0) return leaf(family, columns);
  if (family == Family::date) return fmt::format("({} + 3)", leaf(family, columns));
  switch (dice_.below(3)) {
    case 0:
      return fmt::format("date_trunc('hour', {})", expression(family, columns, depth - 1));
    case 1:
      return fmt::format("({} + interval '90 minutes')", expression(family, columns, depth - 1));
    default:
      return fmt::format("({} - interval '1 month')", expression(family, columns, depth - 1));
  }
}

std::vector<std::string> RandomSql::conjuncts(const std::vector<NamedColumn>& columns) {
  std::vector<std::string> parts;
  for (std::uint64_t i = dice_.below(4); i > 0; --i) parts.push_back(expression(Family::boolean, columns, 2));
  return parts;
}

std::string RandomSql::aggregate(const std::vector<NamedColumn>& columns) {
  const Family family = dice_.pick<Family>({Family::integer, Family::bigint, Family::numeric, Family::real});
  const std::string argument = expression(family, columns, 1);
  std::string call;
  switch (dice_.below(6)) {
    case 0:
      call = "count(*)";
      break;
    case 1:
      call = fmt::format("count({}{})", dice_.chance(40) ? "DISTINCT " : "", argument);
      break;
    case 2:
      call = fmt::format("sum({}{})", dice_.chance(20) ? "DISTINCT " : "", argument);
      break;
    case 3:
      call = fmt::format("min({})", expression(dice_.pick<Family>({family, Family::text}), columns, 1));
      break;
    case 4:
      call = fmt::format("max({})", expression(dice_.pick<Family>({family, Family::timestamp}), columns, 1));
      break;
    default:
      call = fmt::format("avg({})", argument);
      break;
  }
  if (dice_.chance(25)) call += fmt::format(" FILTER (WHERE {})", expression(Family::boolean, columns, 1));
  return call;
}

namespace {

// What every base has: the same families in each select of its UNION ALL.
std::vector<NamedColumn> base_columns() {
  return {{"c_text", Family::text},   {"c_big", Family::bigint},     {"c_num", Family::numeric},
          {"c_real", Family::real},   {"c_time", Family::timestamp}, {"c_bool", Family::boolean},
          {"c_int", Family::integer}, {"c_date", Family::date}};
}

// Groups that change, so that what reads the base takes rows back: few of them, or some more. The columns keep their
// names and families.
std::string grouped(const std::string& rows, bool few) {
  return fmt::format(
      "SELECT {} AS c_text, max(c_big) AS c_big, sum(c_num) AS c_num, sum(c_real) AS c_real, max(c_time) AS c_time, "
      "c_bool, min(c_int) AS c_int, max(c_date) AS c_date FROM ({}) AS rows GROUP BY {}c_bool",
      few ? "max(c_text)" : "c_text", rows, few ? "" : "c_text, ");
}

// What must take back each number that it has taken.
constexpr std::string_view kSums =
    "count(c_int) AS count_int, sum(c_int) AS sum_int, sum(c_big) AS sum_big, sum(c_num) AS sum_num, "
    "sum(c_real) AS sum_real, min(c_big) AS least";

std::string where(const std::vector<std::string>& conjuncts) {
  return conjuncts.empty() ? "" : " WHERE " + join(conjuncts, " AND ");
}

}  // namespace

void RandomSql::add_sources(RandomView& made) {
  const std::uint64_t tables = 1 + dice_.below(3);
  for (std::uint64_t i = 0; i < tables; ++i) {
    made.topics.push_back(fmt::format("t{}", i));
    made.sources.push_back({made.topics.back(), {}});
    if (dice_.chance(40))
      made.sources.back().primary_key = dice_.pick<std::vector<std::string>>({{"id"}, {"id", "k"}, {"b", "k"}});
    made.tables += create_table(made.sources.back());
  }
}

RandomView RandomSql::view() {
  RandomView made;
  add_sources(made);
  const std::vector<NamedColumn> base = base_columns();
  // A materialized base prints all its columns, so a row with an error in any of them is not in it.
  made.base_has_no_errors = dice_.chance(40);
  const int depth = made.base_has_no_errors ? 0 : 2;
  std::vector<std::string> selects;
  std::vector<std::string> permuted_selects;
  for (const std::string& topic : made.topics) {
    std::vector<std::string> list;
    for (const NamedColumn& column : base)
      list.push_back(fmt::format("{} AS {}", expression(column.family, table_columns(), depth), column.name));
    std::vector<std::string> conditions;
    if (!made.base_has_no_errors) conditions = conjuncts(table_columns());
    selects.push_back(fmt::format("SELECT {} FROM {}{}", join(list, ", "), topic, where(conditions)));
    std::reverse(conditions.begin(), conditions.end());
    list.push_back("1 / k AS unused_a");
    list.push_back("s::integer AS unused_b");
    permuted_selects.push_back(fmt::format("SELECT {} FROM {}{}", join(list, ", "), topic, where(conditions)));
  }
  const std::string distinct = dice_.chance(15) ? "DISTINCT " : "";
  const bool groups = dice_.chance(40);
  const bool few = dice_.chance(60);
  // The top: a projection, or groups.
  std::string top;
  const std::vector<std::string> conditions = conjuncts(base);
  std::string tail;
  std::string head;
  if (dice_.chance(70)) {
    std::vector<std::string> keys;
    for (std::uint64_t i = dice_.below(3); i > 0; --i) keys.push_back(expression(dice_.pick(kFamilies), base, 1));
    std::vector<std::string> list;
    for (std::size_t i = 0; i < keys.size(); ++i) list.push_back(fmt::format("{} AS key_{}", keys[i], i));
    for (std::uint64_t i = 1 + dice_.below(4); i > 0; --i)
      list.push_back(fmt::format("{} AS value_{}", aggregate(base), i));
    if (groups) list.emplace_back(kSums);
    std::vector<std::string> positions;
    for (std::size_t i = 1; i <= keys.size(); ++i) positions.push_back(std::to_string(i));
    head = fmt::format("SELECT {} FROM ", join(list, ", "));
    if (!positions.empty()) tail = " GROUP BY " + join(positions, ", ");
    if (dice_.chance(20)) tail += " HAVING count(*) > 1";
  } else {
    std::vector<std::string> list;
    for (std::uint64_t i = 1 + dice_.below(4); i > 0; --i)
      list.push_back(fmt::format("{} AS value_{}", expression(dice_.pick(kFamilies), base, 2), i));
    head = fmt::format("SELECT {}{} FROM ", distinct, join(list, ", "));
  }
  const std::string source = dice_.chance(25) ? "tumble(base, c_time, interval '10 minutes')" : "base";
  const auto top_of = [&](const std::vector<std::string>& parts) { return head + source + where(parts) + tail; };
  const auto base_of = [&](const std::vector<std::string>& branches) {
    const std::string rows = join(branches, " UNION ALL ");
    return groups ? grouped(rows, few) : rows;
  };
  const std::string base_sql = base_of(selects);
  const std::string top_sql = top_of(conditions);
  const auto views = [&](std::string_view base_kind, const std::string& base_text, std::string_view top_text) {
    return fmt::format("{}CREATE {} base AS {};\nCREATE MATERIALIZED VIEW top {};\n", made.tables, base_kind, base_text,
                       top_text);
  };
  made.chain = views("MATERIALIZED VIEW", base_sql, "AS " + top_sql);
  made.one_pass = views("VIEW", base_sql, "AS " + top_sql);
  made.stopping = views("VIEW", base_sql, "WITH (on_error = 'stop') AS " + top_sql);
  made.permuted = views("VIEW", base_of(permuted_selects), "AS " + top_of({conditions.rbegin(), conditions.rend()}));
  return made;
}

}  // namespace kappa::test

// CREATE TABLE: a topic's events as rows.
#include "table_binder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "kappa/base/near_miss.hpp"
#include "options.hpp"
#include "primary_key.hpp"
#include "refusals.hpp"

namespace kappa::sql {
namespace {

using processor::Schema;
using processor::TableDefinition;
using processor::TimestampFormat;

constexpr std::size_t kColumnsMax = 1'600;
constexpr std::size_t kTopicNameMax = 200;
const std::vector<std::string> kHiddenNames{"_offset", "_sequence", "_partition", "_append_time", "_timestamp", "_key"};

void bind_constraint(const Source& source, const Node& constraint, processor::Field& field) {
  const std::string_view kind = constraint.text("contype");
  if (kind == "CONSTR_NULL" || is_primary_key(constraint)) return;
  if (kind == "CONSTR_NOTNULL") {
    field.not_null = true;
    return;
  }
  if (const NamedRefusal* refused = find_refusal(kRefusedConstraints, kind))
    source.refuse_unsupported(constraint.place(), refused->what, refused->hint);
  source.refuse_unsupported(constraint.place(), "this constraint", "a column may be NOT NULL or PRIMARY KEY");
}

[[nodiscard]] processor::Field bind_column(const Source& source, const Node& definition) {
  check_fields(source, definition, {"colname", "typeName", "is_local", "constraints", "location"});
  processor::Field field{std::string(definition.text("colname")), bind_type(source, definition["typeName"])};
  if (field.type.kind == TypeKind::interval)
    source.refuse_unsupported(definition["typeName"].place(), "a column of type interval", kTypesHint);
  for (const Node& constraint : definition.list("constraints")) bind_constraint(source, constraint, field);
  return field;
}

[[nodiscard]] Schema bind_columns(const Source& source, const std::vector<Node>& elements) {
  Schema columns;
  for (const Node& element : elements) {
    if (element.is("Constraint")) {
      processor::Field nobody;
      bind_constraint(source, element, nobody);
      continue;
    }
    if (!element.is("ColumnDef"))
      source.refuse_unsupported(element.place(), "LIKE in CREATE TABLE", "declare the columns");
    processor::Field field = bind_column(source, element);
    if (std::find(kHiddenNames.begin(), kHiddenNames.end(), field.name) != kHiddenNames.end())
      source.refuse(element.place(), fmt::format("every table has a column \"{}\" already", field.name),
                    "use it without declaring it");
    const bool twice = std::any_of(columns.begin(), columns.end(),
                                   [&](const processor::Field& other) { return other.name == field.name; });
    if (twice)
      source.refuse(element.place(), fmt::format("column \"{}\" specified more than once", field.name),
                    "declare it once");
    if (columns.size() == kColumnsMax)
      source.refuse(element.place(), fmt::format("tables can have at most {} columns", kColumnsMax),
                    "declare those that the views use");
    columns.push_back(std::move(field));
  }
  return columns;
}

[[nodiscard]] std::uint32_t find_event_time(const Source& source, const Schema& columns, const Option& option) {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < columns.size(); ++i) {
    names.push_back(columns[i].name);
    if (columns[i].name != option.value) continue;
    if (columns[i].type.kind == TypeKind::timestamp) return i;
    source.refuse(
        option.place,
        fmt::format("event_time column \"{}\" must be a timestamp, not {}", option.value, type_name(columns[i].type)),
        "declare it as timestamp; timestamp_format says how integers become timestamps");
  }
  const std::string near = near_miss(option.value, names);
  source.refuse(option.place, fmt::format("event_time column \"{}\" does not exist", option.value),
                near.empty() ? std::string("name a column of type timestamp") : fmt::format("did you mean {}?", near));
}

[[nodiscard]] Micros read_delay(const Builder& builder, const Option& option) {
  const Bound bound = builder.coerce(builder.unknown(option.value, option.place), {TypeKind::interval});
  const auto& interval = std::get<processor::Interval>(bound.expression->value);
  constexpr __int128 kDay = 86'400'000'000;
  const __int128 micros = kDay * interval.days + interval.micros;
  if (interval.months != 0 || micros < 0 || micros > std::numeric_limits<Micros>::max())
    builder.source().refuse(option.place, fmt::format("watermark_delay '{}' must be a length of time", option.value),
                            "write '4 seconds'; months are refused");
  return static_cast<Micros>(micros);
}

[[nodiscard]] TimestampFormat read_timestamp_format(const Source& source, const Option& option) {
  if (option.value == "unix_seconds") return TimestampFormat::unix_seconds;
  if (option.value == "unix_milliseconds") return TimestampFormat::unix_milliseconds;
  if (option.value == "unix_microseconds") return TimestampFormat::unix_microseconds;
  source.refuse(option.place, fmt::format("timestamp_format '{}' does not exist", option.value),
                "unix_seconds, unix_milliseconds or unix_microseconds");
}

void apply_options(const Builder& builder, const Node& statement, TableDefinition& table) {
  const Source& source = builder.source();
  const Options options(source, statement.list("options"),
                        {"topic", "format", "event_time", "watermark_delay", "timestamp_format"});
  const auto topic = options.find("topic");
  table.topic = topic ? topic->value : table.name;
  check_topic(source, table.topic, topic ? topic->place : statement["relation"].place());
  if (const auto format = options.find("format"); format && format->value != "json")
    source.refuse_unsupported(format->place, fmt::format("format '{}'", format->value), "write format = 'json'");
  if (const auto column = options.find("event_time"))
    table.event_time = find_event_time(source, table.columns, *column);
  if (const auto delay = options.find("watermark_delay")) {
    if (!table.event_time)
      source.refuse(delay->place, "watermark_delay needs an event_time", "add event_time = '<column>'");
    table.watermark_delay = read_delay(builder, *delay);
  }
  if (const auto format = options.find("timestamp_format"))
    table.timestamp_format = read_timestamp_format(source, *format);
}

}  // namespace

void check_name(const Source& source, std::string_view what, std::string_view name, int place) {
  if (name.starts_with('_') || name.ends_with(".errors") || name.ends_with(".late"))
    source.refuse(place,
                  fmt::format("{} \"{}\": names that begin with _ or end in .errors or .late are reserved", what, name),
                  "choose another name");
}

void check_topic(const Source& source, std::string_view name, int place) {
  check_name(source, "topic", name, place);
  const bool clean = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
  if (!clean || name.empty() || name.size() > kTopicNameMax || name == "." || name == "..")
    source.refuse(place, fmt::format("\"{}\" cannot be the name of a topic", name),
                  fmt::format("1 to {} of the characters A-Z a-z 0-9 . _ -; a table's option topic names another",
                              kTopicNameMax));
}

TableDefinition bind_table_definition(const Builder& builder, const Node& statement) {
  const Source& source = builder.source();
  check_fields(source, statement, {"relation", "tableElts", "options", "oncommit"});
  if (statement.text("oncommit") != "ONCOMMIT_NOOP")
    source.refuse_unsupported(statement.place(), "ON COMMIT", "leave it out");
  const Node& relation = statement["relation"];
  check_fields(source, relation, {"relname", "inh", "relpersistence", "location"});
  if (relation.text("relpersistence") != "p")
    source.refuse_unsupported(relation.place(), "a TEMPORARY or UNLOGGED table", "write CREATE TABLE");
  TableDefinition table;
  table.name = relation.text("relname");
  check_name(source, "table", table.name, relation.place());
  table.columns = bind_columns(source, statement.list("tableElts"));
  bind_primary_key(source, statement.list("tableElts"), table);
  apply_options(builder, statement, table);
  return table;
}

}  // namespace kappa::sql

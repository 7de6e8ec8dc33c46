// Rows as PostgreSQL prints them: row_to_json for changelogs, plain text for people.
//
// JSON numbers stand bare only where they are JSON numbers: NaN and the infinities are quoted. Timestamps carry a T
// between date and time, which is the only difference between their JSON and their text.
#include <cmath>

#include "kappa/base/json_quote.hpp"
#include "kappa/processor/row_codec.hpp"
#include "kappa/processor/scalar.hpp"
#include "types/json_text.hpp"

namespace kappa::processor {
namespace {

void append_timestamp(std::int64_t value, char separator, std::string& to) {
  const std::size_t start = to.size();
  format_timestamp(value, to);
  const std::size_t gap = to.find(' ', start);
  if (gap != std::string::npos) to[gap] = separator;
}

template <typename Append>
void quoted(std::string& to, Append append) {
  to.push_back('"');
  append();
  to.push_back('"');
}

void integers_to_text(const Column& column, std::size_t row, char separator, std::string& to) {
  if (column.kind == TypeKind::integer) return format_integer(column.as<std::int32_t>()[row], to);
  if (column.kind == TypeKind::bigint) return format_integer(column.as<std::int64_t>()[row], to);
  if (column.kind == TypeKind::date) return format_date(column.as<std::int32_t>()[row], to);
  append_timestamp(column.as<std::int64_t>()[row], separator, to);
}

void value_to_json(const Column& column, std::size_t row, std::string& to) {
  if (column.is_null(row)) {
    to += "null";
    return;
  }
  switch (column.kind) {
    case TypeKind::boolean:
      to += column.as<std::uint8_t>()[row] != 0 ? "true" : "false";
      return;
    case TypeKind::integer:
    case TypeKind::bigint:
      return integers_to_text(column, row, ' ', to);
    case TypeKind::numeric:
      if (column.as<Numeric>()[row].kind == Numeric::Kind::finite) return value_to_text(column, row, to);
      return quoted(to, [&] { value_to_text(column, row, to); });
    case TypeKind::double_precision:
      if (std::isfinite(column.as<double>()[row])) return value_to_text(column, row, to);
      return quoted(to, [&] { value_to_text(column, row, to); });
    case TypeKind::text:
      return put_json_string(column.as<std::string_view>()[row], to);
    case TypeKind::timestamp:
    case TypeKind::date:
      return quoted(to, [&] { integers_to_text(column, row, 'T', to); });
    case TypeKind::interval:
      return quoted(to, [&] { value_to_text(column, row, to); });
  }
}

}  // namespace

void row_to_json(const Schema& schema, const Batch& batch, std::size_t row, std::string& to) {
  to.push_back('{');
  for (std::size_t i = 0; i < schema.size(); ++i) {
    if (i != 0) to.push_back(',');
    put_json_string(schema[i].name, to);
    to.push_back(':');
    value_to_json(*batch.columns[i], row, to);
  }
  to.push_back('}');
}

void key_to_json(const Schema& /*schema*/, const Batch& batch, std::size_t row,
                 const std::vector<std::uint32_t>& columns, std::string& to) {
  to.push_back('[');
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i != 0) to.push_back(',');
    value_to_json(*batch.columns[columns[i]], row, to);
  }
  to.push_back(']');
}

void value_to_text(const Column& column, std::size_t row, std::string& to) {
  switch (column.kind) {
    case TypeKind::boolean:
      return to.push_back(column.as<std::uint8_t>()[row] != 0 ? 't' : 'f');
    case TypeKind::integer:
    case TypeKind::bigint:
    case TypeKind::timestamp:
    case TypeKind::date:
      return integers_to_text(column, row, ' ', to);
    case TypeKind::numeric:
      return format_numeric(column.as<Numeric>()[row], to);
    case TypeKind::double_precision:
      return format_double(column.as<double>()[row], to);
    case TypeKind::text:
      to.append(column.as<std::string_view>()[row]);
      return;
    case TypeKind::interval:
      return format_interval(column.as<Interval>()[row], to);
  }
}

}  // namespace kappa::processor

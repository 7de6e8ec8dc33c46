// From JSON tokens to SQL values, as json_populate_record converts: a value's text goes through its type's input
// function, whether it stood in quotes or not, so "5" is a bigint and 1 a boolean. Only the forms that nearly all
// values have are converted here; everything else goes through the parsers of scalar.hpp.
//
// Texts are views of the event's own bytes; only those with escapes are copied.
#include "types/json_column.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

#include "kappa/base/json_escape.hpp"
#include "kappa/base/utf8.hpp"
#include "kappa/processor/scalar.hpp"
#include "types/digits.hpp"
#include "types/iso_timestamp.hpp"

namespace kappa::processor {
namespace {

constexpr std::size_t kSafeDigits = 18;  ///< Any number of so many digits is an int64.

constexpr std::array<std::uint64_t, 9> kPowersOfTen{1,       10,        100,        1'000,      10'000,
                                                    100'000, 1'000'000, 10'000'000, 100'000'000};

/// A token of kind integer with at most kSafeDigits digits.
std::int64_t short_integer(std::string_view text) {
  constexpr std::size_t kStep = 8;
  const bool negative = text[0] == '-';
  if (negative) text.remove_prefix(1);
  std::uint64_t value = 0;
  for (; text.size() > kStep; text.remove_prefix(kStep))
    value = value * 100'000'000 + digits_value(load_eight(text.data()));
  value = value * kPowersOfTen[text.size()] + digits_value(load_digits(text.data(), text.size()));
  return negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
}

bool is_short_integer(const JsonToken& token) {
  return token.kind == TokenKind::integer && token.size <= kSafeDigits;
}

std::int64_t micros_per_unit(TimestampFormat format) {
  switch (format) {
    case TimestampFormat::unix_seconds:
      return 1'000'000;
    case TimestampFormat::unix_milliseconds:
      return 1'000;
    case TimestampFormat::unix_microseconds:
      break;
  }
  return 1;
}

constexpr std::int64_t kFirstTimestamp = -210'866'803'200'000'000;  ///< 4714-11-24 BC, PostgreSQL's least.

RowError row_error(std::string_view sqlstate, std::string reason) {
  return *make_error(sqlstate, std::move(reason));
}

}  // namespace

JsonColumn::JsonColumn(const std::string& table, const Field& field, TimestampFormat format, ColumnUse use)
    : table_(table), field_(field), format_(format), use_(use) {}

bool JsonColumn::takes_anything() const {
  return use_ == ColumnUse::check && field_.type.kind == TypeKind::text && field_.type.max_length < 0 &&
         !field_.not_null;
}

void JsonColumn::start(std::size_t rows, const std::shared_ptr<const void>& memory) {
  any_null_ = false;
  arena_ = {};
  if (use_ == ColumnUse::check) return;
  column_ = std::make_shared<Column>(make_column(field_.type.kind, rows));
  column_->nulls.resize(rows);
  if (field_.type.kind == TypeKind::text) column_->memory.push_back(memory);
  data_ = std::visit([](auto& values) -> void* { return values.data(); }, column_->data);
  nulls_ = column_->nulls.data();
}

ColumnPointer JsonColumn::finish(std::size_t rows) {
  data_ = nullptr;
  if (use_ == ColumnUse::check) return nullptr;
  std::visit([rows](auto& values) { values.resize(rows); }, column_->data);
  column_->nulls.resize(any_null_ ? rows : 0);
  if (arena_.memory()) column_->memory.push_back(arena_.memory());
  return std::exchange(column_, nullptr);
}

template <typename T>
void JsonColumn::store(std::size_t row, const T& value) {
  if (data_ == nullptr) return;
  static_cast<T*>(data_)[row] = value;
  nulls_[row] = 0;
}

template <typename T, typename Parsed>
bool JsonColumn::store_parsed(std::size_t row, Parsed parsed) {
  if (!parsed) return refuse(std::move(parsed.error()));
  store(row, static_cast<T>(*parsed));
  return true;
}

bool JsonColumn::refuse(RowError error) {
  error_ = std::move(error);
  return false;
}

ErrorPointer JsonColumn::error() const {
  RowError named = error_;
  named.reason += fmt::format(" (column \"{}\")", field_.name);
  return std::make_shared<const RowError>(std::move(named));
}

bool JsonColumn::take(const JsonToken& token, std::size_t row) {
  if (token.kind == TokenKind::absent || token.kind == TokenKind::null) return take_null(row);
  switch (field_.type.kind) {
    case TypeKind::text:
      return take_text(token, row);
    case TypeKind::bigint:
      if (!is_short_integer(token)) break;
      store(row, short_integer(token.text()));
      return true;
    case TypeKind::timestamp:
      return take_time(token, row);
    case TypeKind::boolean:
      if (token.kind != TokenKind::boolean) break;
      store(row, static_cast<std::uint8_t>(token.size == std::string_view("true").size() ? 1 : 0));
      return true;
    default:
      break;
  }
  return take_parsed(plain(token), row);
}

bool JsonColumn::take_null(std::size_t row) {
  if (field_.not_null)
    return refuse(row_error("23502", fmt::format("null value in column \"{}\" of relation \"{}\" violates not-null "
                                                 "constraint",
                                                 field_.name, table_)));
  any_null_ = true;
  if (data_ == nullptr) return true;
  nulls_[row] = 1;
  std::visit([row](auto& values) { values[row] = {}; }, column_->data);
  return true;
}

bool JsonColumn::take_text(const JsonToken& token, std::size_t row) {
  const bool is_limited = field_.type.max_length >= 0;
  if (data_ == nullptr && !is_limited) return true;
  std::string_view text = token.text();
  if (token.kind == TokenKind::escaped_string) {
    const std::size_t size = *decode_escapes(text, arena_.reserve(text.size()));
    text = arena_.commit(size);
  }
  if (is_limited && !fits(text)) return false;
  store(row, text);
  return true;
}

/// varchar(n): spaces beyond the limit are cut off, anything else is refused.
bool JsonColumn::fits(std::string_view& text) {
  const auto length_max = static_cast<std::size_t>(field_.type.max_length);
  if (text.size() <= length_max || count_characters(text) <= length_max) return true;
  const std::size_t kept = prefix_bytes(text, length_max);
  if (text.find_first_not_of(' ', kept) != std::string_view::npos)
    return refuse(row_error("22001", fmt::format("value too long for type {}", type_name(field_.type))));
  text = text.substr(0, kept);
  return true;
}

bool JsonColumn::take_time(const JsonToken& token, std::size_t row) {
  if (token.kind == TokenKind::number)
    return refuse(row_error("22007", fmt::format("invalid input syntax for type timestamp: \"{}\"", token.text())));
  if (token.kind != TokenKind::integer) {
    const std::string_view text = plain(token);
    const std::optional<std::int64_t> common = iso_timestamp(text);
    if (!common) return take_parsed(text, row);
    store(row, *common);
    return true;
  }
  std::int64_t micros = 0;
  const bool fits_units = is_short_integer(token) &&
                          !__builtin_mul_overflow(short_integer(token.text()), micros_per_unit(format_), &micros);
  if (!fits_units || micros < kFirstTimestamp)
    return refuse(row_error("22008", fmt::format("timestamp out of range: \"{}\"", token.text())));
  store(row, micros);
  return true;
}

/// The text that a type's input function gets.
std::string_view JsonColumn::plain(const JsonToken& token) {
  if (token.kind != TokenKind::escaped_string) return token.text();
  decoded_.resize(token.size);
  decoded_.resize(*decode_escapes(token.text(), decoded_.data()));
  return decoded_;
}

bool JsonColumn::take_parsed(std::string_view text, std::size_t row) {
  switch (field_.type.kind) {
    case TypeKind::boolean:
      return store_parsed<std::uint8_t>(row, parse_boolean(text));
    case TypeKind::integer:
      return store_parsed<std::int32_t>(row, parse_integer(text));
    case TypeKind::bigint:
      return store_parsed<std::int64_t>(row, parse_bigint(text));
    case TypeKind::double_precision:
      return store_parsed<double>(row, parse_double(text));
    case TypeKind::timestamp:
      return store_parsed<std::int64_t>(row, parse_timestamp(text));
    case TypeKind::date:
      return store_parsed<std::int32_t>(row, parse_date(text));
    case TypeKind::interval:
      return store_parsed<Interval>(row, parse_interval(text));
    case TypeKind::numeric: {
      Scalar<Numeric> number = parse_numeric(text);
      if (number && field_.type.precision >= 0) number = apply_typmod(*number, field_.type);
      return store_parsed<Numeric>(row, std::move(number));
    }
    case TypeKind::text:
      break;
  }
  return false;
}

}  // namespace kappa::processor

// Keys of state. The fixed form is written a column at a time into words at a stride, which costs a few nanoseconds a
// row; only keys with text or numeric columns take the road of one value after the other.
#include "operators/key_codec.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

#include "kappa/base/assert.hpp"

namespace kappa::processor {
namespace {

constexpr std::size_t kWord = sizeof(std::uint64_t);

bool has_word(TypeKind kind) {
  return kind != TypeKind::text && kind != TypeKind::numeric && kind != TypeKind::interval;
}

bool is_coarse_kind(TypeKind kind) {
  return kind == TypeKind::numeric || kind == TypeKind::double_precision || kind == TypeKind::interval;
}

template <typename T>
std::uint64_t to_word(T value, KeyForm) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
}
std::uint64_t to_word(double value, KeyForm form) {
  if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
  return std::bit_cast<std::uint64_t>(form == KeyForm::equality && value == 0 ? 0.0 : value);
}

template <typename T>
T from_word(std::uint64_t word) {
  if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<double>(word);
  } else {
    return static_cast<T>(word);
  }
}

template <typename T>
void put_raw(std::string& to, const T& value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}
template <typename T>
T take_raw(std::string_view& from) {
  T value;
  std::memcpy(&value, from.data(), sizeof value);
  from.remove_prefix(sizeof value);
  return value;
}

template <typename T>
void put_value(std::string& to, T value, KeyForm form) {
  put_raw(to, to_word(value, form));
}
void put_value(std::string& to, std::string_view text, KeyForm) {
  put_raw(to, text.size());
  to += text;
}
void put_value(std::string& to, Numeric value, KeyForm form) {
  const bool finite = value.kind == Numeric::Kind::finite;
  if (!finite) value.coefficient = 0, value.scale = 0;
  while (form == KeyForm::equality && value.scale > 0 && value.coefficient % 10 == 0) {
    value.coefficient /= 10;
    --value.scale;
  }
  put_raw(to, value.kind), put_raw(to, value.scale), put_raw(to, value.coefficient);
}
void put_value(std::string& to, const Interval& value, KeyForm form) {
  if (form == KeyForm::exact) {
    put_raw(to, value.months), put_raw(to, value.days), put_raw(to, value.micros);
  } else {
    constexpr Int128 kDay = Int128{86'400} * 1'000'000;
    put_raw(to, (Int128{value.months} * 30 + value.days) * kDay + value.micros);
  }
}

template <typename T>
void take_value(std::string_view& from, T& value, std::string&) {
  value = from_word<T>(take_raw<std::uint64_t>(from));
}
// The views are made when `texts` has its final place: see decode_variable().
void take_value(std::string_view& from, std::string_view& value, std::string& texts) {
  const auto size = take_raw<std::size_t>(from);
  const std::size_t begin = texts.size();
  texts += from.substr(0, size);
  value = std::string_view(texts).substr(begin);
  from.remove_prefix(size);
}
void take_value(std::string_view& from, Numeric& value, std::string&) {
  value.kind = take_raw<Numeric::Kind>(from);
  value.scale = take_raw<std::int16_t>(from);
  value.coefficient = take_raw<Int128>(from);
}
void take_value(std::string_view& from, Interval& value, std::string&) {
  value.months = take_raw<std::int32_t>(from);
  value.days = take_raw<std::int32_t>(from);
  value.micros = take_raw<std::int64_t>(from);
}

void set_null(Column& column, std::size_t row, std::size_t rows) {
  if (column.nulls.empty()) column.nulls.resize(rows);
  column.nulls[row] = 1;
}

}  // namespace

KeyCodec::KeyCodec(std::vector<TypeKind> kinds) : kinds_(std::move(kinds)) {
  bool fixed = true;
  for (const TypeKind kind : kinds_) {
    fixed &= has_word(kind);
    coarse_ |= is_coarse_kind(kind);
  }
  // A key of no columns still has a word, so that width 0 always means "of different lengths".
  if (fixed) width_ = kWord * (kinds_.size() + kinds_.size() / 64 + 1);
}

KeyBatch KeyCodec::encode(std::span<const ColumnPointer> columns, std::size_t rows, KeyForm form) const {
  KAPPA_ASSERT(columns.size() >= kinds_.size(), "a key column is missing");
  return width_ != 0 ? encode_fixed(columns, rows, form) : encode_variable(columns, rows, form);
}

KeyBatch KeyCodec::encode_fixed(std::span<const ColumnPointer> columns, std::size_t rows, KeyForm form) const {
  KeyBatch keys;
  keys.width = width_;
  keys.count = rows;
  keys.bytes.resize(rows * width_);
  for (std::size_t index = 0; index < kinds_.size(); ++index) {
    const Column& column = *columns[index];
    char* const words = keys.bytes.data() + index * kWord;
    char* const masks = keys.bytes.data() + (kinds_.size() + index / 64) * kWord;
    const auto put_word = [&](std::size_t row, std::uint64_t word) { std::memcpy(words + row * width_, &word, kWord); };
    const auto put_words = [&]<typename T>(const std::vector<T>& values) {
      if constexpr (std::is_arithmetic_v<T>)
        for (std::size_t row = 0; row < rows; ++row)
          put_word(row, column.is_null(row) ? 0 : to_word(values[row], form));
    };
    std::visit(put_words, column.data);
    for (std::size_t row = 0; !column.nulls.empty() && row < rows; ++row) {
      auto& byte = masks[row * width_ + index % 64 / 8];
      byte = static_cast<char>(byte | (column.nulls[row] << (index % 8)));
    }
  }
  return keys;
}

KeyBatch KeyCodec::encode_variable(std::span<const ColumnPointer> columns, std::size_t rows, KeyForm form) const {
  KeyBatch keys;
  keys.count = rows;
  keys.ends.reserve(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t index = 0; index < kinds_.size(); ++index) {
      const Column& column = *columns[index];
      keys.bytes += column.is_null(row) ? '\1' : '\0';
      if (column.is_null(row)) continue;
      std::visit([&](const auto& values) { put_value(keys.bytes, values[row], form); }, column.data);
    }
    keys.ends.push_back(keys.bytes.size());
  }
  return keys;
}

std::vector<ColumnPointer> KeyCodec::decode(std::span<const std::string_view> keys) const {
  return width_ != 0 ? decode_fixed(keys) : decode_variable(keys);
}

std::vector<ColumnPointer> KeyCodec::decode_fixed(std::span<const std::string_view> keys) const {
  std::vector<ColumnPointer> columns;
  for (std::size_t index = 0; index < kinds_.size(); ++index) {
    auto column = std::make_shared<Column>(make_column(kinds_[index], keys.size()));
    const auto word_of = [&](std::size_t row) {
      std::string_view rest = keys[row].substr(index * kWord);
      return take_raw<std::uint64_t>(rest);
    };
    const auto take_words = [&]<typename T>(std::vector<T>& values) {
      if constexpr (std::is_arithmetic_v<T>)
        for (std::size_t row = 0; row < keys.size(); ++row) values[row] = from_word<T>(word_of(row));
    };
    std::visit(take_words, column->data);
    for (std::size_t row = 0; row < keys.size(); ++row) {
      const auto byte = static_cast<std::uint8_t>(keys[row][(kinds_.size() + index / 64) * kWord + index % 64 / 8]);
      if ((byte >> (index % 8) & 1) != 0) set_null(*column, row, keys.size());
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

std::vector<ColumnPointer> KeyCodec::decode_variable(std::span<const std::string_view> keys) const {
  std::size_t bytes = 0;
  for (const std::string_view key : keys) bytes += key.size();
  auto texts = std::make_shared<std::string>();
  texts->reserve(bytes);  // All texts fit: the buffer never moves under the views made below.
  std::vector<std::shared_ptr<Column>> columns;
  for (const TypeKind kind : kinds_) columns.push_back(std::make_shared<Column>(make_column(kind, keys.size())));
  for (std::size_t row = 0; row < keys.size(); ++row) {
    std::string_view rest = keys[row];
    for (const std::shared_ptr<Column>& column : columns) {
      if (take_raw<char>(rest) != 0) {
        set_null(*column, row, keys.size());
        continue;
      }
      std::visit([&](auto& values) { take_value(rest, values[row], *texts); }, column->data);
    }
  }
  for (const std::shared_ptr<Column>& column : columns) {
    if (column->kind == TypeKind::text) column->memory.push_back(texts);
  }
  return {columns.begin(), columns.end()};
}

}  // namespace kappa::processor

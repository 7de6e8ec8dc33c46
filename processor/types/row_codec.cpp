// The row encoding: bytes that are equal exactly if rows are identical.
//
// Identity is finer than SQL's equality: 1.0 and 1.00 are equal numbers and two identities, so the display scale is
// part of a numeric's bytes. Its digits are justified to the left in a fixed width, with the weight (the power of ten
// of the first digit) before them and everything complemented below zero: that makes bytes order as numbers do, and
// needs one multiplication. Integers and times order likewise; texts order by length first, because the length
// prefix is what makes rows of several columns unambiguous. The layout is normative in docs/determinism.md.
#include "kappa/processor/row_codec.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstring>
#include <span>

namespace kappa::processor {
namespace {

constexpr char kNull = 0;
constexpr char kPresent = 1;
constexpr int kDigits = 38;
constexpr std::uint64_t kOneNaN = 0x7ff8000000000000;

enum class NumericSign : std::uint8_t { negative_infinity = 1, negative, zero, positive, positive_infinity, nan };

template <std::unsigned_integral T>
char* put_big_endian(T value, char* at) {
  const T swapped = std::byteswap(value);
  std::memcpy(at, &swapped, sizeof swapped);
  return at + sizeof swapped;
}

/// Flipping the sign bit makes two's complement order as unsigned bytes.
template <std::signed_integral T>
char* put_signed(T value, char* at) {
  using Unsigned = std::make_unsigned_t<T>;
  return put_big_endian(static_cast<Unsigned>(static_cast<Unsigned>(value) ^ (Unsigned{1} << (8 * sizeof(T) - 1))), at);
}

using Wide = unsigned __int128;

constexpr std::array<Wide, kDigits + 1> kPowersOfTen = [] {
  std::array<Wide, kDigits + 1> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

/// The digits of a value of so many bits: their share of log2(10), or one more.
template <typename Unsigned>
int count_digits(Unsigned value, int bits) {
  const int digits = bits * 1233 / 4096;
  return digits + (value >= static_cast<Unsigned>(kPowersOfTen[static_cast<std::size_t>(digits)]) ? 1 : 0);
}

/// How many digits a value has, and the value with as many zeros behind it as make kDigits of them.
struct Justified {
  int digits;
  Wide value;
};

/// Of a value above 0 and below 10^38.
Justified justify(Wide value) {
  const auto high = static_cast<std::uint64_t>(value >> 64);
  const auto low = static_cast<std::uint64_t>(value);
  const int digits =
      high == 0 ? count_digits(low, 64 - std::countl_zero(low)) : count_digits(value, 128 - std::countl_zero(high));
  const Wide power = kPowersOfTen[static_cast<std::size_t>(kDigits - digits)];
  return {digits, high == 0 ? low * power : value * power};
}

char* put_finite(const Numeric& value, char* at) {
  const bool negative = value.coefficient < 0;
  const Wide magnitude =
      negative ? Wide{0} - static_cast<Wide>(value.coefficient) : static_cast<Wide>(value.coefficient);
  const Justified justified = justify(magnitude);
  const auto weight = static_cast<std::uint16_t>(0x8000 + justified.digits - value.scale);
  const Wide flip = negative ? ~Wide{0} : Wide{0};
  *at++ = static_cast<char>(negative ? NumericSign::negative : NumericSign::positive);
  at = put_big_endian(static_cast<std::uint16_t>(weight ^ static_cast<std::uint16_t>(flip)), at);
  at = put_big_endian(static_cast<std::uint64_t>((justified.value ^ flip) >> 64), at);
  return put_big_endian(static_cast<std::uint64_t>(justified.value ^ flip), at);
}

// The bytes of a value that is there, and how many they are, for each kind of column.

std::size_t bytes_of(std::uint8_t) {
  return 1;
}
char* put(std::uint8_t value, char* at) {
  *at = static_cast<char>(value);
  return at + 1;
}

template <std::signed_integral T>
std::size_t bytes_of(T) {
  return sizeof(T);
}
template <std::signed_integral T>
char* put(T value, char* at) {
  return put_signed(value, at);
}

std::size_t bytes_of(double) {
  return sizeof(double);
}
char* put(double value, char* at) {
  return put_big_endian(std::isnan(value) ? kOneNaN : std::bit_cast<std::uint64_t>(value), at);
}

std::size_t bytes_of(const Numeric& value) {
  if (value.kind != Numeric::Kind::finite) return 1;
  return value.coefficient == 0 ? 1 + sizeof value.scale : 1 + 2 + sizeof(Wide) + sizeof value.scale;
}
char* put(const Numeric& value, char* at) {
  NumericSign sign = NumericSign::zero;
  if (value.kind == Numeric::Kind::nan) sign = NumericSign::nan;
  if (value.kind == Numeric::Kind::positive_infinity) sign = NumericSign::positive_infinity;
  if (value.kind == Numeric::Kind::negative_infinity) sign = NumericSign::negative_infinity;
  const bool finite = value.kind == Numeric::Kind::finite;
  if (finite && value.coefficient != 0) {
    at = put_finite(value, at);
  } else {
    *at++ = static_cast<char>(sign);
  }
  return finite ? put_big_endian(static_cast<std::uint16_t>(value.scale), at) : at;
}

std::size_t bytes_of(std::string_view value) {
  return sizeof(std::uint32_t) + value.size();
}
char* put(std::string_view value, char* at) {
  at = put_big_endian(static_cast<std::uint32_t>(value.size()), at);
  if (!value.empty()) std::memcpy(at, value.data(), value.size());
  return at + value.size();
}

std::size_t bytes_of(const Interval&) {
  return 2 * sizeof(std::int32_t) + sizeof(std::int64_t);
}
char* put(const Interval& value, char* at) {
  return put_signed(value.micros, put_signed(value.days, put_signed(value.months, at)));
}

void encode_value(const Column& column, std::size_t row, std::string& to) {
  if (column.is_null(row)) return to.push_back(kNull);
  to.push_back(kPresent);
  const std::size_t before = to.size();
  std::visit(
      [&](const auto& values) {
        to.resize(before + bytes_of(values[row]));
        put(values[row], to.data() + before);
      },
      column.data);
}

/// The most bytes that a value takes beside the bytes of a text.
std::size_t bound_of(const Column& column) {
  return std::visit(
      []<typename T>(const std::vector<T>&) -> std::size_t {
        if constexpr (std::same_as<T, std::string_view>) return 1 + sizeof(std::uint32_t);
        if constexpr (std::same_as<T, Numeric>) return 1 + 1 + 2 + sizeof(Wide) + sizeof(std::int16_t);
        return 1 + sizeof(T);
      },
      column.data);
}

/// The bytes of a column's values are put where their rows' cursors stand.
void put_column(const Column& column, std::size_t begin, std::span<char*> cursors) {
  std::visit(
      [&](const auto& data) {
        const auto* values = data.data() + begin;
        if (column.nulls.empty()) {  // Mostly so; without the question the loop takes half the time.
          for (std::size_t i = 0; i < cursors.size(); ++i) {
            *cursors[i] = kPresent;
            cursors[i] = put(values[i], cursors[i] + 1);
          }
          return;
        }
        for (std::size_t i = 0; i < cursors.size(); ++i) {
          const bool null = column.is_null(begin + i);
          *cursors[i]++ = null ? kNull : kPresent;
          if (!null) cursors[i] = put(values[i], cursors[i]);
        }
      },
      column.data);
}

}  // namespace

void encode_row(const Batch& batch, std::size_t row, std::string& to) {
  for (const ColumnPointer& column : batch.columns) encode_value(*column, row, to);
}

void encode_row(const Batch& batch, std::size_t row, const std::vector<std::uint32_t>& columns, std::string& to) {
  for (const std::uint32_t index : columns) encode_value(*batch.columns[index], row, to);
}

// Every row has room for the longest, so that one pass a column does: lengths need not be known before.
std::size_t EncodedRows::encode(const Batch& batch, std::size_t begin) {
  const std::size_t rows = fit(batch, begin);
  if (bytes_.size() < rows * stride_) bytes_.resize(rows * stride_);
  ends_.resize(rows);
  for (std::size_t i = 0; i < rows; ++i) ends_[i] = bytes_.data() + i * stride_;
  for (const ColumnPointer& column : batch.columns) put_column(*column, begin, ends_);
  return rows;
}

std::size_t EncodedRows::fit(const Batch& batch, std::size_t begin) {
  const std::size_t most = std::min(kRowsMost, batch.rows - begin);
  std::array<std::size_t, kRowsMost> texts{};
  std::size_t fixed = 0;
  for (const ColumnPointer& column : batch.columns) {
    fixed += bound_of(*column);
    if (const auto* values = std::get_if<std::vector<std::string_view>>(&column->data))
      for (std::size_t i = 0; i < most; ++i) texts[i] += (*values)[begin + i].size();
  }
  stride_ = fixed;
  std::size_t rows = 0;
  for (; rows < most; ++rows) {
    const std::size_t wider = std::max(stride_, fixed + texts[rows]);
    if (rows > 0 && wider * (rows + 1) > kBytesMost) break;
    stride_ = wider;
  }
  return rows;
}

}  // namespace kappa::processor

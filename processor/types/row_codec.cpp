// The row encoding: bytes that are equal exactly if rows are identical.
//
// Identity is finer than SQL's equality: 1.0 and 1.00 are equal numbers and two identities, so the display scale is
// part of a numeric's bytes. Its digits are justified to the left in a fixed width, with the weight (the power of ten
// of the first digit) before them and everything complemented below zero: that makes bytes order as numbers do, and
// needs one multiplication. Integers and times order likewise; texts order by length first, because the length
// prefix is what makes rows of several columns unambiguous. The layout is normative in docs/determinism.md.
#include "kappa/processor/row_codec.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstring>
#include <numeric>
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

/// Of a value above 0 and below 10^38. A number of so many bits has the digits of their share of log2(10), or one more.
int count_digits(Wide value) {
  const auto high = static_cast<std::uint64_t>(value >> 64);
  const int zeros = high != 0 ? std::countl_zero(high) : 64 + std::countl_zero(static_cast<std::uint64_t>(value));
  const int bits = 2 * 64 - zeros;
  const int digits = bits * 1233 / 4096;
  return digits + (value >= kPowersOfTen[static_cast<std::size_t>(digits)] ? 1 : 0);
}

char* put_finite(const Numeric& value, char* at) {
  const bool negative = value.coefficient < 0;
  const Wide magnitude =
      negative ? Wide{0} - static_cast<Wide>(value.coefficient) : static_cast<Wide>(value.coefficient);
  const int digits = count_digits(magnitude);
  const auto weight = static_cast<std::uint16_t>(0x8000 + digits - value.scale);
  const Wide justified = magnitude * kPowersOfTen[static_cast<std::size_t>(kDigits - digits)];
  const Wide flip = negative ? ~Wide{0} : Wide{0};
  *at++ = static_cast<char>(negative ? NumericSign::negative : NumericSign::positive);
  at = put_big_endian(static_cast<std::uint16_t>(weight ^ static_cast<std::uint16_t>(flip)), at);
  at = put_big_endian(static_cast<std::uint64_t>((justified ^ flip) >> 64), at);
  return put_big_endian(static_cast<std::uint64_t>(justified ^ flip), at);
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

void add_lengths(const Column& column, std::size_t begin, std::span<std::size_t> lengths) {
  std::visit(
      [&](const auto& values) {
        for (std::size_t i = 0; i < lengths.size(); ++i)
          lengths[i] += 1 + (column.is_null(begin + i) ? 0 : bytes_of(values[begin + i]));
      },
      column.data);
}

void put_column(const Column& column, std::size_t begin, std::span<char*> cursors) {
  std::visit(
      [&](const auto& values) {
        for (std::size_t i = 0; i < cursors.size(); ++i) {
          const bool null = column.is_null(begin + i);
          *cursors[i]++ = null ? kNull : kPresent;
          if (!null) cursors[i] = put(values[begin + i], cursors[i]);
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

void EncodedRows::encode(const Batch& batch, std::size_t begin, std::size_t end) {
  ends_.assign(end - begin, 0);
  for (const ColumnPointer& column : batch.columns) add_lengths(*column, begin, ends_);
  std::inclusive_scan(ends_.begin(), ends_.end(), ends_.begin());
  if (const std::size_t all = ends_.empty() ? 0 : ends_.back(); bytes_.size() < all) bytes_.resize(all);
  cursors_.resize(ends_.size());
  for (std::size_t i = 0; i < ends_.size(); ++i) cursors_[i] = bytes_.data() + (i == 0 ? 0 : ends_[i - 1]);
  for (const ColumnPointer& column : batch.columns) put_column(*column, begin, cursors_);
}

}  // namespace kappa::processor

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

namespace kappa::processor {
namespace {

constexpr char kNull = 0;
constexpr char kPresent = 1;
constexpr int kDigits = 38;
constexpr std::uint64_t kOneNaN = 0x7ff8000000000000;

enum class NumericSign : std::uint8_t { negative_infinity = 1, negative, zero, positive, positive_infinity, nan };

template <std::unsigned_integral T>
void put_big_endian(T value, std::string& to) {
  std::array<char, sizeof(T)> bytes;
  for (std::size_t i = 0; i < sizeof(T); ++i) bytes[i] = static_cast<char>(value >> (8 * (sizeof(T) - 1 - i)));
  to.append(bytes.data(), bytes.size());
}

/// Flipping the sign bit makes two's complement order as unsigned bytes.
template <std::signed_integral T>
void put_signed(T value, std::string& to) {
  using Unsigned = std::make_unsigned_t<T>;
  put_big_endian(static_cast<Unsigned>(static_cast<Unsigned>(value) ^ (Unsigned{1} << (8 * sizeof(T) - 1))), to);
}

using Wide = unsigned __int128;

constexpr std::array<Wide, kDigits + 1> kPowersOfTen = [] {
  std::array<Wide, kDigits + 1> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

int count_digits(Wide value) {
  int digits = 1;
  while (digits < kDigits && value >= kPowersOfTen[static_cast<std::size_t>(digits)]) ++digits;
  return digits;
}

void put_finite(const Numeric& value, std::string& to) {
  const bool negative = value.coefficient < 0;
  const Wide magnitude =
      negative ? Wide{0} - static_cast<Wide>(value.coefficient) : static_cast<Wide>(value.coefficient);
  const int digits = count_digits(magnitude);
  const auto weight = static_cast<std::uint16_t>(0x8000 + digits - value.scale);
  const Wide justified = magnitude * kPowersOfTen[static_cast<std::size_t>(kDigits - digits)];
  const Wide flip = negative ? ~Wide{0} : Wide{0};
  to.push_back(static_cast<char>(negative ? NumericSign::negative : NumericSign::positive));
  put_big_endian(static_cast<std::uint16_t>(weight ^ static_cast<std::uint16_t>(flip)), to);
  put_big_endian(static_cast<std::uint64_t>((justified ^ flip) >> 64), to);
  put_big_endian(static_cast<std::uint64_t>(justified ^ flip), to);
}

void put_numeric(const Numeric& value, std::string& to) {
  switch (value.kind) {
    case Numeric::Kind::nan:
      return to.push_back(static_cast<char>(NumericSign::nan));
    case Numeric::Kind::positive_infinity:
      return to.push_back(static_cast<char>(NumericSign::positive_infinity));
    case Numeric::Kind::negative_infinity:
      return to.push_back(static_cast<char>(NumericSign::negative_infinity));
    case Numeric::Kind::finite:
      break;
  }
  if (value.coefficient == 0)
    to.push_back(static_cast<char>(NumericSign::zero));
  else
    put_finite(value, to);
  put_big_endian(static_cast<std::uint16_t>(value.scale), to);
}

struct Encoder {
  std::size_t row;
  std::string& to;

  void operator()(const std::vector<std::uint8_t>& values) const { to.push_back(static_cast<char>(values[row])); }
  void operator()(const std::vector<std::int32_t>& values) const { put_signed(values[row], to); }
  void operator()(const std::vector<std::int64_t>& values) const { put_signed(values[row], to); }
  void operator()(const std::vector<Numeric>& values) const { put_numeric(values[row], to); }
  void operator()(const std::vector<double>& values) const {
    put_big_endian(std::isnan(values[row]) ? kOneNaN : std::bit_cast<std::uint64_t>(values[row]), to);
  }
  void operator()(const std::vector<std::string_view>& values) const {
    put_big_endian(static_cast<std::uint32_t>(values[row].size()), to);
    to.append(values[row]);
  }
  void operator()(const std::vector<Interval>& values) const {
    put_signed(values[row].months, to);
    put_signed(values[row].days, to);
    put_signed(values[row].micros, to);
  }
};

void encode_value(const Column& column, std::size_t row, std::string& to) {
  if (column.is_null(row)) return to.push_back(kNull);
  to.push_back(kPresent);
  std::visit(Encoder{row, to}, column.data);
}

}  // namespace

void encode_row(const Batch& batch, std::size_t row, std::string& to) {
  for (const ColumnPointer& column : batch.columns) encode_value(*column, row, to);
}

void encode_row(const Batch& batch, std::size_t row, const std::vector<std::uint32_t>& columns, std::string& to) {
  for (const std::uint32_t index : columns) encode_value(*batch.columns[index], row, to);
}

}  // namespace kappa::processor

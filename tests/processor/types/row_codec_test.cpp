#include "kappa/processor/row_codec.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kappa/base/event.hpp"

namespace kappa::processor {
namespace {

template <typename T>
Batch one_value(TypeKind kind, T value) {
  auto column = std::make_shared<Column>(make_column(kind, 1));
  column->as<T>()[0] = value;
  Batch batch;
  batch.rows = 1;
  batch.columns = {column};
  return batch;
}

std::string encoded(const Batch& batch) {
  std::string to;
  encode_row(batch, 0, to);
  return to;
}

std::string hex(const Batch& batch) {
  std::string text;
  for (const char c : encoded(batch)) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

Batch number(std::int64_t coefficient, std::int16_t scale) {
  return one_value(TypeKind::numeric, Numeric{coefficient, scale});
}

std::string json(TypeKind kind, const Batch& batch) {
  std::string to;
  row_to_json({{"a", {kind}}}, batch, 0, to);
  return to;
}

TEST(RowEncoding, IsGolden) {
  EXPECT_EQ(hex(one_value<std::uint8_t>(TypeKind::boolean, 1)), "0101");
  EXPECT_EQ(hex(one_value<std::int32_t>(TypeKind::integer, 1)), "0180000001");
  EXPECT_EQ(hex(one_value<std::int32_t>(TypeKind::date, -1)), "017fffffff");
  EXPECT_EQ(hex(one_value<std::int64_t>(TypeKind::bigint, 258)), "018000000000000102");
  EXPECT_EQ(hex(one_value(TypeKind::double_precision, -0.0)), "018000000000000000");
  EXPECT_EQ(hex(one_value(TypeKind::double_precision, std::nan("7"))), "017ff8000000000000");
  EXPECT_EQ(hex(one_value<std::string_view>(TypeKind::text, "ab")), "01000000026162");
  EXPECT_EQ(hex(one_value(TypeKind::interval, Interval{1, 2, 3})), "0180000001800000028000000000000003");
}

TEST(RowEncoding, OfManyRowsIsThatOfEach) {
  Batch batch;
  batch.rows = 5;
  auto numbers = std::make_shared<Column>(make_column(TypeKind::numeric, 5));
  numbers->as<Numeric>() = {{0, 2}, {-15, 1}, {1, 0}, {0, 0, Numeric::Kind::nan}, {}};
  auto texts = std::make_shared<Column>(make_column(TypeKind::text, 5));
  texts->as<std::string_view>() = {"", "a", "longer than a word", "", "b"};
  texts->nulls = {0, 0, 0, 1, 0};
  batch.columns = {numbers, texts, numbers};
  EncodedRows rows;
  ASSERT_EQ(rows.encode(batch, 0), 5U);
  ASSERT_EQ(rows.encode(batch, 1), 4U);
  for (std::size_t row = 1; row < 5; ++row) {
    std::string one;
    encode_row(batch, row, one);
    EXPECT_EQ(rows[row - 1], one);
  }
}

TEST(RowEncoding, OfManyRowsComesInBlocks) {
  const std::string text(EncodedRows::kBytesMost / 4, 'x');
  auto texts = std::make_shared<Column>(make_column(TypeKind::text, 1000));
  for (std::size_t row = 0; row < 1000; ++row)
    texts->as<std::string_view>()[row] = std::string_view(text).substr(0, row < 300 ? row % 7 : text.size() - row);
  texts->as<std::string_view>()[999] = text;
  Batch batch;
  batch.rows = 1000;
  batch.columns = {texts, texts};
  EncodedRows rows;
  for (std::size_t begin = 0, count = 0; begin < batch.rows; begin += count) {
    count = rows.encode(batch, begin);
    ASSERT_GT(count, 0U);
    for (std::size_t i = 0; i < count; ++i) {
      std::string one;
      encode_row(batch, begin + i, one);
      ASSERT_EQ(rows[i], one) << begin + i;
    }
  }
}

TEST(RowEncoding, CountsTheDigitsOfEveryPowerOfTen) {
  // Justified to the left, all of them have the same digits.
  const std::string of_one = encoded(number(1, 0)).substr(4, 16);
  Int128 power = 1;
  for (int digits = 1; digits <= 38; ++digits, power *= 10) {
    const std::string bytes = encoded(one_value(TypeKind::numeric, Numeric{power, 0}));
    EXPECT_EQ(bytes.substr(4, 16), of_one) << digits;
    EXPECT_EQ(static_cast<unsigned char>(bytes[3]), digits);
    if (digits > 1) {
      EXPECT_EQ(encoded(one_value(TypeKind::numeric, Numeric{power - 1, 0}))[3], static_cast<char>(digits - 1));
    }
  }
}

TEST(RowEncoding, OfNumericIsGolden) {
  EXPECT_EQ(hex(number(0, 2)), "01030002");
  EXPECT_EQ(hex(number(1, 0)),
            "0104"
            "8001"
            "0785ee10d5da46d900f436a000000000"
            "0000");
  EXPECT_EQ(hex(number(-15, 1)),
            "0102"
            "7ffe"
            "f4b71ae6bf3895ba7e91ae0fffffffff"
            "0001");
  EXPECT_EQ(hex(one_value(TypeKind::numeric, Numeric{0, 0, Numeric::Kind::nan})), "0106");
}

TEST(RowEncoding, OfNumericOrdersByValueThenScale) {
  const std::vector<Batch> ascending{one_value(TypeKind::numeric, Numeric{0, 0, Numeric::Kind::negative_infinity}),
                                     number(-100, 0),
                                     number(-99, 0),
                                     number(-15, 1),
                                     number(-1, 3),
                                     number(0, 0),
                                     number(0, 1),
                                     number(1, 3),
                                     number(99, 2),
                                     number(1, 0),
                                     number(10, 1),
                                     number(15, 1),
                                     number(100, 0),
                                     one_value(TypeKind::numeric, Numeric{0, 0, Numeric::Kind::positive_infinity}),
                                     one_value(TypeKind::numeric, Numeric{0, 0, Numeric::Kind::nan})};
  for (std::size_t i = 1; i < ascending.size(); ++i) EXPECT_LT(encoded(ascending[i - 1]), encoded(ascending[i])) << i;
}

TEST(RowEncoding, OfChosenColumnsFollowsTheChoice) {
  Batch batch = one_value<std::string_view>(TypeKind::text, "x");
  batch.columns.push_back(one_value<std::uint8_t>(TypeKind::boolean, 0).columns[0]);
  std::string to;
  encode_row(batch, 0, {1, 0}, to);
  EXPECT_EQ(to, std::string("\1\0\1\0\0\0\1x", 8));
}

TEST(RowToJson, PrintsAsPostgresDoes) {
  EXPECT_EQ(json(TypeKind::double_precision, one_value(TypeKind::double_precision, 1e20)), R"({"a":1e+20})");
  EXPECT_EQ(json(TypeKind::double_precision, one_value(TypeKind::double_precision, 1e-7)), R"({"a":1e-07})");
  EXPECT_EQ(json(TypeKind::double_precision, one_value(TypeKind::double_precision, std::nan(""))), R"({"a":"NaN"})");
  EXPECT_EQ(json(TypeKind::numeric, number(150, 2)), R"({"a":1.50})");
  EXPECT_EQ(json(TypeKind::timestamp, one_value<std::int64_t>(TypeKind::timestamp, 1)),
            R"({"a":"1970-01-01T00:00:00.000001"})");
  EXPECT_EQ(json(TypeKind::date, one_value<std::int32_t>(TypeKind::date, 0)), R"({"a":"1970-01-01"})");
  EXPECT_EQ(json(TypeKind::boolean, one_value<std::uint8_t>(TypeKind::boolean, 0)), R"({"a":false})");
}

TEST(RowToJson, EscapesAsPostgresDoes) {
  const Batch batch = one_value<std::string_view>(TypeKind::text, "\"\\/\b\f\n\r\t\x01\x7f\xc3\xa9");
  EXPECT_EQ(json(TypeKind::text, batch), "{\"a\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\x7f\xc3\xa9\"}");
}

TEST(KeyToJson, IsAnArrayOfTheColumns) {
  Batch batch = one_value<std::string_view>(TypeKind::text, "x");
  batch.columns.push_back(one_value<std::int32_t>(TypeKind::integer, 5).columns[0]);
  std::string key;
  key_to_json({{"a", {TypeKind::text}}, {"b", {TypeKind::integer}}}, batch, 0, {1, 0}, key);
  EXPECT_EQ(key, R"([5,"x"])");
}

/// Rows as padded texts.
Result<Batch> read_back(const Schema& schema, const std::vector<std::string>& rows) {
  auto memory = std::make_shared<std::vector<std::string>>();
  std::vector<std::string_view> views;
  for (const std::string& row : rows) memory->push_back(row + std::string(kReadPadding, ' '));
  for (std::size_t i = 0; i < rows.size(); ++i)
    views.push_back(std::string_view((*memory)[i]).substr(0, rows[i].size()));
  return rows_from_json(schema, views, memory);
}

TEST(RowsFromJson, GivesTheIdenticalRow) {
  const Schema schema{{"d", {TypeKind::double_precision}},
                      {"n", {TypeKind::numeric}},
                      {"t", {TypeKind::text}},
                      {"s", {TypeKind::timestamp}}};
  const std::vector<std::string> rows{R"({"d":"NaN","n":1.500,"t":"a\n\u0001","s":"infinity"})",
                                      R"({"d":-0,"n":"NaN","t":null,"s":"1969-12-31T23:59:59.999999"})"};
  const Result<Batch> batch = read_back(schema, rows);
  ASSERT_TRUE(batch) << batch.error().message;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::string again;
    row_to_json(schema, *batch, i, again);
    EXPECT_EQ(again, rows[i]);
  }
}

TEST(RowsFromJson, RefusesWhatIsNoRow) {
  const Schema schema{{"n", {TypeKind::bigint}}};
  for (const std::string row : {"{}", "x", R"({"n":"x"})", "{\"n\":1"}) {
    const Result<Batch> batch = read_back(schema, {row});
    ASSERT_FALSE(batch) << row;
    EXPECT_EQ(batch.error().code, Errc::corruption);
  }
}

}  // namespace
}  // namespace kappa::processor

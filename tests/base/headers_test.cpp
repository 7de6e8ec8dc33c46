#include "kappa/base/headers.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kappa {
namespace {

class Headers : public testing::Test {
 protected:
  void put(std::string_view name, std::optional<std::string_view> value) {
    put_header(encoded_, {name, value ? std::optional<Bytes>(as_bytes(*value)) : std::nullopt});
  }
  /// The headers as text, `name=value` or `name` where the value is absent.
  [[nodiscard]] std::vector<std::string> read() const {
    std::vector<std::string> found;
    Bytes rest = encoded_;
    while (const auto header = take_header(rest))
      found.push_back(std::string(header->name) + (header->value ? "=" + std::string(as_text(*header->value)) : ""));
    return found;
  }

  std::vector<std::byte> encoded_;
};

TEST_F(Headers, KeepOrderAndDuplicates) {
  put("b", "1");
  put("a", "2");
  put("b", "1");
  EXPECT_EQ(read(), (std::vector<std::string>{"b=1", "a=2", "b=1"}));
}

TEST_F(Headers, AnAbsentValueIsNotAnEmptyOne) {
  put("absent", std::nullopt);
  put("empty", "");
  EXPECT_EQ(read(), (std::vector<std::string>{"absent", "empty="}));
}

TEST_F(Headers, ValuesAreBytes) {
  const std::string_view binary("\0\xff\n", 3);
  put("", binary);
  Bytes rest = encoded_;
  EXPECT_EQ(as_text(*take_header(rest)->value), binary);
  EXPECT_TRUE(rest.empty());
}

TEST_F(Headers, NoneIsValid) {
  EXPECT_TRUE(valid_headers({}));
}

TEST_F(Headers, EveryCutInsideAHeaderIsInvalid) {
  put("name", "value");
  for (std::size_t size = 1; size < encoded_.size(); ++size)
    EXPECT_FALSE(valid_headers(Bytes(encoded_).first(size))) << size;
  EXPECT_TRUE(valid_headers(encoded_));
}

TEST_F(Headers, LengthsBeyondTheEndAreInvalid) {
  put("n", "v");
  store(encoded_.data(), kAbsentHeaderValue - 1);
  EXPECT_FALSE(valid_headers(encoded_));
}

}  // namespace
}  // namespace kappa

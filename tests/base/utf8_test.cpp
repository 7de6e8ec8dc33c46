#include "kappa/base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kappa {
namespace {

TEST(Utf8, CharactersAreCountedAndSkippedWhole) {
  const std::string text = "aé€😀";
  EXPECT_EQ(count_characters(text), 4U);
  EXPECT_EQ(prefix_bytes(text, 0), 0U);
  EXPECT_EQ(prefix_bytes(text, 2), 3U);
  EXPECT_EQ(prefix_bytes(text, 9), text.size());
  EXPECT_EQ(skip_characters(text, 3), "😀");
}

TEST(Utf8, EveryCharacterThatIsWrittenIsReadAsOne) {
  std::vector<std::uint32_t> wrong;  // An expectation for each of a million would take a minute under the sanitizers.
  for (std::uint32_t code = 0; code < 0x110000; ++code) {
    char bytes[4];
    const std::string_view text(bytes, static_cast<std::size_t>(put_utf8(code, bytes) - bytes));
    const bool surrogate = code >= 0xd800 && code < 0xe000;
    const bool read = character_bytes(text) == (surrogate ? 0U : text.size());
    const bool announced = announced_bytes(static_cast<unsigned char>(text[0])) == text.size();
    if (!read || !announced) wrong.push_back(code);
  }
  EXPECT_EQ(wrong, std::vector<std::uint32_t>{});
}

TEST(Utf8, WhatIsNoCharacterHasNoBytes) {
  for (const std::string_view text : {"\x80", "\xc3", "\xc3(", "\xe2\x82", "\xf0\x9f\x98", "\xff", "\xf8\x88\x80\x80"})
    EXPECT_EQ(character_bytes(text), 0U) << text;
  for (const std::string_view overlong : {"\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf"})
    EXPECT_EQ(character_bytes(overlong), 0U) << overlong;
  EXPECT_EQ(character_bytes("\xf4\x90\x80\x80"), 0U);
}

}  // namespace
}  // namespace kappa

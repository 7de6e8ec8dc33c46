#include "kappa/base/json_escape.hpp"

#include <gtest/gtest.h>

#include <string>

namespace kappa {
namespace {

std::string decoded(std::string_view inside) {
  std::string text(inside.size(), '?');
  const auto size = decode_escapes(inside, text.data());
  return size ? text.substr(0, *size) : "fault";
}

TEST(JsonEscape, ShortOnesStandForTheirCharacters) {
  EXPECT_EQ(decoded(R"(a\"\\\/\b\f\n\r\tz)"), "a\"\\/\b\f\n\r\tz");
}

TEST(JsonEscape, UnicodeOnesStandForUtf8OfEachLength) {
  EXPECT_EQ(decoded(R"(\u0041\u00e9\u20AC\uD83D\uDE00)"), "Aé€😀");
  EXPECT_EQ(decoded(R"(\u0000)"), std::string(1, '\0'));
}

TEST(JsonEscape, SurrogatesAtTheEdgesMakeThePairsAtTheEdges) {
  EXPECT_EQ(decoded(R"(\ud800\udc00)"), "\U00010000");
  EXPECT_EQ(decoded(R"(\udbff\udfff)"), "\U0010ffff");
  EXPECT_EQ(decoded(R"(\ud7ff\ue000)"), "\xed\x9f\xbf\xee\x80\x80");
}

TEST(JsonEscape, HalvesOfPairsAreRefusedAndPassedOver) {
  for (std::string_view text : {R"(\udc00)", R"(\ud800)", R"(\ud800\n)", R"(\ud800\ud800)", R"(\ud800\u00g0)"}) {
    EXPECT_EQ(decoded(text), "fault") << text;
    const std::string_view behind = text.substr(6);
    const auto code = take_escape(text);
    EXPECT_EQ(code, std::unexpected(EscapeFault::lone_surrogate));
    EXPECT_EQ(text, behind);
  }
}

TEST(JsonEscape, OthersAreRefusedAndLeftAsTheyAre) {
  for (std::string_view text : {R"(\)", R"(\x)", R"(\U0041)"}) {
    EXPECT_EQ(take_escape(text), std::unexpected(EscapeFault::unknown_escape)) << text;
    EXPECT_EQ(text.front(), '\\');
  }
  for (std::string_view text : {R"(\u)", R"(\u004)", R"(\u00g0)", R"(\u+041)"}) {
    EXPECT_EQ(take_escape(text), std::unexpected(EscapeFault::bad_unicode_digits)) << text;
    EXPECT_EQ(text.front(), '\\');
  }
}

}  // namespace
}  // namespace kappa

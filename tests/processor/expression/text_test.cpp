#include <gtest/gtest.h>

#include "expressions.hpp"

namespace kappa::test {
namespace {

std::string like(std::string value, std::string pattern) {
  return value_of(Op::like, kBoolean, {text(std::move(value)), text(std::move(pattern))});
}
std::string like(std::string value, std::string pattern, std::string escape) {
  return value_of(Op::like, kBoolean, {text(std::move(value)), text(std::move(pattern)), text(std::move(escape))});
}
std::string substring(std::string value, std::int32_t from) {
  return value_of(Op::substring, kText, {text(std::move(value)), integer(from)});
}
std::string substring(std::string value, std::int32_t from, std::int32_t length) {
  return value_of(Op::substring, kText, {text(std::move(value)), integer(from), integer(length)});
}
std::string field(std::string value, std::string delimiter, std::int32_t n) {
  return value_of(Op::split_part, kText, {text(std::move(value)), text(std::move(delimiter)), integer(n)});
}

TEST(Like, MatchesCharactersAndGaps) {
  EXPECT_EQ(like("abc", "a_c"), "t");
  EXPECT_EQ(like("aéc", "a_c"), "t");
  EXPECT_EQ(like("aéc", "a__c"), "f");
  EXPECT_EQ(like("mississippi", "%iss%p_i"), "t");
  EXPECT_EQ(like("", "%"), "t");
  EXPECT_EQ(like("", "_%"), "f");
  EXPECT_EQ(like("é", "%_"), "t");
  EXPECT_EQ(like("ab", "%_%_"), "t");
  EXPECT_EQ(like("a", "%_%_"), "f");
  EXPECT_EQ(like("aéb", "_%__"), "t");
  EXPECT_EQ(like("xaxbx", "%_b_"), "t");
  EXPECT_EQ(like("abc", "ABC"), "f");
}

TEST(Like, EscapesMakeLiterals) {
  EXPECT_EQ(like("50%", "50\\%"), "t");
  EXPECT_EQ(like("50x", "50\\%"), "f");
  EXPECT_EQ(like("50%", "50é%", "é"), "t");
  EXPECT_EQ(like("a\\b", "a\\b", ""), "t");
  EXPECT_EQ(like("x", "x", "ab"), "22025 invalid escape string");
  EXPECT_EQ(value_of(Op::like, kBoolean, {null(kText), text("x"), text("ab")}), "22025 invalid escape string");
  EXPECT_EQ(value_of(Op::like, kBoolean, {null(kText), text("x"), text("a")}), "NULL");
  EXPECT_EQ(value_of(Op::like, kBoolean, {null(kText), null(kText), text("ab")}), "NULL");
}

TEST(Like, EndingWithTheEscapeIsAnErrorWhereItIsReached) {
  EXPECT_EQ(like("ab", "a\\"), "22025 LIKE pattern must not end with escape character");
  EXPECT_EQ(like("ab", "%\\"), "22025 LIKE pattern must not end with escape character");
  EXPECT_EQ(like("b", "a\\"), "f");
  EXPECT_EQ(like("a", "a\\"), "f");
  EXPECT_EQ(like("", "%\\"), "f");
  EXPECT_EQ(like("a", "_%\\"), "f");
  EXPECT_EQ(like("a", "%_\\"), "22025 LIKE pattern must not end with escape character");
}

TEST(Substring, CountsCharactersFromOne) {
  EXPECT_EQ(substring("aébc", 2), "ébc");
  EXPECT_EQ(substring("aébc", 2, 2), "éb");
  EXPECT_EQ(substring("abc", -1), "abc");
  EXPECT_EQ(substring("abc", -1, 3), "a");
  EXPECT_EQ(substring("abc", -5, 3), "");
  EXPECT_EQ(substring("abc", 3, 2147483647), "c");
  EXPECT_EQ(substring("abc", 9), "");
  EXPECT_EQ(substring("abc", 1, -1), "22011 negative substring length not allowed");
}

TEST(SplitPart, CountsFieldsFromEitherEnd) {
  EXPECT_EQ(field("a,b,c", ",", 2), "b");
  EXPECT_EQ(field("a,b,c", ",", -1), "c");
  EXPECT_EQ(field("a,b,c", ",", 4), "");
  EXPECT_EQ(field("a,b,c", ",", -4), "");
  EXPECT_EQ(field("abc", "", 1), "abc");
  EXPECT_EQ(field("abc", "", 2), "");
  EXPECT_EQ(field("abc", ",", -1), "abc");
  EXPECT_EQ(field("a,b", ",", 0), "22023 field position must not be zero");
}

TEST(Text, FoldsAsciiOnly) {
  EXPECT_EQ(value_of(Op::lower, kText, {text("AÉZ[")}), "aÉz[");
  EXPECT_EQ(value_of(Op::upper, kText, {text("aéz{")}), "AéZ{");
  EXPECT_EQ(value_of(Op::length, kInteger, {text("aé😀")}), "3");
  EXPECT_EQ(value_of(Op::concat, kText, {text("a"), text("é")}), "aé");
}

}  // namespace
}  // namespace kappa::test

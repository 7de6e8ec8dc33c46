#include "text/json_path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "text/json_key.hpp"

namespace kappa::cli {
namespace {

using ::testing::HasSubstr;

std::string find(std::string_view path, std::string_view line) {
  const auto parsed = JsonPath::parse(path);
  if (!parsed) return parsed.error().message;
  std::string scratch;
  const auto found = parsed->find(line, scratch);
  return found ? std::string(*found) : found.error().message;
}

TEST(JsonPath, FindsMembersAtAnyDepth) {
  EXPECT_EQ(find("id", R"({"id":7})"), "7");
  EXPECT_EQ(find("user.id", R"({"id":1, "user": {"name":"x","id":"u7"} })"), "u7");
  EXPECT_EQ(find("a.b.c", R"({"a":{"b":{"c":[1, 2]}}})"), "[1, 2]");
}

TEST(JsonPath, ResolvesEscapesInNamesAndValues) {
  EXPECT_EQ(find("id", R"({"\u0069d":"a\nb"})"), "a\nb");
}

TEST(JsonPath, LastOfRepeatedMembersCounts) {
  EXPECT_EQ(find("id", R"({"id":1,"id":2})"), "2");
}

TEST(JsonPath, KeepsNumbersAsWritten) {
  EXPECT_EQ(find("n", R"({"n":9007199254740993.10})"), "9007199254740993.10");
}

TEST(JsonPath, NamesWhatIsMissing) {
  EXPECT_EQ(find("user.id", R"({"user":{}})"), "no field user.id");
  EXPECT_EQ(find("user.id", R"({"user":5})"), "no field user.id");
  EXPECT_EQ(find("id", R"([1])"), "no field id");
  EXPECT_EQ(find("id", R"({"id":null})"), "field id is null");
  EXPECT_THAT(find("id", "plain text"), HasSubstr("no JSON (at byte 1)"));
  EXPECT_THAT(find("id", R"({"id":1} {})"), HasSubstr("no JSON (at byte 10)"));
  EXPECT_THAT(find("id", R"({"id":"\ud800"})"), HasSubstr("surrogate"));
}

TEST(JsonPath, RefusesEmptyNames) {
  for (const char* path : {"", ".", "a.", ".a", "a..b"}) EXPECT_THAT(find(path, "{}"), HasSubstr("is no path")) << path;
}

std::string key(const std::vector<std::string>& paths, std::string_view line) {
  auto made = JsonKey::parse(paths);
  if (!made) return made.error().message;
  const auto found = made->find(line);
  return found ? std::string(*found) : found.error().message;
}

TEST(JsonKey, OfOneFieldIsItsText) {
  EXPECT_EQ(key({"id"}, R"({"id":"a\nb"})"), "a\nb");
  EXPECT_EQ(key({"id"}, R"({"id": 1.50 })"), "1.50");
}

TEST(JsonKey, OfSeveralFieldsIsTheirArray) {
  EXPECT_EQ(key({"n", "user.id"}, R"({"user":{"id":"u\u0022"}, "n" : -7})"), R"([-7,"u\""])");
  EXPECT_EQ(key({"a", "b"}, R"({"a":"\u0008\f\/\u00e9\u0001","b":true})"), "[\"\\b\\f/é\\u0001\",true]");
}

TEST(JsonKey, NamesWhatIsMissing) {
  EXPECT_EQ(key({"a", "b"}, R"({"a":1})"), "no field b");
  EXPECT_EQ(key({"a", "b"}, R"({"a":null,"b":1})"), "field a is null");
  EXPECT_THAT(key({"a", "b..c"}, "{}"), HasSubstr("is no path"));
}

}  // namespace
}  // namespace kappa::cli

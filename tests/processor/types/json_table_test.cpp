#include "kappa/processor/json_table.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "decoded_table.hpp"
#include "random_json.hpp"

namespace kappa::processor {
namespace {

using test::DecodedTable;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Schema kOneBigint{{"n", {TypeKind::bigint}}};
const Schema kOneText{{"t", {TypeKind::text}}};

std::string sqlstate_of(std::string_view value) {
  return DecodedTable(kOneText).decode({value}).only_sqlstate();
}

TEST(JsonTable, TakesValuesAsJsonPopulateRecordDoes) {
  DecodedTable table({{"n", {TypeKind::bigint}}, {"b", {TypeKind::boolean}}, {"t", {TypeKind::text}}});
  table.decode({R"({"n":"5","b":1,"t":1.50})", R"({"t":{"a": [1,2]},"n":null})", "{}"});
  EXPECT_THAT(table.rows(), ElementsAre(R"({"n":5,"b":true,"t":"1.50"})", R"({"n":null,"b":null,"t":"{\"a\": [1,2]}"})",
                                        R"({"n":null,"b":null,"t":null})"));
}

TEST(JsonTable, RefusesNumbersThatAreNoIntegers) {
  DecodedTable table(kOneBigint);
  table.decode({R"({"n":5.0})", R"({"n":1e3})", R"({"n":9223372036854775808})", R"({"n":true})", R"({"n":[]})"});
  EXPECT_THAT(table.rows(), IsEmpty());
  EXPECT_THAT(table.sqlstates(), ElementsAre("22P02", "22P02", "22003", "22P02", "22P02"));
  EXPECT_THAT(table.rejected()[0].error->reason, HasSubstr("(column \"n\")"));
}

TEST(JsonTable, TakesTheWholeRangeOfBigint) {
  DecodedTable table(kOneBigint);
  table.decode({R"({"n":9223372036854775807})", R"({"n":-9223372036854775808})", R"({"n":-0})",
                R"({"n":123456789012345678})", R"({"n":-12345678})", R"({"n":12345678901234567})"});
  EXPECT_THAT(table.rows(),
              ElementsAre(R"({"n":9223372036854775807})", R"({"n":-9223372036854775808})", R"({"n":0})",
                          R"({"n":123456789012345678})", R"({"n":-12345678})", R"({"n":12345678901234567})"));
}

TEST(JsonTable, LastOfDuplicateMembersWins) {
  DecodedTable table(kOneBigint);
  table.decode({R"({"n":"x","n":2})", R"({"n":2,"\u006e":3})", R"({"n":1,"n":null})", R"({"N":1})"});
  EXPECT_THAT(table.rows(), ElementsAre(R"({"n":2})", R"({"n":3})", R"({"n":null})", R"({"n":null})"));
}

TEST(JsonTable, WarnsOnceOfAMemberThatDiffersFromAColumnOnlyByCase) {
  DecodedTable table({{"userid", {TypeKind::bigint}}, {"n", {TypeKind::bigint}}});
  table.decode({R"({"userId":1,"n":1,"m":0})", R"({"n":2,"USERID":1,"userId":2})", R"({"\u004e":1,"userid":3})"});
  EXPECT_THAT(table.warnings(), ElementsAre(AllOf(HasSubstr("member \"userId\""), HasSubstr("column \"userid\"")),
                                            AllOf(HasSubstr("member \"N\""), HasSubstr("column \"n\""))));
  EXPECT_THAT(table.rows(),
              ElementsAre(R"({"userid":null,"n":1})", R"({"userid":null,"n":2})", R"({"userid":3,"n":null})"));
}

TEST(JsonTable, WarnsOfNothingWhereBothSpellingsAreColumnsOrMoreDiffersThanCase) {
  DecodedTable table({{"a", {TypeKind::bigint}}, {"A", {TypeKind::bigint}}, {"k[", {TypeKind::bigint}}});
  table.decode({R"({"a":1,"A":2,"b":3,"aa":4,"k{":5})"});
  EXPECT_THAT(table.warnings(), IsEmpty());
}

TEST(JsonTable, DecodesEscapes) {
  DecodedTable table(kOneText);
  table.decode({R"({"t":"a\n\"\\\/\u00e9\ud83d\ude00"})"});
  EXPECT_THAT(table.texts(0), ElementsAre("a\n\"\\/é😀"));
}

TEST(JsonTable, RefusesZeroAndLoneSurrogatesAnywhere) {
  EXPECT_EQ(sqlstate_of(R"({"t":"\u0000"})"), "22P05");
  EXPECT_EQ(sqlstate_of(R"({"other":[{"x":"\u0000"}]})"), "22P05");
  EXPECT_EQ(sqlstate_of(R"({"\u0000":1})"), "22P05");
  EXPECT_EQ(sqlstate_of(R"({"t":"\ud83d"})"), "22P02");
  EXPECT_EQ(sqlstate_of(R"({"other":"\ude00\ud83d"})"), "22P02");
  EXPECT_EQ(sqlstate_of(R"({"other":"\ud83d\u0041"})"), "22P02");
}

TEST(JsonTable, RefusesWhatIsNoObject) {
  for (const std::string_view value : {"",
                                       " ",

                                       "{",
                                       "{}{}",
                                       "{} x",
                                       "{\"t\":1,}",
                                       "{\"t\" 1}",
                                       "{\"t\":01}",
                                       "{\"t\":-}",
                                       "{\"t\":1.}",
                                       "{\"t\":tru}",
                                       "{\"t\":\"a}",
                                       "{t:1}",
                                       "{\"t\":\"\\x\"}",
                                       "{\"t\":\"\\u12g4\"}",
                                       "{\"t\":\"a\nb\"}",
                                       "\xef\xbb\xbf{}",
                                       "{\"t\":}",
                                       "{\"o\":{\"a\":}}",
                                       "{\"o\":[1,]}",
                                       "{\"o\":[1}",
                                       "{\"t\":1 2}",
                                       "{,}"})
    EXPECT_EQ(sqlstate_of(value), "22P02") << value;
  for (const std::string_view value : {"[{}]", "1", "\"a\"", "null"}) EXPECT_EQ(sqlstate_of(value), "22023") << value;
  EXPECT_EQ(sqlstate_of("{\"t\":\"\xff\"}"), "22021");
}

TEST(JsonTable, SaysTheSameOfATextThatEndsTooEarlyWhateverFollowsIt) {
  const std::string whole = R"({"o":{"a":[1,{"b":"c"}]},"t":"x"})";
  for (std::size_t bytes = 1; bytes < whole.size(); ++bytes)
    for (const char* next : {"{}", "\"", ":1", "}", "]", ",", "1"}) {
      DecodedTable table(kOneText);
      table.decode({std::string_view(whole).substr(0, bytes), next});
      ASSERT_FALSE(table.rejected().empty());
      EXPECT_EQ(
          table.rejected()[0].error->reason,
          fmt::format("invalid input syntax for type json: the input string ended unexpectedly (at byte {})", bytes))
          << whole.substr(0, bytes) << " before " << next;
    }
}

TEST(JsonTable, NamesTheBytesThatAreNoUtf8) {
  DecodedTable table(kOneText);
  table.decode({"{\"t\":\"\xc3(\"}"});
  EXPECT_EQ(table.rejected()[0].error->reason, "invalid byte sequence for encoding \"UTF8\": 0xc3 0x28");
}

TEST(JsonTable, TakesBigNumbersAnywhere) {
  DecodedTable table(kOneText);
  table.decode({R"({"t":1e400,"o":)" + std::string(60, '9') + "}"});
  EXPECT_THAT(table.texts(0), ElementsAre("1e400"));
}

TEST(JsonTable, RefusesDeepNesting) {
  const auto nested = [](std::size_t depth) {
    return "{\"o\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  DecodedTable table(kOneText);
  table.decode({nested(511), nested(512), nested(100'000)});
  EXPECT_THAT(table.sqlstates(), ElementsAre("54001", "54001"));
  EXPECT_EQ(table.rows().size(), 1U);
}

TEST(JsonTable, RefusesNullWhereTheColumnForbidsIt) {
  DecodedTable table(Schema{{"n", {TypeKind::bigint}, true}});
  table.decode({"{}", R"({"n":null})", R"({"n":1})"});
  EXPECT_THAT(table.sqlstates(), ElementsAre("23502", "23502"));
}

TEST(JsonTable, CutsOnlySpacesFromVarchar) {
  Type varchar{TypeKind::text};
  varchar.max_length = 2;
  DecodedTable table(Schema{{"t", varchar}});
  table.decode({R"({"t":"éé"})", R"({"t":"ab  "})", R"({"t":"abc"})"});
  EXPECT_THAT(table.texts(0), ElementsAre("éé", "ab"));
  EXPECT_THAT(table.sqlstates(), ElementsAre("22001"));
}

TEST(JsonTable, ReadsTimestampsFromTextAndIntegers) {
  DecodedTable table(Schema{{"t", {TypeKind::timestamp}}});
  table.decode({R"({"t":"2015-07-15 00:00:00.1"})", R"({"t":1436918400001})", R"({"t":"2015-07-15T01:02:03Z"})",
                R"({"t":1.5})", R"({"t":"2015-02-29 00:00:00"})"});
  EXPECT_THAT(table.rows(), ElementsAre(R"({"t":"2015-07-15T00:00:00.1"})", R"({"t":"2015-07-15T00:00:00.001"})",
                                        R"({"t":"2015-07-15T01:02:03"})"));
  EXPECT_THAT(table.sqlstates(), ElementsAre("22007", "22008"));
}

TEST(JsonTable, GivesHiddenColumns) {
  DecodedTable table(Schema{});
  table.want_hidden().add("{}", "k").add("x", "bad").add("{}").add("{}", "\xff").decode();
  const Batch& batch = table.batch();
  EXPECT_THAT(batch.columns[0]->as<std::int64_t>(), ElementsAre(100, 102, 103));
  EXPECT_THAT(batch.columns[1]->as<std::int64_t>(), ElementsAre(7, 7, 7));
  EXPECT_THAT(batch.columns[5]->as<std::string_view>(), ElementsAre("k", "", ""));
  EXPECT_TRUE(batch.columns[5]->is_null(1));
  EXPECT_EQ(std::string_view(batch.columns[5]->error(2)->sqlstate.data(), 5), "22021");
  EXPECT_EQ(batch.origin.event(1), 2U);
}

TEST(JsonTable, MaterialisesOnlyWantedColumns) {
  DecodedTable table({{"n", {TypeKind::bigint}}, {"t", {TypeKind::text}}});
  table.want({false, true}).decode({R"({"n":1,"t":"a"})", R"({"n":"x","t":"b"})"});
  EXPECT_EQ(table.batch().columns[0], nullptr);
  EXPECT_THAT(table.texts(1), ElementsAre("a"));
}

TEST(JsonTable, AbsentValueIsNoRow) {
  DecodedTable table(kOneText);
  table.add_absent().add("{}").add_absent().decode();
  EXPECT_THAT(table.sqlstates(), ElementsAre("22004", "22004"));
}

TEST(JsonTable, EventsAreJudgedAloneHoweverTheyAreBatched) {
  test::RandomJson random(test::seed_of_run());
  std::vector<std::string> values;
  for (int i = 0; i < 3000; ++i) values.push_back(random.document());
  DecodedTable together(test::kOddSchema);
  together.decode({values.begin(), values.end()});
  std::vector<std::string> alone;
  for (const std::string& value : values) {
    DecodedTable one(test::kOddSchema);
    one.decode({value});
    for (const std::string& row : one.rows()) alone.push_back(row);
  }
  EXPECT_EQ(together.rows(), alone);
}

}  // namespace
}  // namespace kappa::processor

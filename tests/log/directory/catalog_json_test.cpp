#include "directory/catalog_json.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace kappa::log {
namespace {

CatalogEvent with_partitions(std::string_view number) {
  return {std::string(kTopicCreated),
          "t",
          fmt::format(R"({{"id":"00000000000000110000000000000012","kind":"user","partitions":{}}})", number),
          {}};
}

TEST(CatalogJson, RefusesToWriteWhatCouldNotBeReadAgain) {
  const std::string deep = std::string(32, '[') + std::string(32, ']');
  for (const CatalogEvent& event : {CatalogEvent{"topic_creat\xff", "t"}, CatalogEvent{"topic_created", "\xc3"},
                                    CatalogEvent{"view_defined", "v", R"({"a":)" + deep + "}"}}) {
    const auto text = encode_catalog_event(event);
    ASSERT_FALSE(text) << *text;
    EXPECT_EQ(text.error().code, Errc::bad_input);
  }
}

TEST(CatalogJson, TakesEveryNumberOfPartitionsThatThereCanBe) {
  EXPECT_EQ(decode_topic(with_partitions("1"))->partitions, 1u);
  EXPECT_EQ(decode_topic(with_partitions("4294967295"))->partitions, 4294967295u);
  for (const char* number : {"0", "-1", "4294967296", "4294967297", "1.5"})
    EXPECT_EQ(decode_topic(with_partitions(number)).error().code, Errc::corruption) << number;
}

TEST(CatalogJson, RefusesNumbersThatNothingCanHold) {
  const std::string id = R"("id":"00000000000000110000000000000012")";
  const auto retention = [&](std::string_view age) {
    return decode_retention({std::string(kRetentionSet), "t", fmt::format(R"({{{},"age_us":{}}})", id, age), {}});
  };
  EXPECT_EQ(retention("9223372036854775807")->retention.age, 9223372036854775807);
  EXPECT_EQ(retention("9223372036854775808").error().code, Errc::corruption);
  const auto trimmed = [&](std::string_view partition) {
    const std::string body = fmt::format(R"({{{},"partition":{},"log_start":7}})", id, partition);
    return decode_trimmed({std::string(kTopicTrimmed), "t", body, {}});
  };
  EXPECT_EQ(trimmed("4294967295")->partition, 4294967295u);
  EXPECT_EQ(trimmed("4294967296").error().code, Errc::corruption);
  EXPECT_EQ(decode_catalog_event(R"({"body":{"a":1e999},"event":"e","name":"n"})").error().code, Errc::bad_input);
}

TEST(CatalogJson, CompactionComesBackOrIsRefused) {
  const TopicId topic{{0x11, 0x12}};
  const auto set = [](const std::string& body) {
    return decode_compaction({std::string(kCompactionSet), "t", body, {}});
  };
  EXPECT_EQ(set(compaction_body({topic, 0}))->after, 0);
  EXPECT_EQ(set(compaction_body({topic, 86'400'000'000}))->after, 86'400'000'000);
  EXPECT_EQ(set(compaction_body({topic, std::nullopt}))->after, std::nullopt);
  const std::string id = R"("id":"00000000000000110000000000000012")";
  for (const char* rest : {"", R"(,"after_us":-1)", R"(,"after_us":9223372036854775808)", R"(,"after_us":"1")"})
    EXPECT_EQ(set(fmt::format("{{{}{}}}", id, rest)).error().code, Errc::corruption) << rest;

  const TopicCompacted compacted{topic, 3, {77}, {5}, {40}};
  const auto read = [](const std::string& body) {
    return decode_compacted({std::string(kTopicCompacted), "t", body, {}});
  };
  EXPECT_EQ(*read(compacted_body(compacted)), compacted);
  const std::string whole = compacted_body(compacted);
  for (const std::string member : {"partition", "through", "begin", "end"}) {
    std::string without = whole;
    without.replace(without.find(member), 1, "x");
    EXPECT_EQ(read(without).error().code, Errc::corruption) << member;
  }

  const CompactionFinished finished{topic, 3};
  EXPECT_EQ(*decode_finished({std::string(kCompactionFinished), "t", finished_body(finished), {}}), finished);
  EXPECT_FALSE(decode_finished({std::string(kCompactionFinished), "t", "{" + id + "}", {}}));
}

TEST(CatalogJson, RefusesWhatIsNoEvent) {
  for (const char* text : {R"({"name":"n","body":{}})", R"({"event":"e","body":{}})", R"({"event":"e","name":"n"})",
                           R"({"event":1,"name":"n","body":{}})", R"({"event":"e","name":"n","body":[]})"}) {
    const auto event = decode_catalog_event(text);
    ASSERT_FALSE(event) << text;
    EXPECT_EQ(event.error().code, Errc::bad_input);
    EXPECT_EQ(event.error().message, std::string("no catalog event: ") + text);
  }
}

TEST(CatalogJson, RefusesAGapWithoutItsPlace) {
  const GapRecord gap{{{17, 18}}, 1, {2}, 3, 4, {5}, {6}};
  const auto with = [&](const std::string& something, const std::string& other) {
    std::string body = gap_body(gap);
    EXPECT_TRUE(body.contains(something)) << body;
    body.replace(body.find(something), something.size(), other);
    return decode_gap({std::string(kGapRecorded), "t", body, {}});
  };
  EXPECT_EQ(with("\"end\":6", "\"end\":5").value().end, Offset{5});
  for (const char* name : {"partition", "segment", "position", "bytes", "begin", "end"})
    EXPECT_EQ(with(fmt::format("\"{}\"", name), "\"other\"").error().code, Errc::corruption) << name;
  EXPECT_EQ(with("\"end\":6", "\"end\":4").error().code, Errc::corruption) << "it ends before it begins";
  EXPECT_EQ(with("\"partition\":1", "\"partition\":4294967296").error().code, Errc::corruption);
}

TEST(CatalogJson, GivesABodyBackAsItWasWritten) {
  for (const std::string body : {R"({"a":-2.1000000000000002E31,"b":1.50})", R"({ "a" : 1e999 })"}) {
    const auto text = encode_catalog_event({"e", "n", body, {}});
    ASSERT_TRUE(text) << body;
    EXPECT_EQ(decode_catalog_event(*text)->body, body);
  }
}

}  // namespace
}  // namespace kappa::log

#include "text/envelope.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "kappa/base/headers.hpp"
#include "text/time_text.hpp"

namespace kappa::cli {
namespace {

using ::testing::HasSubstr;

/// An event that owns its bytes.
struct OwnedEvent {
  Micros timestamp = 0;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<std::byte> headers;

  [[nodiscard]] EventView view() const {
    EventView event{timestamp, std::nullopt, std::nullopt, headers};
    if (key) event.key = as_bytes(*key);
    if (value) event.value = as_bytes(*value);
    return event;
  }
  friend bool operator==(const OwnedEvent&, const OwnedEvent&) = default;
};

OwnedEvent own(const EventView& event) {
  OwnedEvent owned{event.timestamp, std::nullopt, std::nullopt, {event.headers.begin(), event.headers.end()}};
  if (event.key) owned.key = as_text(*event.key);
  if (event.value) owned.value = as_text(*event.value);
  return owned;
}

std::string envelope(const OwnedEvent& event) {
  std::string line;
  put_envelope({"orders", 0, 17}, event.view(), line);
  return line;
}

std::string envelope_of_value(std::optional<std::string> value) {
  return envelope({0, {}, std::move(value), {}});
}

OwnedEvent parse(std::string_view line) {
  EnvelopeParser parser;
  const auto event = parser.parse(line);
  EXPECT_TRUE(event) << line << ": " << (event ? "" : event.error().message);
  return event ? own(*event) : OwnedEvent{};
}

std::string refusal(std::string_view line) {
  EnvelopeParser parser;
  const auto event = parser.parse(line);
  return event ? "taken" : event.error().message;
}

TEST(Envelope, HasMembersInOneOrder) {
  const OwnedEvent event{1'735'689'600'250'000, "u1", R"({"id":1})", {}};
  EXPECT_EQ(envelope(event), R"({"topic":"orders","partition":0,"offset":17,"ts":"2025-01-01T00:00:00.250000Z",)"
                             R"("key":"u1","headers":[],"value":{"id":1}})");
}

TEST(Envelope, ObjectsAndArraysStandAsTheyAre) {
  for (const char* value :
       {"{}", "[]", R"([ 1 , 2 ])", R"({"n":12345678901234567890.10e-400,"n":1})", R"({"a":"\ud800"})"}) {
    EXPECT_TRUE(stands_as_itself(value)) << value;
    EXPECT_THAT(envelope_of_value(value), HasSubstr(std::string("\"value\":") + value + "}"));
  }
}

TEST(Envelope, OtherTextStandsAsString) {
  for (const char* value :
       {"", "null", "1", "true", R"("x")", R"({"a":1} )", " {}", "{\n}", "{\r}", R"({"a":01})", "{", "]", "{}{}"}) {
    EXPECT_FALSE(stands_as_itself(value)) << value;
    EXPECT_EQ(parse(envelope_of_value(value)).value, value);
  }
}

TEST(Envelope, BytesThatAreNoTextStandAsBase64) {
  EXPECT_THAT(envelope_of_value("\xff\xfe"), HasSubstr(R"("value64":"//4=")"));
  EXPECT_THAT(envelope({0, "\x80", "v", {}}), HasSubstr(R"("key64":"gA==")"));
  EXPECT_THAT(envelope_of_value("{\"a\":\"\xed\xa0\x80\"}"), HasSubstr("value64"));
}

TEST(Envelope, AbsentIsNullAndEmptyIsEmpty) {
  EXPECT_THAT(envelope({0, {}, {}, {}}), HasSubstr(R"("key":null,"headers":[],"value":null})"));
  EXPECT_THAT(envelope({0, "", "", {}}), HasSubstr(R"("key":"","headers":[],"value":""})"));
}

TEST(Envelope, DeepNestingStandsAsString) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_FALSE(stands_as_itself(deep));
  EXPECT_EQ(parse(envelope_of_value(deep)).value, deep);
}

TEST(Envelope, KeepsDuplicateHeadersInOrder) {
  OwnedEvent event{0, {}, "v", {}};
  put_header(event.headers, {"b", as_bytes("1")});
  put_header(event.headers, {"a", as_bytes("\xff")});
  put_header(event.headers, {"b", std::nullopt});
  put_header(event.headers, {"\xfe", as_bytes("")});
  EXPECT_THAT(envelope(event), HasSubstr(R"([["b","1"],["a",{"base64":"/w=="}],["b",null],[{"base64":"/g=="},""]])"));
  EXPECT_EQ(parse(envelope(event)), event);
}

TEST(Envelope, TakesKcats) {
  const OwnedEvent event =
      parse(R"({"topic":"t","partition":2,"offset":0,"tstype":"create","ts":1795219331742,"broker":1,)"
            R"("headers":["source","test","source","x"],"key":"u1","payload":"{\"id\":1}"})");
  EXPECT_EQ(event.timestamp, 1'795'219'331'742'000);
  EXPECT_EQ(event.value, R"({"id":1})");
  OwnedEvent expected;
  put_header(expected.headers, {"source", as_bytes("test")});
  put_header(expected.headers, {"source", as_bytes("x")});
  EXPECT_EQ(event.headers, expected.headers);
}

TEST(Envelope, TakesMembersInAnyOrderWithBlanksAndEscapedNames) {
  const OwnedEvent event = parse("\t{ \"v\\u0061lue\" : [1 ,2] , \"key\" : 7 }\r");
  EXPECT_EQ(event.value, "[1 ,2]");
  EXPECT_EQ(event.key, "7");
  EXPECT_EQ(event.timestamp, kNoTimestamp);
}

TEST(Envelope, ResolvesSurrogatePairs) {
  EXPECT_EQ(parse(R"({"value":"\ud83d\ude00\u00e4\u20ac"})").value, "😀ä€");
}

TEST(Envelope, RefusesWhatItWouldHaveToGuess) {
  EXPECT_THAT(refusal(""), HasSubstr("no JSON object"));
  EXPECT_THAT(refusal("[]"), HasSubstr("no JSON object"));
  EXPECT_THAT(refusal(R"({"value":1)"), HasSubstr("no JSON at byte 11"));
  EXPECT_THAT(refusal(R"({"value":1}x)"), HasSubstr("text after"));
  EXPECT_THAT(refusal(R"({"vlaue":1})"), HasSubstr("did you mean \"value\""));
  EXPECT_THAT(refusal(R"({"value":1,"color":1})"), HasSubstr("unknown member \"color\""));
  EXPECT_THAT(refusal(R"({"key":"k"})"), HasSubstr("no member \"value\""));
  EXPECT_THAT(refusal(R"({"value":1,"payload":1})"), HasSubstr("given twice"));
  EXPECT_THAT(refusal(R"({"value":"\udc00"})"), HasSubstr("surrogate"));
  EXPECT_THAT(refusal(R"({"value64":"QQ="})"), HasSubstr("no base64"));
  EXPECT_THAT(refusal(R"({"value64":"QR=="})"), HasSubstr("no base64"));
  EXPECT_THAT(refusal(R"({"value":1,"ts":"yesterday"})"), HasSubstr("no RFC 3339"));
  EXPECT_THAT(refusal(R"({"value":1,"ts":1.5})"), HasSubstr("milliseconds"));
  EXPECT_THAT(refusal(R"({"value":1,"headers":{}})"), HasSubstr("no array"));
  EXPECT_THAT(refusal(R"({"value":1,"headers":["a"]})"), HasSubstr("without a value"));
  EXPECT_THAT(refusal(R"({"value":1,"headers":[["a"]]})"), HasSubstr("no pair"));
  EXPECT_THAT(refusal(R"({"value":1,"headers":[["a",1]]})"), HasSubstr("neither a string"));
  EXPECT_THAT(refusal("{\"value\":\"\xff\"}"), HasSubstr("not UTF-8"));
}

/// Bytes in which every corner of the envelope is likely.
class RandomEvents {
 public:
  explicit RandomEvents(unsigned seed) : random_(seed) {}

  OwnedEvent next() {
    OwnedEvent event{timestamp(), maybe(), maybe(), {}};
    for (auto left = random_() % 4; left > 0; --left) {
      const std::string name = bytes();
      const auto value = maybe();
      put_header(event.headers, {name, value ? std::optional<Bytes>(as_bytes(*value)) : std::nullopt});
    }
    return event;
  }

 private:
  Micros timestamp() {
    const auto bits = static_cast<Micros>(random_()) >> (random_() % 64);
    return bits == kNoTimestamp ? 0 : bits;
  }
  std::optional<std::string> maybe() { return random_() % 8 == 0 ? std::nullopt : std::optional(bytes()); }
  std::string bytes() {
    static const std::vector<std::string> pieces{"{",
                                                 "}",
                                                 "[",
                                                 "]",
                                                 "\"",
                                                 "\\",
                                                 ",",
                                                 ":",
                                                 "null",
                                                 "true",
                                                 "1",
                                                 "-0.5e7",
                                                 "9007199254740993",
                                                 " ",
                                                 "\n",
                                                 "\r",
                                                 "\t",
                                                 "\"a\":",
                                                 "{\"a\":1}",
                                                 "[1,2]",
                                                 "\\u0000",
                                                 "\\ud800",
                                                 "\xc3\xa4",
                                                 "\xf0\x9f\x98\x80",
                                                 "\xff",
                                                 "\xc3",
                                                 "\xed\xa0\x80",
                                                 "\x7f",
                                                 std::string(1, '\0'),
                                                 "text"};
    std::string text;
    for (auto left = random_() % 7; left > 0; --left) text += pieces[random_() % pieces.size()];
    return text;
  }
  std::mt19937_64 random_;
};

TEST(Envelope, EveryEventComesBackByteForByte) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  RandomEvents events(seed);
  for (int i = 0; i < 20'000; ++i) {
    const OwnedEvent event = events.next();
    const std::string line = envelope(event);
    ASSERT_EQ(line.find('\n'), std::string::npos) << line;
    ASSERT_EQ(parse(line), event) << line;
  }
}

TEST(Envelope, NoMutilatedLineCrashesTheParser) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  RandomEvents events(seed);
  std::mt19937 random(seed);
  EnvelopeParser parser;
  for (int i = 0; i < 20'000; ++i) {
    std::string line = envelope(events.next());
    line[random() % line.size()] = static_cast<char>(random());
    (void)parser.parse(std::string_view(line).substr(0, random() % (line.size() + 1)));
    (void)parser.parse(line);
  }
}

}  // namespace
}  // namespace kappa::cli

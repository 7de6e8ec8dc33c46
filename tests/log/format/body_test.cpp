#include "format/body.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "kappa/base/headers.hpp"
#include "sample.hpp"

namespace kappa::log {
namespace {

using sample::Event;

/// What comes back of events that went through a frame.
std::vector<Event> round_trip(const std::vector<Event>& events, CompressionLevel level = CompressionLevel::fast) {
  ChainPoint point = sample::first_point();
  const sample::Image image = sample::data_frame(events, point, level);
  const auto frame = next_frame(image, sample::first_point(), sample::kSalt);
  if (!frame) return {{frame.error().what, {}, 0, {}}};
  BodyDecoder decoder;
  const auto batch = decoder.decode(frame->head.header, frame->body, frame->head.extension.present_offsets);
  if (!batch) return {{batch.error().what, {}, 0, {}}};
  return sample::events_of(batch->columns);
}

void expect_round_trip(const std::vector<Event>& events) {
  EXPECT_EQ(round_trip(events), events);
  EXPECT_EQ(round_trip(events, CompressionLevel::stored), events);
}

TEST(Body, OfValuesComesBack) {
  expect_round_trip({{{}, "a"}, {{}, "bc"}, {{}, std::string(70'000, 'x')}});
}
TEST(Body, OfAbsentEmptyAndFullValuesComesBack) {
  expect_round_trip({{{}, {}}, {{}, ""}, {{}, "v"}});
}
TEST(Body, OfAbsentEmptyAndFullKeysComesBack) {
  expect_round_trip({{{}, "v"}, {"", "v"}, {"k", "v"}});
}
TEST(Body, OfTombstonesComesBack) {
  expect_round_trip({{"a", {}}, {"b", {}}});
}
TEST(Body, OfEventsWithNothingAtAllComesBack) {
  expect_round_trip({{}, {}, {}});
}
TEST(Body, OfOneEmptyValueComesBack) {
  expect_round_trip({{{}, ""}});
}
TEST(Body, OfTheLargestEventComesBack) {
  expect_round_trip({{{}, std::string(kEventBytesMax, 'z')}});
}

TEST(Body, KeepsDuplicateAndValuelessHeadersInOrder) {
  using sample::header;
  expect_round_trip({{{}, "v", kNoTimestamp, header("a", "1") + header("a", "1") + header("b", std::nullopt)},
                     {{}, "w"},
                     {{}, "x", kNoTimestamp, header("", "")}});
}

TEST(Body, KeepsTimestampsOfAnyRange) {
  constexpr Micros kLast = std::numeric_limits<Micros>::max();
  expect_round_trip({{{}, "v", 5}, {{}, "v", 5}});
  expect_round_trip({{{}, "v", -1}, {{}, "v", kNoTimestamp}, {{}, "v", 253}});
  expect_round_trip({{{}, "v", 0}, {{}, "v", 65'534}});
  expect_round_trip({{{}, "v", 0}, {{}, "v", 65'535}});
  expect_round_trip({{{}, "v", 0}, {{}, "v", 1ll << 32}});
  expect_round_trip({{{}, "v", kNoTimestamp + 1}, {{}, "v", kLast}, {{}, "v", kNoTimestamp}});
}

TEST(Body, OfRandomEventsComesBack) {
  const auto seed = std::random_device{}();
  RecordProperty("seed", static_cast<int>(seed));
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto text = [&](std::size_t max) -> std::optional<std::string> {
    if (random() % 4 == 0) return std::nullopt;
    return std::string(random() % (max + 1), static_cast<char>(random()));
  };
  for (int round = 0; round < 200; ++round) {
    std::vector<Event> events(1 + random() % 40);
    for (Event& event : events) {
      event = {text(9), text(round % 8 == 0 ? 70'000 : 300), kNoTimestamp, {}};
      if (random() % 2 == 0) event.timestamp = static_cast<Micros>(random()) << (random() % 31);
      if (random() % 5 == 0) event.headers = sample::header("name", std::nullopt);
    }
    expect_round_trip(events);
  }
}

TEST(Body, TakesColumnsThatBeginInsideTheirBytes) {
  const std::vector<std::uint32_t> offsets = {3, 4, 6};
  const EventColumns columns{2, {}, {}, {offsets, {}, as_bytes("xxxabbyy")}, {}};
  EncodedBody body;
  ASSERT_TRUE(encode_body(columns, CompressionLevel::fast, body));
  EXPECT_EQ(body.raw_length, 3 + 4u);
}

TEST(Body, IsSmallerWhenCompressed) {
  EventBatchBuilder events;
  sample::fill(events, std::vector<Event>(500, {{}, "{\"some\":\"json\",\"that\":\"repeats\"}"}));
  EncodedBody body;
  ASSERT_TRUE(encode_body(events.columns(), CompressionLevel::fast, body));
  EXPECT_LT(body.stored_length, body.raw_length / 10);
}

std::string refusal(const EventColumns& columns) {
  EncodedBody body;
  const auto encoded = encode_body(columns, CompressionLevel::fast, body);
  if (encoded || encoded.error().code != Errc::bad_input) return "not refused";
  return encoded.error().message;
}

std::string refusal(const std::vector<Event>& events) {
  EventBatchBuilder builder;
  sample::fill(builder, events);
  return refusal(builder.columns());
}

TEST(Body, RefusesAnEventOverTheLimit) {
  EXPECT_EQ(refusal({{"k", std::string(kEventBytesMax, 'z')}}),
            "event 0: 8388609 bytes of key, value and headers, at most 8388608 are allowed");
}
TEST(Body, RefusesHeadersOverTheLimit) {
  EXPECT_EQ(refusal({{{}, "v"}, {{}, "v", 0, std::string(65'537, 'h')}}),
            "event 1: 65537 bytes of headers, at most 65536 are allowed");
}
TEST(Body, RefusesHeadersThatAreNone) {
  EXPECT_EQ(refusal({{{}, "v", 0, "junk"}}), "event 0: its headers are not in the encoding of headers");
}
TEST(Body, RefusesAFrameOverTheLimit) {
  const std::string large(kEventBytesMax, 'z');
  EXPECT_EQ(refusal({{{}, large}, {{}, large}, {{}, "z"}}),
            "16777217 bytes of events in one frame, at most 16777216 are allowed");
  EXPECT_EQ(refusal({{{}, large}, {{}, large}}), "a frame of 16777226 bytes, at most 16777216 are allowed");
}
TEST(Body, RefusesTooManyEvents) {
  EXPECT_EQ(refusal(EventColumns{kFrameEventsMax + 1, {}, {}, {}, {}}),
            "1048577 events in one frame, at most 1048576 are allowed");
}
TEST(Body, RefusesOffsetsOutsideTheBytes) {
  const std::vector<std::uint32_t> offsets = {0, 9};
  EXPECT_EQ(refusal(EventColumns{1, {}, {}, {offsets, {}, as_bytes("abc")}, {}}),
            "offsets of the values run from 0 to 9 where 3 bytes are given");
}
TEST(Body, RefusesOffsetsThatFall) {
  const std::vector<std::uint32_t> offsets = {0, 2, 1};
  EXPECT_NE(refusal(EventColumns{2, {}, {}, {offsets, {}, as_bytes("abc")}, {}}), "not refused");
}

TEST(Body, ValuesCanBeReadPastTheirEnd) {
  ChainPoint point = sample::first_point();
  const sample::Image image = sample::data_frame({{{}, "value"}}, point);
  const auto frame = next_frame(image, sample::first_point(), sample::kSalt);
  BodyDecoder decoder;
  const auto batch = decoder.decode(frame->head.header, frame->body, frame->head.extension.present_offsets);
  std::vector<std::byte> copy(batch->columns.values.bytes.size() + kReadPadding);
  std::memcpy(copy.data(), batch->columns.values.bytes.data(), copy.size());  // an address sanitizer would object
  EXPECT_EQ(as_text(Bytes(copy).first(5)), "value");
}

TEST(Body, BatchesOutliveTheDecoderAndEachOther) {
  ChainPoint point = sample::first_point();
  const sample::Image image = sample::data_frame({{{}, "value"}}, point);
  const auto frame = next_frame(image, sample::first_point(), sample::kSalt);
  std::optional<EventBatch> first;
  {
    BodyDecoder decoder;
    first = *decoder.decode(frame->head.header, frame->body, frame->head.extension.present_offsets);
    EXPECT_NE(decoder.decode(frame->head.header, frame->body, frame->head.extension.present_offsets)->memory,
              first->memory);
  }
  EXPECT_EQ(as_text(first->columns.values[0]), "value");
}

}  // namespace
}  // namespace kappa::log

#include "format/origins.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "fmt/format.h"
#include "format/footer.hpp"
#include "sample.hpp"

namespace kappa::log {
namespace {

using sample::Event;
using sample::fault_of;
using sample::Image;
using sample::kSalt;
using Appends = std::vector<std::vector<Event>>;

Appends three_appends() {
  return {sample::two_events(), {{"k", "v"}}, {{{}, {}, 3'000}, {"", "last", -7}, {{}, "no time"}}};
}

Checked<Frame> read(Bytes image) {
  return next_frame(image, sample::first_point(), kSalt);
}

EventBatch decoded(const Frame& frame) {
  BodyDecoder decoder;
  auto batch = decoder.decode(frame.head.header, frame.body, frame.head.extension.present_offsets);
  return batch ? std::move(*batch) : EventBatch{};
}

/// What a reader meets in a frame.
std::vector<EventBatch> origins_in(const Frame& frame) {
  const EventBatch whole = decoded(frame);
  std::vector<EventBatch> batches;
  OriginWalk walk(frame.head);
  for (batches.push_back(walk.batch(whole)); !walk.is_last(); batches.push_back(walk.batch(whole))) walk.step();
  return batches;
}

/// All that an event is for a reader, its time as it reads and its place, of all events.
std::vector<std::string> told(const EventBatch& batch) {
  std::vector<std::string> lines;
  const std::vector<Event> events = sample::events_of(batch.columns);
  for (std::size_t i = 0; i < events.size(); ++i)
    lines.push_back(fmt::format("{}@{} {} {}/{} {}={} {}", batch.offset(i).value, batch.sequence.value,
                                batch.append_time, events[i].timestamp, batch.timestamp(i),
                                events[i].key.value_or("(none)"), events[i].value.value_or("(none)"),
                                events[i].headers.value_or("(none)")));
  return lines;
}

TEST(RepackedFrame, GivesEveryAppendBackAsItWas) {
  ChainPoint point = sample::first_point();
  const auto image = sample::repacked_frame(three_appends(), point);
  const auto frame = read(image);
  ASSERT_TRUE(frame) << fault_of(frame);
  const std::vector<EventBatch> batches = origins_in(*frame);
  ASSERT_EQ(batches.size(), 3u);
  const FrameHeader& header = frame->head.header;
  std::uint64_t offset = header.base_offset.value;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    EXPECT_EQ(sample::events_of(batches[i].columns), three_appends()[i]);
    EXPECT_EQ(batches[i].sequence.value, header.sequence.value + 2 * i);
    EXPECT_EQ(batches[i].append_time, header.append_time + 10 * static_cast<Micros>(i));
    EXPECT_EQ(batches[i].first_offset.value, offset);
    offset += three_appends()[i].size();
  }
  EXPECT_EQ(header.last_sequence.value, header.sequence.value + 4);
}

TEST(RepackedFrame, HasTheShapeOfColumnsThatASeparateFrameWouldHave) {
  ChainPoint point = sample::first_point();
  const auto image = sample::repacked_frame(three_appends(), point);
  const auto frame = read(image);
  const std::vector<EventBatch> batches = origins_in(*frame);
  EXPECT_TRUE(batches[1].columns.timestamps.empty());  // none has one
  EXPECT_TRUE(batches[1].columns.headers.offsets.empty());
  EXPECT_TRUE(batches[1].columns.keys.present.empty());  // all are there
  EXPECT_EQ(batches[2].columns.values.present.size(), 3u);
}

TEST(RepackedFrame, CountsAnEventWithoutTimestampByItsOwnAppend) {
  ChainPoint point = sample::first_point();
  const auto image = sample::repacked_frame({{{{}, "a"}}, {{{}, "b"}}}, point);
  const auto frame = read(image);
  const FrameHeader& header = frame->head.header;
  EXPECT_EQ(header.min_event_time, header.append_time);
  EXPECT_EQ(header.max_event_time, header.append_time + 10);
}

TEST(RepackedFrame, LeavesTheChainWhereItsLastAppendWouldHave) {
  ChainPoint point = sample::first_point();
  const ChainPoint begin = point;
  static_cast<void>(sample::repacked_frame(three_appends(), point));
  EXPECT_EQ(point.last_sequence, begin.last_sequence.plus(5));
  EXPECT_EQ(point.last_append_time, begin.last_append_time + 25);
  EXPECT_EQ(point.next_offset, begin.next_offset.plus(6));
}

TEST(RepackedFrame, IsLessThanItsAppends) {
  ChainPoint point = sample::first_point();
  ChainPoint apart = point;
  const Appends appends(100, {{"key", "value"}});
  static_cast<void>(sample::repacked_frame(appends, point));
  for (const auto& events : appends) static_cast<void>(sample::data_frame(events, apart));
  EXPECT_LT(7 * (point.position.value - kFirstFramePosition), apart.position.value - kFirstFramePosition);
  EXPECT_EQ(point.next_offset, apart.next_offset);
}

TEST(RepackedFrame, CountsItsBytesOnce) {
  ChainPoint point = sample::first_point();
  const Image image = sample::repacked_frame(three_appends(), point);
  const auto frame = read(image);
  std::uint64_t bytes = 0;
  for (const EventBatch& batch : origins_in(*frame)) bytes += batch.stored_bytes;
  EXPECT_EQ(bytes, image.size());
}

TEST(RepackedFrame, RefusesEveryInvertedByteAndEveryTruncation) {
  ChainPoint point = sample::first_point();
  const Image image = sample::repacked_frame(three_appends(), point);
  for (std::size_t i = 0; i < image.size(); ++i) {
    Image changed = image;
    changed[i] = ~changed[i];
    ASSERT_FALSE(read(changed)) << i;
    ASSERT_EQ(read(Bytes(image).first(i)).error().kind, FaultKind::cut) << i;
  }
}

/// What the reader says to a repacked frame with other origins, and another header.
std::string refusal(
    const std::function<void(std::vector<StoredOrigin>&)>& change,
    const std::function<void(FrameHeader&)>& change_header = [](FrameHeader&) {}) {
  ChainPoint point = sample::first_point();
  const Image image = sample::repacked_frame(three_appends(), point);
  const auto frame = read(image);
  std::vector<StoredOrigin> origins = frame->head.extension.origins;
  change(origins);
  Image area;
  put_origins_field(area, origins);
  FrameHeader header = frame->head.header;
  change_header(header);
  return fault_of(read(sample::with_parts(header, area, frame->body)));
}

TEST(RepackedFrame, RefusesOriginsThatAreNotItsEvents) {
  EXPECT_EQ(refusal([](auto&) {}), "");
  EXPECT_EQ(refusal([](auto& o) { o[1].event_count = o[1].offset_span = 0; }),
            "origin of 0 events that takes up 0 offsets");
  EXPECT_EQ(refusal([](auto& o) { o[1].event_count = o[1].offset_span = 2; }),
            "origins of 7 events on 7 offsets in a frame of 6 on 6");
  EXPECT_EQ(refusal([](auto& o) { o[1].offset_span = 2; }), "origins of 6 events on 7 offsets in a frame of 6 on 6");
  EXPECT_EQ(refusal([](auto& o) { o[1].event_count = 2; }), "origin of 2 events that takes up 1 offsets");
  EXPECT_EQ(refusal([](auto& o) { o.resize(1); }), "repacked frame of 1 appends");
  EXPECT_EQ(refusal([](auto& o) { o.clear(); }), "origins of 0 bytes, expected some of 24 each");
}

TEST(RepackedFrame, RefusesOriginsOutOfOrder) {
  EXPECT_EQ(refusal([](auto& o) { o[1].sequence = o[0].sequence; }),
            "origin 1 with sequence 42 and append time 1015 after 42 and 1005");
  EXPECT_EQ(refusal([](auto& o) { o[1].append_time = 1'004; }),
            "origin 1 with sequence 44 and append time 1004 after 42 and 1005");
  const std::string ends = "origins that do not begin and end as their frame does";
  EXPECT_EQ(refusal([](auto&) {}, [](auto& h) { h.last_sequence = h.last_sequence.plus(1); }), ends);
  EXPECT_EQ(refusal([](auto& o) { o[0].append_time -= 1; }), ends);
  EXPECT_EQ(refusal([](auto& o) { o[0].sequence = {41}; }), ends);
}

TEST(RepackedFrame, RefusesOriginsWhereTheyDoNotBelong) {
  EXPECT_EQ(refusal([](auto&) {}, [](auto& h) { h.flags = 0; }), "frame with origins that has no flag");
  EXPECT_EQ(refusal([](auto&) {}, [](auto& h) { h.flags = kFlagOrigins | kFlagGroupBegin; }),
            "frame that belongs to a commit but has no commit block");
  ChainPoint point = sample::first_point();
  const Image plain = sample::data_frame(sample::two_events(), point);
  const auto with = [&](const std::function<void(FrameHeader&)>& change) {
    return fault_of(read(sample::with_header(plain, change)));
  };
  EXPECT_EQ(with([](auto& h) { h.flags = kFlagOrigins; }), "repacked frame without its origins");
  EXPECT_EQ(with([](auto& h) { h.last_sequence = h.sequence.plus(1); }),
            "frame of one append with sequences from 42 to 43");
  const auto frame = read(plain);
  Image area;
  const CommitBlock block;
  put_commit_field(area, {&block, {99}, true, true});
  put_origins_field(area, std::vector<StoredOrigin>{{{42}, 1'005, 1, 1}, {{44}, 1'015, 1, 1}});
  FrameHeader header = frame->head.header;
  header.flags = kFlagOrigins;
  EXPECT_EQ(fault_of(read(sample::with_parts(header, area, frame->body))),
            "repacked frame that is a control frame, of a commit or of a producer");
}

TEST(RepackedFrame, RefusesMoreAppendsThanAFrameMayHave) {
  std::vector<StoredOrigin> origins;
  for (std::uint32_t i = 0; i <= kFrameOriginsMax; ++i) origins.push_back({{42 + i}, 1'005, 1, 1});
  EXPECT_EQ(refusal([&](auto& o) { o = origins; }), "repacked frame of 8193 appends");
}

TEST(RepackedFrame, IsFoundByItsLastAppendTimeInAFooter) {
  ChainPoint point = sample::first_point();
  const auto image = sample::repacked_frame(three_appends(), point);
  const auto frame = read(image);
  EXPECT_EQ(frame->head.last_append_time(), frame->head.header.append_time + 20);
  SegmentHeader header;
  header.salt = kSalt;
  header.base_offset = sample::first_point().next_offset;
  FooterBuilder builder(*decode_segment_header(encode_segment_header(header)));
  builder.add(frame->head);
  const FooterHeader footer = builder.finish().header;
  EXPECT_EQ(footer.first_append_time, frame->head.header.append_time);
  EXPECT_EQ(footer.last_append_time, frame->head.last_append_time());
  EXPECT_EQ(footer.first_sequence.value, 42u);
  EXPECT_EQ(footer.last_sequence.value, 46u);
}

Event random_event(std::mt19937_64& random) {
  const auto text = [&](std::uint64_t most) { return std::string(random() % most, static_cast<char>(random() % 256)); };
  Event event;
  if (random() % 3 != 0) event.key = text(20);
  if (random() % 5 != 0) event.value = text(random() % 40 == 0 ? 5'000 : 50);
  if (random() % 2 != 0) event.timestamp = static_cast<Micros>(random() % 100'000) - 50'000;
  if (random() % 4 == 0) event.headers = sample::header(text(8), text(8));
  return event;
}

TEST(RepackedFrame, OfRandomAppendsReadsAsTheirFrames) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    std::mt19937_64 random(seed);
    Appends appends(2 + random() % 9);
    for (auto& events : appends)
      for (std::uint64_t i = 1 + random() % (random() % 5 == 0 ? 300 : 4); i > 0; --i)
        events.push_back(random_event(random));
    ChainPoint point = sample::first_point();
    const Image image = sample::repacked_frame(appends, point);
    const auto frame = read(image);
    ASSERT_TRUE(frame) << fault_of(frame) << " seed " << seed;
    const std::vector<EventBatch> batches = origins_in(*frame);
    ASSERT_EQ(batches.size(), appends.size());
    EventTimes times;
    for (std::size_t i = 0; i < appends.size(); ++i) {
      ChainPoint apart = sample::first_point();
      apart.next_offset = batches[i].first_offset;
      apart.last_sequence = {batches[i].sequence.value - 1};
      apart.last_append_time = batches[i].append_time - 5;
      const ChainPoint before = apart;
      const Image separate = sample::data_frame(appends[i], apart);
      const auto one = next_frame(separate, before, kSalt);
      ASSERT_TRUE(one);
      ASSERT_EQ(told(batches[i]), told(decoded(*one))) << "seed " << seed;
      const FrameHeader& header = one->head.header;
      times.least = i == 0 ? header.min_event_time : std::min(times.least, header.min_event_time);
      times.greatest = std::max(times.greatest, header.max_event_time);
    }
    EXPECT_EQ(frame->head.header.min_event_time, times.least);
    EXPECT_EQ(frame->head.header.max_event_time, times.greatest);
  }
}

}  // namespace
}  // namespace kappa::log

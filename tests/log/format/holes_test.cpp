// Frames of which compaction has removed events: what is left keeps its offsets, and every contradiction is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "fmt/format.h"
#include "format/bitmap.hpp"
#include "format/footer.hpp"
#include "format/origins.hpp"
#include "sample.hpp"

namespace kappa::log {
namespace {

using sample::Event;
using sample::fault_of;
using sample::Image;
using sample::kSalt;
using sample::Remains;

Event named(std::string value) {
  return {"k", std::move(value)};
}

/// Offsets 7 to 14: of the first append the ends are left, of the second nothing, of the third the last.
Remains three_remains() {
  return {{named("a"), {}, named("c")}, {{}, {}}, {{}, {}, named("h")}};
}

Checked<Frame> read(Bytes image) {
  return next_frame(image, sample::first_point(), kSalt);
}

std::string told(const EventBatch& batch) {
  std::string line = fmt::format("{}..{} @{} {}:", batch.first_offset.value, batch.end_offset().value,
                                 batch.sequence.value, batch.append_time);
  for (std::size_t i = 0; i < batch.columns.count; ++i)
    line += fmt::format(" {}={}", batch.offset(i).value, as_text(batch.columns.values[i]));
  return line;
}

/// What a reader meets in a frame.
std::vector<std::string> origins_in(const Image& image) {
  const auto frame = read(image);
  if (!frame) return {fault_of(frame)};
  BodyDecoder decoder;
  const auto whole = decoder.decode(frame->head.header, frame->body, frame->head.extension.present_offsets);
  if (!whole) return {fault_of(whole)};
  std::vector<std::string> lines;
  for (OriginWalk walk(frame->head);; walk.step()) {
    lines.push_back(told(walk.batch(*whole)));
    if (walk.is_last()) return lines;
  }
}

Image compacted(const Remains& remains, const std::optional<ProducerMark>& producer = {}) {
  ChainPoint point = sample::first_point();
  return sample::compacted_frame(remains, point, producer);
}

TEST(CompactedFrame, KeepsTheOffsetsOfWhatIsLeft) {
  EXPECT_THAT(origins_in(compacted(three_remains())),
              testing::ElementsAre("7..10 @42 1005: 7=a 9=c", "10..12 @44 1015:", "12..15 @46 1025: 14=h"));
}

TEST(CompactedFrame, OfOneAppendHasNoOrigins) {
  const Image image = compacted({{{}, named("b"), {}}});
  EXPECT_THAT(origins_in(image), testing::ElementsAre("7..10 @42 1005: 8=b"));
  EXPECT_FALSE(read(image)->head.is_repacked());
}

TEST(CompactedFrame, OfWhichNothingIsLeftTakesUpItsOffsets) {
  const Image image = compacted({{{}, {}, {}}});
  EXPECT_THAT(origins_in(image), testing::ElementsAre("7..10 @42 1005:"));
  EXPECT_TRUE(read(image)->head.extension.present_offsets.empty());
  EXPECT_THAT(origins_in(compacted({{{}, {}}, {{}}})), testing::ElementsAre("7..9 @42 1005:", "9..10 @44 1015:"));
}

TEST(CompactedFrame, OfAProducerKeepsItsMark) {
  const Image image = compacted({{{}, named("b")}}, ProducerMark{9, 2, 77});
  EXPECT_THAT(origins_in(image), testing::ElementsAre("7..9 @42 1005: 8=b"));
  const FrameInfo info = frame_info(read(image)->head);
  EXPECT_EQ(info.producer->through, 2u);
  EXPECT_EQ(info.count, 1u);
  EXPECT_EQ(info.end_offset(), Offset{9});
}

TEST(CompactedFrame, LeavesTheChainBehindItsOffsets) {
  ChainPoint point = sample::first_point();
  static_cast<void>(sample::compacted_frame(three_remains(), point));
  EXPECT_EQ(point.next_offset, Offset{15});
  EXPECT_EQ(point.last_sequence, Sequence{46});
}

TEST(CompactedFrame, RefusesEveryInvertedByteAndEveryTruncation) {
  const Image image = compacted(three_remains());
  for (std::size_t i = 0; i < image.size(); ++i) {
    Image changed = image;
    changed[i] = ~changed[i];
    ASSERT_FALSE(read(changed)) << i;
    ASSERT_EQ(read(Bytes(image).first(i)).error().kind, FaultKind::cut) << i;
  }
}

/// What the reader says to the three remains with other fields, and another header.
struct Parts {
  FrameHeader header;
  std::vector<StoredOrigin> origins;
  Image present;
};
std::string refusal(const std::function<void(Parts&)>& change) {
  const Image image = compacted(three_remains());
  const auto frame = read(image);
  Parts parts{frame->head.header, frame->head.extension.origins, frame->head.extension.present_offsets};
  change(parts);
  Image area;
  if (!parts.origins.empty()) put_origins_field(area, parts.origins);
  if (!parts.present.empty()) put_present_offsets_field(area, parts.present);
  return fault_of(read(sample::with_parts(parts.header, area, frame->body)));
}

TEST(CompactedFrame, RefusesPresentOffsetsThatAreNotItsEvents) {
  EXPECT_EQ(refusal([](Parts&) {}), "");
  const std::string disagree = "flag and present offsets of a frame with holes disagree";
  EXPECT_EQ(refusal([](Parts& p) { p.header.flags = kFlagOrigins; }), disagree);
  EXPECT_EQ(refusal([](Parts& p) { p.present.clear(); }), disagree);
  EXPECT_EQ(refusal([](Parts& p) { p.present.clear(), p.header.flags = kFlagOrigins; }),
            "frame of 3 events on 8 offsets without present offsets");
  EXPECT_EQ(refusal([](Parts& p) { p.present.emplace_back(); }),
            "2 bytes with 3 present offsets in a frame of 3 events on 8 offsets");
  EXPECT_EQ(refusal([](Parts& p) { set_bit(p.present, 3); }),
            "1 bytes with 4 present offsets in a frame of 3 events on 8 offsets");
  EXPECT_EQ(refusal([](Parts& p) { p.present[0] = std::byte{0x81}; }),
            "1 bytes with 2 present offsets in a frame of 3 events on 8 offsets");
}

TEST(CompactedFrame, RefusesAnEventBehindItsLastOffset) {
  const auto behind = [](Parts& p) {
    p.origins[2].offset_span = 2;
    p.header.offset_span = 7;
  };
  EXPECT_EQ(refusal(behind), "1 bytes with 3 present offsets in a frame of 3 events on 7 offsets");
}

TEST(CompactedFrame, RefusesOriginsThatAreNotItsPresentOffsets) {
  EXPECT_EQ(refusal([](Parts& p) { p.present[0] = std::byte{0x89}; }), "origin of 2 events with 1 present offsets");
  EXPECT_EQ(refusal([](Parts& p) { p.origins[0].event_count = 4; }), "origin of 4 events that takes up 3 offsets");
  EXPECT_EQ(refusal([](Parts& p) { p.origins[1].offset_span = 0; }), "origin of 0 events that takes up 0 offsets");
  EXPECT_EQ(refusal([](Parts& p) { p.origins[2].offset_span = 4; }),
            "origins of 3 events on 9 offsets in a frame of 3 on 8");
  EXPECT_EQ(refusal([](Parts& p) { p.origins[2].offset_span = 0xFFFF'FFFF; }),
            "origins of 3 events on 4294967300 offsets in a frame of 3 on 8");
}

TEST(CompactedFrame, RefusesMoreEventsThanOffsets) {
  EXPECT_EQ(refusal([](Parts& p) { p.header.offset_span = 2; }), "frame of 3 events that takes up 2 offsets");
}

TEST(CompactedFrame, RefusesPresentOffsetsThatSayNothing) {
  const auto with = [](const Remains& remains, std::byte present) {
    const Image image = compacted(remains);
    const auto frame = read(image);
    Image area;
    put_present_offsets_field(area, std::span(&present, 1));
    FrameHeader header = frame->head.header;
    header.flags |= kFlagHoles;
    return fault_of(read(sample::with_parts(header, area, frame->body)));
  };
  EXPECT_EQ(with({{named("a"), named("b")}}, std::byte{3}), "frame of 2 events on 2 offsets with present offsets");
  EXPECT_EQ(with({{{}, {}}}, std::byte{0}), "frame of 0 events on 2 offsets with present offsets");
  Image empty;
  put_present_offsets_field(empty, {});
  EXPECT_EQ(fault_of(decode_extension(empty, 0)), "present offsets of 0 bytes");
}

TEST(CompactedFrame, RefusesHolesWhereTheyDoNotBelong) {
  ChainPoint point = sample::first_point();
  const CommitBlock block;
  const Image commit = sample::data_frame({named("a")}, point, CompressionLevel::fast, CommitFrame{&block, {9}});
  EXPECT_EQ(fault_of(read(sample::with_header(commit, [](auto& h) { h.offset_span = 2; }))),
            "frame of 1 events that takes up 2 offsets");
  point = sample::first_point();
  const Image control = sample::owner_epoch_frame(4, point);
  EXPECT_EQ(fault_of(read(sample::with_header(control, [](auto& h) { h.offset_span = 2; }))),
            "frame of 0 events that takes up 2 offsets");
  const Image producer = compacted({{{}, named("b")}}, ProducerMark{9, 1, 77});
  EXPECT_EQ(fault_of(read(producer)), "frame on 2 offsets with a producer's mark through 1");
}

TEST(CompactedFrame, CountsWhatIsLeftInAFooter) {
  const Image image = compacted(three_remains());
  SegmentHeader header;
  header.salt = kSalt;
  header.base_offset = sample::first_point().next_offset;
  FooterBuilder builder(*decode_segment_header(encode_segment_header(header)));
  builder.add(read(image)->head);
  const FooterHeader footer = builder.finish().header;
  EXPECT_EQ(footer.event_count, 3u);
  EXPECT_EQ(footer.end_offset, Offset{15});
  EXPECT_EQ(footer.last_sequence, Sequence{46});
}

TEST(CompactedFrame, OfRandomRemainsReadsAsWhatIsLeft) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    std::mt19937_64 random(seed);
    Remains remains(1 + random() % 9);
    std::vector<std::string> expected;
    std::uint64_t offset = 7;
    for (std::size_t i = 0; i < remains.size(); ++i) {
      const std::uint64_t size = 1 + random() % (random() % 5 == 0 ? 300 : 4);
      std::string line = fmt::format("{}..{} @{} {}:", offset, offset + size, 42 + 2 * i, 1'005 + 10 * i);
      const std::uint64_t kept = random() % 5;
      for (std::uint64_t event = 0; event < size; ++event, ++offset) {
        remains[i].emplace_back();
        if (random() % 4 >= kept) continue;
        remains[i].back() = named(std::to_string(random() % 100));
        line += fmt::format(" {}={}", offset, *remains[i].back()->value);
      }
      expected.push_back(line);
    }
    ASSERT_EQ(origins_in(compacted(remains)), expected) << "seed " << seed;
  }
}

}  // namespace
}  // namespace kappa::log

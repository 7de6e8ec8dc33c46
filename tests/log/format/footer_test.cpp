#include "format/footer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format/hash.hpp"
#include "sample.hpp"

namespace kappa::log {
namespace {

using sample::fault_of;
using sample::Image;

/// The footer of a segment of frames with values of these sizes.
Footer footer_of(const std::vector<std::size_t>& sizes) {
  SegmentHeader header;
  header.salt = sample::kSalt;
  header.base_offset = {7};
  FooterBuilder builder(*decode_segment_header(encode_segment_header(header)));
  for (const std::size_t size : sizes) {
    ChainPoint point = builder.point();
    const Image frame =
        sample::data_frame({{{}, std::string(size, 'v'), static_cast<Micros>(size)}}, point, CompressionLevel::stored);
    builder.add(*next_head(frame, builder.point(), sample::kSalt));
  }
  return builder.finish();
}

Checked<Footer> decode(const Image& bytes, const Footer& footer) {
  return decode_footer(bytes, footer.header.end, sample::kSalt);
}

/// What the decoder says to a footer that was written so.
template <typename Change>
std::string refusal(Change change) {
  Footer footer = footer_of({40'000, 40'000, 40'000});
  const Position end = footer.header.end;
  change(footer);
  return fault_of(decode_footer(encode_footer(footer), end, sample::kSalt));
}

TEST(Footer, SumsUpTheFrames) {
  const FooterHeader header = footer_of({10, 30, 20}).header;
  EXPECT_EQ(header.frame_count, 3u);
  EXPECT_EQ(header.event_count, 3u);
  EXPECT_EQ(header.base_offset.value, 7u);
  EXPECT_EQ(header.end_offset.value, 10u);
  EXPECT_EQ(header.min_event_time, 10);
  EXPECT_EQ(header.max_event_time, 30);
  EXPECT_EQ(header.first_sequence.value, 1u);
  EXPECT_EQ(header.last_sequence.value, 3u);
  EXPECT_EQ(header.first_append_time, 5);
  EXPECT_EQ(header.last_append_time, 15);
}

TEST(Footer, HasAnEntryForEvery64KiB) {
  const Footer footer = footer_of({40'000, 40'000, 40'000, 40'000});
  ASSERT_EQ(footer.index.size(), 3u);
  EXPECT_EQ(footer.index[0].position.value, kFirstFramePosition);
  EXPECT_GE(footer.index[1].position.value, kIndexEveryBytes);
  EXPECT_GE(footer.index[2].position.value, 2 * kIndexEveryBytes);
  EXPECT_EQ(footer.index[1].base_offset.value, 9u);
}

TEST(Footer, ComesBack) {
  const Footer footer = footer_of({40'000, 40'000});
  const Image bytes = encode_footer(footer);
  const auto decoded = decode(bytes, footer);
  ASSERT_TRUE(decoded) << fault_of(decoded);
  EXPECT_EQ(encode_footer(*decoded), bytes);
}

TEST(Footer, OfASegmentWithoutFramesComesBack) {
  const Footer footer = footer_of({});
  EXPECT_EQ(footer.header.end.value, kFirstFramePosition);
  EXPECT_TRUE(decode(encode_footer(footer), footer));
}

TEST(Footer, OfAReplacedSegmentSaysWhereTheOriginalEnded) {
  Footer footer = footer_of({10, 20});
  EXPECT_FALSE(is_replaced(footer.header));
  footer.header.original_end.value += 800;
  EXPECT_TRUE(is_replaced(footer.header));
  footer.header.original_end = footer.header.end;
  footer.header.original_chain += 1;
  EXPECT_TRUE(is_replaced(footer.header));
  const auto decoded = decode(encode_footer(footer), footer);
  ASSERT_TRUE(decoded) << fault_of(decoded);
  EXPECT_EQ(decoded->header.original_chain, footer.header.chain + 1);
}

TEST(Footer, IsFoundFromTheEndOfTheFile) {
  const Footer footer = footer_of({10});
  const Image bytes = encode_footer(footer);
  const std::uint64_t file_bytes = footer.header.end.value + bytes.size();
  const Bytes tail = Bytes(bytes).last(kFooterTailBytes);
  EXPECT_EQ(decode_footer_tail(tail, file_bytes).value(), bytes.size());
  EXPECT_EQ(fault_of(decode_footer_tail(tail, kFirstFramePosition + 100)), "footer of 208 bytes in a file of 12388");
  EXPECT_EQ(decode_footer_tail(tail.first(15), file_bytes).error().kind, FaultKind::cut);
  EXPECT_EQ(fault_of(decode_footer_tail(Image(16), file_bytes)), "no footer at the end of the segment");
}

TEST(Footer, IsRefusedWithAnyByteInvertedOrMissing) {
  const Footer footer = footer_of({10, 20});
  const Image bytes = encode_footer(footer);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Image changed = bytes;
    changed[i] = ~changed[i];
    ASSERT_FALSE(decode(changed, footer)) << i;
    changed = bytes;
    changed.resize(i);
    ASSERT_FALSE(decode(changed, footer)) << i;
  }
}

TEST(Footer, IsRefusedWhereItDoesNotBelong) {
  EXPECT_THAT(refusal([](auto& f) { f.header.salt = 1; }), testing::StartsWith("footer of another segment"));
  EXPECT_THAT(refusal([](auto& f) { f.header.end.value += 8; }), testing::StartsWith("footer that belongs at byte"));
  EXPECT_THAT(refusal([](auto& f) { f.header.magic = 1; }), testing::StartsWith("no footer"));
  EXPECT_EQ(refusal([](auto& f) { f.header.index_count = 1; }), "footer of 248 bytes, expected 208");
}

TEST(Footer, OfALaterVersionIsRefusedByName) {
  EXPECT_EQ(refusal([](auto& f) { f.header.version = 2; }), "footer of version 2");
}

TEST(Footer, WithAnIndexOutOfOrderIsRefused) {
  EXPECT_EQ(refusal([](auto& f) { std::swap(f.index[0], f.index[1]); }),
            "footer whose index names position 12288 out of order");
  EXPECT_EQ(refusal([](auto& f) { f.index[0].position = {0}; }), "footer whose index names position 0 out of order");
  EXPECT_EQ(refusal([](auto& f) { f.index[1].position = f.header.end; }),
            "footer whose index names position 133032 out of order");
}

}  // namespace
}  // namespace kappa::log

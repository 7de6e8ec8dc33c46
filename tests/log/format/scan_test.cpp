#include "format/scan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample.hpp"

namespace kappa::log {
namespace {

using sample::fault_of;
using sample::Image;
using sample::kSalt;

/// Three frames one behind the other, and the places between them.
class Chain : public testing::Test {
 protected:
  Chain() {
    ChainPoint point = points_.front();
    for (const char* value : {"one", "two", "three"}) {
      const Image frame = sample::data_frame({{{}, value}}, point);
      image_.insert(image_.end(), frame.begin(), frame.end());
      points_.push_back(point);
    }
  }
  /// How many frames a scan of the bytes finds before the first fault.
  static std::size_t frames_in(Bytes image) {
    ChainPoint point = sample::first_point();
    std::size_t frames = 0;
    for (;;) {
      const auto frame = next_frame(image.subspan(point.position.value - kFirstFramePosition), point, kSalt);
      if (!frame) return frames;
      point = after(point, frame->head);
      ++frames;
    }
  }
  [[nodiscard]] std::size_t end_of(std::size_t frame) const {
    return points_[frame + 1].position.value - kFirstFramePosition;
  }

  std::vector<ChainPoint> points_{sample::first_point()};
  Image image_;
};

TEST_F(Chain, IsWalkedToItsEnd) {
  image_.resize(image_.size() + 4096);
  EXPECT_EQ(frames_in(image_), 3u);
  EXPECT_EQ(points_.back().next_offset.value, 10u);
  EXPECT_EQ(points_.back().last_sequence.value, 44u);
}

TEST_F(Chain, EndsBeforeAnyInvertedByte) {
  for (std::size_t i = 0; i < image_.size(); ++i) {
    Image changed = image_;
    changed[i] = ~changed[i];
    ASSERT_EQ(frames_in(changed), i < end_of(0) ? 0u : i < end_of(1) ? 1u : 2u) << i;
  }
}

TEST_F(Chain, EndsBeforeAnyTruncation) {
  for (std::size_t bytes = 0; bytes < image_.size(); ++bytes)
    ASSERT_EQ(frames_in(Bytes(image_).first(bytes)), bytes < end_of(0) ? 0u : bytes < end_of(1) ? 1u : 2u) << bytes;
}

TEST_F(Chain, RefusesAFrameThatDoesNotFollow) {
  const auto fault = [&](auto change) {
    ChainPoint point = points_.front();
    change(point);
    return fault_of(next_head(image_, point, kSalt));
  };
  EXPECT_EQ(fault([](auto& p) { p.chain = 1; }), "frame that follows 000000000000c4a1, expected 0000000000000001");
  EXPECT_EQ(fault([](auto& p) { p.next_offset = {8}; }), "frame with offset 7, expected 8");
  EXPECT_EQ(fault([](auto& p) { p.last_sequence = {42}; }), "frame with sequence 42 after 42");
  EXPECT_EQ(fault([](auto& p) { p.last_append_time = 1'006; }), "frame with append time 1005 after 1006");
}

TEST_F(Chain, AnEventThatHoldsAFrameIsNoFrame) {
  // Whole sectors of an event's bytes may land where a frame is expected; salt and position tell them apart.
  ChainPoint point = sample::first_point();
  const Image outer = sample::data_frame({{{}, std::string(as_text(image_))}}, point, CompressionLevel::stored);
  for (std::size_t at = 8; at + kFrameHeaderBytes <= outer.size(); at += 8)
    ASSERT_FALSE(read_head(Bytes(outer).subspan(at), {kFirstFramePosition + at}, kSalt)) << at;
}

TEST_F(Chain, EvidenceIsFoundBehindABadFrame) {
  // One without its magic, and one of which the header is damaged elsewhere.
  for (const std::size_t byte : {0U, 100U}) {
    Image image = image_;
    image[end_of(0) + byte] ^= std::byte{0xff};
    EXPECT_EQ(find_traces(image, {kFirstFramePosition}, kSalt).durable, points_[2].position) << byte;
  }
}

TEST_F(Chain, EvidenceOfAnotherSegmentOrPlaceIsNone) {
  EXPECT_EQ(find_traces(image_, {kFirstFramePosition}, kSalt + 1).durable, Position{0});
  EXPECT_EQ(find_traces(image_, {kFirstFramePosition + 8}, kSalt).durable, Position{0});
  EXPECT_EQ(find_traces(Image(4096), {kFirstFramePosition}, kSalt).durable, Position{0});
}

TEST(Fault, OfDamageIsCorruption) {
  const Error error = fault_error({FaultKind::damaged, 4096, 0, "no frame"}, "x.seg");
  EXPECT_EQ(error.code, Errc::corruption);
  EXPECT_EQ(error.message, "x.seg: no frame at byte 4096");
}

TEST(Fault, OfANewerVersionIsAConflictWithAHint) {
  const Error error = fault_error({FaultKind::unsupported, 8, 0, "encrypted frame"}, "x.seg");
  EXPECT_EQ(error.code, Errc::conflict);
  EXPECT_EQ(error.message, "x.seg: encrypted frame at byte 8: not supported by this version");
  EXPECT_THAT(error.hint, testing::HasSubstr("newer"));
}

}  // namespace
}  // namespace kappa::log

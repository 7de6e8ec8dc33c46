// A gap takes the bytes of what is lost, whatever they were, and the chain leads over it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format/hash.hpp"
#include "format/scan.hpp"

namespace kappa::log {
namespace {

constexpr std::uint64_t kSalt = 0x5A17;

/// Lost: `frames` frames of together `bytes` bytes with two events each.
GapPlace lost(std::uint64_t bytes, std::uint64_t frames = 1) {
  GapPlace place;
  place.from = {{20'000}, 0x1111, {100}, {7}, 1'000, 3, {40}};
  place.to = {{20'000 + bytes}, 0x2222, {100 + 2 * frames}, {7 + frames}, 2'000, 3, {40}};
  return place;
}

/// What a reader finds in the place of a gap, and where it then stands.
ChainPoint walk(const GapPlace& place, const std::vector<GapFrame>& frames) {
  std::vector<std::byte> bytes(place.to.position.value - place.from.position.value);
  for (const GapFrame& frame : frames)
    std::ranges::copy(frame.head,
                      bytes.begin() + static_cast<std::ptrdiff_t>(frame.position.value - place.from.position.value));
  ChainPoint at = place.from;
  while (at.position < place.to.position) {
    const auto frame = next_frame(Bytes(bytes).subspan(at.position.value - place.from.position.value), at, kSalt);
    EXPECT_TRUE(frame) << frame.error().what;
    if (!frame) return at;
    EXPECT_EQ(frame->head.header.kind, FrameKind::gap);
    EXPECT_EQ(frame->head.header.event_count, 0u);
    at = after(at, frame->head);
  }
  return at;
}

TEST(GapFrame, FitsIntoTheSmallestFrame) {
  for (const std::uint64_t bytes : {192u, 200u, 208u, 1'000u}) {
    const GapPlace place = lost(bytes);
    const auto frames = encode_gap(place, kSalt, 5);
    ASSERT_EQ(frames.size(), 1u) << bytes;
    EXPECT_EQ(walk(place, frames), place.to);
  }
}

TEST(GapFrame, TellsOfAnotherOwnerAndLogStart) {
  GapPlace place = lost(208);
  place.to.owner_epoch = 9;
  EXPECT_EQ(walk(place, encode_gap(place, kSalt, 5)), place.to);
  place = lost(208);
  place.to.log_start = {90};
  EXPECT_EQ(walk(place, encode_gap(place, kSalt, 5)), place.to);
  place = lost(400, 2);
  place.to.owner_epoch = 9;
  place.to.log_start = {90};
  EXPECT_EQ(walk(place, encode_gap(place, kSalt, 5)), place.to);
}

TEST(GapFrame, IsSeveralWhereOneCannotHoldIt) {
  // The longest frame there is fits into one; of more, there is one for each at the most.
  const std::uint64_t longest = kFrameHeaderBytes + kExtensionBytesMax + kFrameRawBytesMax + kSectionTableBytesMax + 4;
  EXPECT_EQ(encode_gap(lost(longest), kSalt, 5).size(), 1u);
  const std::uint64_t most = kFrameHeaderBytes + std::uint64_t{kGapRawBytesMax};
  for (const std::uint64_t bytes : {most + 8, most + 200, 2 * most, 3 * most}) {
    const GapPlace place = lost(bytes, 5);
    const auto frames = encode_gap(place, kSalt, 5);
    EXPECT_GE(frames.size(), 2u) << bytes;
    EXPECT_EQ(walk(place, frames), place.to) << bytes;
  }
}

TEST(GapFrame, WithNothingKnownBehindIsTheChainItself) {
  GapPlace place = lost(304);
  place.to.chain = 0;
  const ChainPoint end = walk(place, encode_gap(place, kSalt, 5));
  EXPECT_NE(end.chain, 0u);
  EXPECT_EQ(end.next_offset, place.to.next_offset);
}

TEST(GapFrame, IsNotMadeWhereNothingCanHaveStood) {
  EXPECT_TRUE(encode_gap(lost(184), kSalt, 5).empty()) << "no room for a header";
  EXPECT_TRUE(encode_gap(lost(304, 0), kSalt, 5).empty()) << "no sequence";
  GapPlace place = lost(304);
  place.to.last_append_time = 999;
  EXPECT_TRUE(encode_gap(place, kSalt, 5).empty()) << "time goes back";
  place = lost(304);
  place.to.next_offset = {99};
  EXPECT_TRUE(encode_gap(place, kSalt, 5).empty()) << "offsets go back";
  place = lost(200);
  place.to.owner_epoch = 9;
  EXPECT_TRUE(encode_gap(place, kSalt, 5).empty()) << "no room for the owner's epoch";
  EXPECT_TRUE(encode_gap(lost(2 * (kFrameHeaderBytes + std::uint64_t{kGapRawBytesMax}), 1), kSalt, 5).empty())
      << "longer than the frame can have been";
}

/// Fault of a gap with one thing changed, or "" for none.
template <typename Change>
std::string refusal(Change change) {
  std::vector<std::byte> head = encode_gap(lost(304), kSalt, 5).at(0).head;
  auto header = load<FrameHeader>(head.data());
  change(header);
  header.header_hash = 0;
  store(head.data(), header);
  header.header_hash = hash_of(head);
  store(head.data(), header);
  const auto read = read_head(head, {20'000}, kSalt);
  return read ? "" : read.error().what;
}

TEST(GapFrame, IsRefusedWhereItContradictsItself) {
  EXPECT_EQ(refusal([](FrameHeader&) {}), "");
  EXPECT_EQ(refusal([](FrameHeader& h) { h.last_sequence = {3}; }), "gap from sequence 8 back to 3");
  EXPECT_EQ(refusal([](FrameHeader& h) { h.event_count = 1; }), "control frame with events or a commit");
  EXPECT_NE(refusal([](FrameHeader& h) { h.stored_length = h.raw_length = kGapRawBytesMax + 1; }), "");
  EXPECT_NE(refusal([](FrameHeader& h) { h.layout = BodyLayout::sections; }), "");
  EXPECT_THAT(refusal([](FrameHeader& h) { h.kind = FrameKind::padding; }), testing::HasSubstr("that takes up"));
  EXPECT_NE(refusal([](FrameHeader& h) { h.flags = kFlagHoles; }), "");
}

}  // namespace
}  // namespace kappa::log

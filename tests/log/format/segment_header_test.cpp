#include "format/segment_header.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format/hash.hpp"
#include "sample.hpp"

namespace kappa::log {
namespace {

using sample::fault_of;
using sample::kSalt;

SegmentHeader sample_header() {
  SegmentHeader header;
  header.partition = 3;
  header.topic = {{1, 2}};
  header.directory = {{3, 4}};
  header.base_offset = {700};
  header.log_start = {600};
  header.previous_salt = 9;
  header.previous_end = {20'480};
  header.previous_last_sequence = {50};
  header.previous_last_append_time = 60;
  header.salt = kSalt;
  header.owner_epoch = 2;
  return header;
}

/// What the decoder says to a header that was written so.
template <typename Change>
std::string refusal(Change change) {
  SegmentHeader header = sample_header();
  change(header);
  return fault_of(decode_segment_header(encode_segment_header(header)));
}

TEST(SegmentHeader, ComesBackAndBeginsTheChain) {
  const auto start = decode_segment_header(encode_segment_header(sample_header()));
  ASSERT_TRUE(start) << fault_of(start);
  EXPECT_EQ(start->header.topic, sample_header().topic);
  EXPECT_EQ(start->header.partition, 3u);
  EXPECT_EQ(start->chain(), (ChainPoint{{kFirstFramePosition}, start->hash, {700}, {50}, 60, 2, {600}}));
}

TEST(SegmentHeader, IsRefusedWithAnyByteInverted) {
  const Block block = encode_segment_header(sample_header());
  for (std::size_t i = 0; i < block.size(); ++i) {
    Block changed = block;
    changed[i] = ~changed[i];
    ASSERT_FALSE(decode_segment_header(changed)) << i;
  }
}

TEST(SegmentHeader, IsRefusedAtAnyShorterLength) {
  const Block block = encode_segment_header(sample_header());
  for (std::size_t bytes = 0; bytes < block.size(); ++bytes)
    ASSERT_EQ(decode_segment_header(Bytes(block).first(bytes)).error().kind, FaultKind::cut);
}

TEST(SegmentHeader, OfALaterVersionIsRefusedByName) {
  EXPECT_EQ(refusal([](auto& h) { h.version = 2; }), "segment of version 2");
  EXPECT_EQ(refusal([](auto& h) { h.features.incompatible = 4; }), "incompatible features 0x4");
  EXPECT_EQ(refusal([](auto& h) { h.features.compatible = 4; }), "");
  EXPECT_EQ(refusal([](auto& h) { h.producer_count = 1; }), "segment with a producer snapshot");
  EXPECT_EQ(refusal([](auto& h) { h.zero = 1; }), "segment header with reserved bytes in use");
  Block block = encode_segment_header(sample_header());
  block[kSegmentHeaderBytes] = std::byte{1};
  store(block.data() + kSegmentHeaderHashPosition, hash_of(Bytes(block).first(kSegmentHeaderHashPosition)));
  EXPECT_EQ(fault_of(decode_segment_header(block)), "segment header with reserved bytes in use");
}

TEST(SegmentHeader, TellsZerosFromDamage) {
  EXPECT_EQ(decode_segment_header(Block{}).error().kind, FaultKind::zeros);
  EXPECT_EQ(refusal([](auto& h) { h.salt = 0; }), "segment header without a salt");
  EXPECT_EQ(refusal([](auto& h) { h.log_start = {701}; }),
            "segment from offset 700 on with a log start behind it, at 701");
  for (const std::uint64_t end : {kFirstFramePosition - 8, kFirstFramePosition + 4, kSegmentBytesMax})
    EXPECT_EQ(refusal([&](auto& h) { h.previous_end = {end}; }),
              fmt::format("segment after one that ends at position {}, where no frame can", end));
  EXPECT_EQ(refusal([](auto& h) { h.previous_end = {kFirstFramePosition}; }), "");
  EXPECT_EQ(refusal([](auto& h) { h.previous_end = {kSegmentBytesMax - 8}; }), "");
  EXPECT_EQ(refusal([](auto& h) { h.magic = 1; }), "no segment (magic 0000000000000001, expected 474553415050414b)");
}

Mark sample_mark(std::uint64_t generation) {
  return {generation, {{16'384}, 0xC0FFEE, {12}, {34}, 56, 7, {8}}};
}

TEST(Mark, ComesBack) {
  const auto mark = decode_mark(encode_mark(sample_mark(2), kSalt), mark_position(2), kSalt);
  ASSERT_TRUE(mark) << fault_of(mark);
  EXPECT_EQ(mark->generation, 2u);
  EXPECT_EQ(mark->point, sample_mark(2).point);
}

TEST(Mark, IsRefusedWithAnyByteInvertedOrMissing) {
  const MarkBytes bytes = encode_mark(sample_mark(2), kSalt);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    MarkBytes changed = bytes;
    changed[i] = ~changed[i];
    ASSERT_FALSE(decode_mark(changed, mark_position(2), kSalt)) << i;
    ASSERT_FALSE(decode_mark(Bytes(bytes).first(i), mark_position(2), kSalt)) << i;
  }
}

TEST(Mark, IsRefusedWhereItDoesNotBelong) {
  const auto fault = [](const Mark& mark, Position slot, std::uint64_t salt) {
    return fault_of(decode_mark(encode_mark(mark, kSalt), slot, salt));
  };
  Mark odd = sample_mark(2);
  odd.point.position = {16'385};
  EXPECT_EQ(fault(sample_mark(2), {kMarkPositionA}, kSalt), "mark of generation 2 in the other's slot");
  EXPECT_EQ(fault(sample_mark(0), mark_position(0), kSalt), "mark of generation 0 in the other's slot");
  EXPECT_EQ(fault(sample_mark(2), mark_position(2), 1),
            "mark of another segment (salt 0000000000005a17, expected 0000000000000001)");
  EXPECT_EQ(fault(odd, mark_position(2), kSalt), "mark of position 16385, where no frame can begin");
}

TEST(Mark, OfALaterVersionIsRefusedByName) {
  MarkBytes bytes = encode_mark(sample_mark(2), kSalt);
  store(bytes.data() + offsetof(StoredMark, zero), std::uint32_t{1});
  store(bytes.data() + offsetof(StoredMark, hash), hash_of(Bytes(bytes).first(offsetof(StoredMark, hash))));
  EXPECT_EQ(fault_of(decode_mark(bytes, mark_position(2), kSalt)), "mark with reserved bytes in use");
}

TEST(Mark, TheNewestValidOneCounts) {
  std::vector<std::byte> file(kFirstFramePosition);
  EXPECT_FALSE(newest_mark(file, kSalt));
  EXPECT_EQ(decode_mark(file, {kMarkPositionA}, kSalt).error().kind, FaultKind::zeros);
  store(file.data() + kMarkPositionA, encode_mark(sample_mark(3), kSalt));
  store(file.data() + kMarkPositionB, encode_mark(sample_mark(4), kSalt));
  EXPECT_EQ(newest_mark(file, kSalt)->generation, 4u);
  file[kMarkPositionB + 30] ^= std::byte{1};
  EXPECT_EQ(newest_mark(file, kSalt)->generation, 3u);
}

constexpr DirectoryId kId{{0xAB, 0xCD}};

TEST(DirectoryFile, ComesBack) {
  const auto file = decode_directory_file(encode_directory_file(kId, {1, 2, 3}));
  ASSERT_TRUE(file) << fault_of(file);
  EXPECT_EQ(file->id, kId);
  EXPECT_EQ(file->features, (Features{1, 2, 3}));
}

TEST(DirectoryFile, IsRefusedWithAnyByteInvertedOrMissingOrAdded) {
  const auto bytes = encode_directory_file(kId, {});
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto changed = bytes;
    changed[i] = ~changed[i];
    ASSERT_FALSE(decode_directory_file(changed)) << i;
    ASSERT_FALSE(decode_directory_file(Bytes(bytes).first(i))) << i;
  }
  std::vector<std::byte> longer(bytes.begin(), bytes.end());
  longer.push_back(std::byte{0});
  EXPECT_EQ(fault_of(decode_directory_file(longer)), "file of 65 bytes, expected 64");
}

TEST(DirectoryFile, OfALaterVersionIsRefusedByName) {
  const auto fault = [](std::size_t offset) {
    auto bytes = encode_directory_file(kId, {});
    store(bytes.data() + offset, std::uint32_t{9});
    store(bytes.data() + offsetof(DirectoryFile, hash), hash_of(Bytes(bytes).first(offsetof(DirectoryFile, hash))));
    return fault_of(decode_directory_file(bytes));
  };
  EXPECT_EQ(fault(offsetof(DirectoryFile, version)), "directory of format 9");
  EXPECT_EQ(fault(offsetof(DirectoryFile, zero)), "directory with reserved bytes in use");
}

TEST(Features, UnknownOnesRefuseWhatTheyMust) {
  EXPECT_TRUE(check_features({}, Access::read_write));
  EXPECT_TRUE(check_features({0, 0, 8}, Access::read_write));
  EXPECT_TRUE(check_features({0, 8, 0}, Access::read_only));
  EXPECT_EQ(fault_of(check_features({0, 8, 0}, Access::read_write)), "writing with read-only-compatible features 0x8");
  EXPECT_EQ(fault_of(check_features({8, 0, 0}, Access::read_only)), "incompatible features 0x8");
}

}  // namespace
}  // namespace kappa::log

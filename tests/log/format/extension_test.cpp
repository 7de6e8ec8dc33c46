#include "format/extension.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample.hpp"

namespace kappa::log {
namespace {

using sample::fault_of;
using sample::Image;

CommitBlock block_of_two_inputs() {
  CommitBlock block;
  block.version = 4;
  block.epoch = 5;
  block.from = {17};
  block.fingerprint = {-3, 111, 222};
  block.inputs = {{{{1, 2}}, 0, {10}}, {{{3, 4}}, 7, {20}}};
  return block;
}

/// An extension area of one field.
Image field(std::uint16_t type, std::uint16_t flags, std::string_view payload) {
  const FieldHeader header{type, flags, static_cast<std::uint32_t>(payload.size())};
  Image area((sizeof header + payload.size() + 7) / 8 * 8);
  store(area.data(), header);
  std::memcpy(area.data() + sizeof header, payload.data(), payload.size());
  return area;
}

/// The area of a commit field, changed.
template <typename Change>
Image commit_area(Change change) {
  Image area;
  const CommitBlock block = block_of_two_inputs();
  put_commit_field(area, {&block, {99}, true, true});
  auto stored = load<StoredCommitBlock>(area.data() + sizeof(FieldHeader));
  change(stored);
  store(area.data() + sizeof(FieldHeader), stored);
  return area;
}

TEST(Extension, OfACommitComesBackThroughAFrame) {
  const CommitBlock block = block_of_two_inputs();
  ChainPoint point = sample::first_point();
  const Image image = sample::data_frame({}, point, CompressionLevel::fast, CommitFrame{&block, {99}, true, true});
  const auto frame = next_frame(image, sample::first_point(), sample::kSalt);
  ASSERT_TRUE(frame) << fault_of(frame);
  const FrameInfo info = frame_info(frame->head);
  EXPECT_TRUE(info.group_begin && info.group_end);
  EXPECT_EQ(info.through.value, 99u);
  EXPECT_EQ(info.count, 0u);
  ASSERT_TRUE(info.commit);
  EXPECT_EQ(info.commit->inputs, block.inputs);
  EXPECT_EQ(info.commit->fingerprint, block.fingerprint);
  EXPECT_EQ(info.commit->version, 4u);
  EXPECT_EQ(info.commit->epoch, 5u);
  EXPECT_EQ(info.commit->from.value, 17u);
}

TEST(Extension, OfAFrameThatDoesNotEndItsCommitLeavesOutFingerprintAndInputs) {
  Image area;
  const CommitBlock block = block_of_two_inputs();
  put_commit_field(area, {&block, {99}, true, false});
  const auto extension = decode_extension(area, 0);
  ASSERT_TRUE(extension && extension->commit);
  EXPECT_TRUE(extension->commit->inputs.empty());
  EXPECT_EQ(extension->commit->fingerprint, StoredFingerprint{});
}

TEST(Extension, KeepsAProgressCommit) {
  const auto extension = decode_extension(commit_area([](auto& c) { c.kind = 2; }), 0);
  ASSERT_TRUE(extension && extension->commit);
  EXPECT_EQ(extension->commit->kind, CommitKind::progress);
}

TEST(Extension, SkipsAnUnknownFieldThatNeedNotBeUnderstood) {
  EXPECT_TRUE(decode_extension(field(99, 0, "new"), 0));
}

TEST(Extension, RefusesAnUnknownFieldThatMustBeUnderstood) {
  const auto extension = decode_extension(field(99, kFieldMustUnderstand, "new"), 0);
  ASSERT_FALSE(extension);
  EXPECT_EQ(extension.error().kind, FaultKind::unsupported);
  EXPECT_EQ(extension.error().what, "field 99 (unknown), which must be understood,");
}

TEST(Extension, RefusesAFrameWithAnUnknownFieldThatMustBeUnderstood) {
  ChainPoint point = sample::first_point();
  const Image image = sample::data_frame({{{}, "v"}}, point);
  const auto header = load<FrameHeader>(image.data());
  const Bytes body = Bytes(image).subspan(header.header_length, header.stored_length);
  const auto ignored =
      next_frame(sample::with_parts(header, field(99, 0, "new"), body), sample::first_point(), sample::kSalt);
  EXPECT_TRUE(ignored) << fault_of(ignored);
  const auto refused =
      next_frame(sample::with_parts(header, field(99, 1, "new"), body), sample::first_point(), sample::kSalt);
  EXPECT_FALSE(refused);
}

TEST(Extension, RefusesFieldsOfLaterVersionsByName) {
  EXPECT_EQ(fault_of(decode_extension(field(99, 1, ""), 0)), "field 99 (unknown), which must be understood,");
  EXPECT_EQ(fault_of(decode_extension(field(99, 2, ""), 0)), "field 99 with flags 2");
  EXPECT_EQ(fault_of(decode_extension(commit_area([](auto& c) { c.is_switch = 1; }), 0)),
            "the switching commit of a deploy");
  EXPECT_EQ(fault_of(decode_extension(commit_area([](auto& c) { c.kind = 3; }), 0)), "commit of kind 3");
  EXPECT_EQ(fault_of(decode_extension(commit_area([](auto& c) { c.zero = 1; }), 0)),
            "commit block with reserved bytes in use");
}

TEST(Extension, RefusesReservedBytesInUse) {
  Image area = commit_area([](auto&) {});
  store(area.data() + area.size() - 12, std::uint32_t{1});
  EXPECT_EQ(fault_of(decode_extension(area, 0)), "input of a commit with reserved bytes in use");
  EXPECT_EQ(fault_of(decode_extension(field(kFieldOwnerEpoch, 1, std::string_view("\1\0\0\0\1\0\0\0", 8)), 0)),
            "owner epoch with reserved bytes in use");
}

TEST(Extension, RefusesFieldsThatDoNotFit) {
  EXPECT_EQ(fault_of(decode_extension(Image(4), 0)), "extension area that ends inside a field");
  Image overlong = field(99, 0, "12345678");
  store(overlong.data() + 4, std::uint32_t{9});
  EXPECT_EQ(fault_of(decode_extension(overlong, 0)), "field 99 of 9 bytes where 8 are left");
  store(overlong.data() + 4, ~std::uint32_t{0});
  EXPECT_EQ(fault_of(decode_extension(overlong, 0)), "field 99 of 4294967295 bytes where 8 are left");
  Image dirty = field(99, 0, "1234");
  dirty.back() = std::byte{1};
  EXPECT_EQ(fault_of(decode_extension(dirty, 0)), "field 99 followed by bytes that are not zero");
}

TEST(Extension, RefusesFieldsOutOfOrder) {
  Image area = field(99, 0, "a");
  const Image second = field(99, 0, "b");
  area.insert(area.end(), second.begin(), second.end());
  EXPECT_EQ(fault_of(decode_extension(area, 0)), "field 99 after field 99 in the extension area");
  EXPECT_EQ(fault_of(decode_extension(field(0, 0, ""), 0)), "field 0 after field 0 in the extension area");
}

TEST(Extension, RefusesPayloadsOfTheWrongSize) {
  EXPECT_EQ(fault_of(decode_extension(field(kFieldCommitBlock, 1, "short"), 0)),
            "commit block of 5 bytes, expected at least 48");
  EXPECT_EQ(fault_of(decode_extension(commit_area([](auto& c) { c.input_count = 3; }), 0)),
            "commit block of 112 bytes, expected 144 for 3 inputs");
  EXPECT_EQ(fault_of(decode_extension(field(kFieldOwnerEpoch, 1, "1234"), 0)), "owner epoch of 4 bytes, expected 8");
  EXPECT_EQ(fault_of(decode_extension(field(kFieldLogStart, 1, "123456789"), 0)), "log start of 9 bytes, expected 8");
  EXPECT_EQ(fault_of(decode_extension(field(kFieldProducer, 1, "1234"), 0)), "producer's mark of 4 bytes, expected 16");
}

TEST(Extension, RefusesToWriteACommitThatDoesNotFit) {
  CommitBlock block;
  block.inputs.resize(kExtensionBytesMax / sizeof(StoredInput));
  FrameDraft draft;
  const auto refused =
      draft_data_frame({}, {.commit = CommitFrame{&block, {1}, true, true}}, CompressionLevel::fast, draft);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::bad_input);
  EXPECT_TRUE(draft_data_frame({}, {.commit = CommitFrame{&block, {1}, true, false}}, CompressionLevel::fast, draft));
}

TEST(Extension, RefusesToWriteASwitch) {
  CommitBlock block;
  block.is_switch = true;
  FrameDraft draft;
  const auto refused =
      draft_data_frame({}, {.commit = CommitFrame{&block, {1}, true, true}}, CompressionLevel::fast, draft);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
}

}  // namespace
}  // namespace kappa::log

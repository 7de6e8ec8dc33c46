#include "format/frame.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample.hpp"

namespace kappa::log {
namespace {

using sample::fault_of;
using sample::Image;
using sample::kSalt;

class FrameReading : public testing::Test {
 protected:
  FrameReading() : point_(sample::first_point()), image_(sample::data_frame(sample::two_events(), point_)) {}

  static Checked<Frame> read(Bytes image) { return next_frame(image, sample::first_point(), kSalt); }
  /// What the reader says to the frame with a changed header.
  std::string refusal(const std::function<void(FrameHeader&)>& change, FaultKind kind = FaultKind::unsupported) {
    const auto frame = read(sample::with_header(image_, change));
    if (frame) return "accepted";
    return frame.error().kind == kind ? frame.error().what : "of another kind: " + frame.error().what;
  }
  std::string damage(const std::function<void(FrameHeader&)>& change) { return refusal(change, FaultKind::damaged); }

  ChainPoint point_;
  Image image_;
};

TEST_F(FrameReading, FindsWhatWasSealed) {
  const auto frame = read(image_);
  ASSERT_TRUE(frame);
  const FrameHeader& header = frame->head.header;
  EXPECT_EQ(header.kind, FrameKind::data);
  EXPECT_EQ(header.sequence.value, 42u);
  EXPECT_EQ(header.base_offset.value, 7u);
  EXPECT_EQ(header.event_count, 2u);
  EXPECT_EQ(header.frame_bytes(), image_.size());
  EXPECT_EQ(header.min_event_time, 1'005);  // the second event has the append time
  EXPECT_EQ(header.max_event_time, 2'000);
}

TEST_F(FrameReading, TellsAFrameWithoutItsBody) {
  const FrameInfo info = frame_info(read(image_)->head);
  EXPECT_EQ(info.sequence.value, 42u);
  EXPECT_EQ(info.append_time, 1'005);
  EXPECT_EQ(info.first_offset.value, 7u);
  EXPECT_EQ(info.count, 2u);
  EXPECT_EQ(info.stored_bytes, image_.size());
}

TEST_F(FrameReading, RefusesEveryTruncation) {
  for (std::size_t bytes = 0; bytes < image_.size(); ++bytes) {
    const auto frame = read(Bytes(image_).first(bytes));
    ASSERT_FALSE(frame) << bytes;
    ASSERT_EQ(frame.error().kind, FaultKind::cut) << bytes;
    ASSERT_GT(frame.error().need, bytes);
    ASSERT_LE(frame.error().need, image_.size());
  }
}

TEST_F(FrameReading, RefusesEveryInvertedByte) {
  for (std::size_t i = 0; i < image_.size(); ++i) {
    Image changed = image_;
    changed[i] = ~changed[i];
    ASSERT_FALSE(read(changed)) << i;
  }
}

TEST_F(FrameReading, RefusesEveryInvertedBit) {
  for (std::size_t bit = 0; bit < image_.size() * 8; ++bit) {
    Image changed = image_;
    changed[bit / 8] ^= static_cast<std::byte>(1u << bit % 8);
    ASSERT_FALSE(read(changed)) << bit;
  }
}

TEST_F(FrameReading, TellsZerosFromDamage) {
  const auto zeros = read(Image(512));
  ASSERT_FALSE(zeros);
  EXPECT_EQ(zeros.error().kind, FaultKind::zeros);
  EXPECT_EQ(read(Image(512, std::byte{1})).error().kind, FaultKind::damaged);
}

TEST_F(FrameReading, RefusesAHeaderLengthOutOfRange) {
  for (const std::uint32_t length : {0u, 191u, 196u, kFrameHeaderBytes + kExtensionBytesMax + 8}) {
    Image changed = image_;
    store(changed.data() + offsetof(FrameHeader, header_length), length);
    EXPECT_EQ(fault_of(read(changed)), "frame with a header of " + std::to_string(length) + " bytes");
  }
}

TEST_F(FrameReading, RefusesLaterFeaturesByName) {
  EXPECT_EQ(refusal([](auto& h) { h.version = 2; }), "frame of version 2");
  EXPECT_EQ(refusal([](auto& h) { h.kind = FrameKind::transaction_commit; }), "transaction-commit frame (kind 5)");
  EXPECT_EQ(refusal([](auto& h) { h.kind = FrameKind::transaction_abort; }), "transaction-abort frame (kind 6)");
  EXPECT_EQ(refusal([](auto& h) { h.kind = FrameKind::producer_snapshot; }), "producer-snapshot frame (kind 7)");
  EXPECT_EQ(refusal([](auto& h) { h.kind = static_cast<FrameKind>(9); }), "unknown frame (kind 9)");
  EXPECT_EQ(refusal([](auto& h) { h.producer_epoch = 1; }), "frame of a producer that numbers its appends");
  EXPECT_EQ(refusal([](auto& h) { h.producer_sequence = 1; }), "frame of a producer that numbers its appends");
  EXPECT_EQ(refusal([](auto& h) { h.flags = kFlagTransactional; }), "frame of a transaction");
  EXPECT_EQ(refusal([](auto& h) { h.transaction_id = 1; }), "frame of a transaction");
  EXPECT_EQ(refusal([](auto& h) { h.flags = kFlagEncrypted; }), "encrypted frame");
  EXPECT_EQ(refusal([](auto& h) { h.key_id = 1; }), "encrypted frame");
  EXPECT_EQ(refusal([](auto& h) { h.dictionary_id = 1; }), "frame compressed with a dictionary");
  EXPECT_EQ(refusal([](auto& h) { h.flags = 64; }), "frame with flags 0x40");
  EXPECT_EQ(refusal([](auto& h) { h.layout = static_cast<BodyLayout>(3); }), "body layout 3");
  EXPECT_EQ(refusal([](auto& h) { h.zero_byte = 1; }), "frame with reserved bytes in use");
  EXPECT_EQ(refusal([](auto& h) { h.zeros = 1; }), "frame with reserved bytes in use");
}

TEST_F(FrameReading, RefusesHeadersThatContradictThemselves) {
  EXPECT_EQ(damage([](auto& h) { h.kind = static_cast<FrameKind>(0); }), "frame of kind 0");
  EXPECT_EQ(damage([](auto& h) { h.kind = FrameKind::padding; }), "frame of kind 2 with body layout 2");
  EXPECT_EQ(damage([](auto& h) { h.layout = BodyLayout::plain; }), "frame of kind 1 with body layout 1");
  EXPECT_EQ(damage([](auto& h) { h.kind = FrameKind::padding, h.layout = BodyLayout::plain; }),
            "control frame with events or a commit");
  EXPECT_EQ(damage([](auto& h) {
              h.kind = FrameKind::padding, h.layout = BodyLayout::plain, h.event_count = h.offset_span = 0;
            }),
            "plain body with two lengths");
  EXPECT_EQ(damage([](auto& h) {
              h.kind = FrameKind::owner_epoch, h.layout = BodyLayout::plain, h.event_count = h.offset_span = 0;
              h.raw_length = h.stored_length;
            }),
            "owner epoch and the kind of the frame disagree");
  EXPECT_EQ(damage([](auto& h) { h.flags = kFlagGroupEnd; }), "frame that belongs to a commit but has no commit block");
  EXPECT_EQ(damage([](auto& h) { h.consumed_through.value = 1; }),
            "frame that belongs to a commit but has no commit block");
  EXPECT_EQ(damage([](auto& h) { h.durable_position.value = kFirstFramePosition + 8; }),
            "frame with durable position 12296 behind itself");
  EXPECT_EQ(damage([](auto& h) { h.min_event_time = 2'001; }), "frame with event times from 2001 to 2000");
  EXPECT_EQ(damage([](auto& h) { h.base_offset.value = ~std::uint64_t{0}; }),
            "frame whose offsets begin at 18446744073709551615 and overflow");
}

TEST_F(FrameReading, RefusesLengthsOverTheLimits) {
  EXPECT_THAT(damage([](auto& h) { h.raw_length = kFrameRawBytesMax + 1; }), testing::HasSubstr("over the limits"));
  EXPECT_THAT(damage([](auto& h) { h.event_count = h.offset_span = kFrameEventsMax + 1; }),
              testing::HasSubstr("over the limits"));
  EXPECT_THAT(damage([](auto& h) { h.stored_length = h.raw_length + kSectionTableBytesMax + 1; }),
              testing::HasSubstr("over the limits"));
}

TEST_F(FrameReading, RefusesAFrameInAnotherPlaceOrSegment) {
  const auto moved = read_head(image_, {kFirstFramePosition + 8}, kSalt);
  EXPECT_EQ(fault_of(moved), "frame that belongs at byte 12288");
  const auto foreign = read_head(image_, {kFirstFramePosition}, kSalt + 1);
  EXPECT_EQ(fault_of(foreign), "frame of another segment (salt 0000000000005a17, expected 0000000000005a18)");
}

TEST_F(FrameReading, RefusesAlignmentBytesThatAreNotZero) {
  Image changed = sample::data_frame({{{}, "12345"}}, point_ = sample::first_point(), CompressionLevel::stored);
  const auto header = load<FrameHeader>(changed.data());
  ASSERT_NE(header.stored_length % 8, 0u);
  changed.back() = std::byte{1};
  EXPECT_EQ(fault_of(read(changed)), "frame followed by alignment bytes that are not zero");
}

TEST_F(FrameReading, SkipsPadding) {
  FrameHeader header = load<FrameHeader>(image_.data());
  header.kind = FrameKind::padding, header.layout = BodyLayout::plain;
  header.event_count = header.offset_span = 0, header.raw_length = 24;
  const Image padding = sample::with_parts(header, {}, Image(24));
  const auto frame = read(padding);
  ASSERT_TRUE(frame) << fault_of(frame);
  EXPECT_EQ(BodyDecoder().decode(frame->head.header, frame->body, frame->head.extension.present_offsets)->columns.count,
            0u);
}

TEST(FrameDraft, CanBeSealedAgainElsewhere) {
  EventBatchBuilder builder;
  sample::fill(builder, sample::two_events());
  FrameDraft draft;
  ASSERT_TRUE(draft_data_frame(builder.columns(), {}, CompressionLevel::fast, draft));
  FramePlace place = sample::place_at(sample::first_point());
  const FrameHeader first = seal_frame(draft, place);
  place.position.value += 800;
  EXPECT_NE(seal_frame(draft, place).header_hash, first.header_hash);
  EXPECT_TRUE(read_head(draft.head, place.position, sample::kSalt));
}

TEST(FrameDraft, RefusesNothingToAppend) {
  FrameDraft draft;
  const auto drafted = draft_data_frame({}, {}, CompressionLevel::fast, draft);
  ASSERT_FALSE(drafted);
  EXPECT_EQ(drafted.error().code, Errc::bad_input);
}

TEST(FrameDraft, OfAnOwnerEpochRaisesItForTheNextFrame) {
  ChainPoint point = sample::first_point();
  const Image image = sample::owner_epoch_frame(9, point);
  EXPECT_EQ(image.size(), 208u);
  EXPECT_EQ(point.owner_epoch, 9u);
  EXPECT_EQ(point.next_offset, sample::first_point().next_offset);
}

TEST(FrameDraft, OfALogStartMovesItForTheChainAndNeverBack) {
  ChainPoint point = sample::first_point();
  const Image image = sample::log_start_frame({5}, point);
  EXPECT_EQ(point.log_start, Offset{5});
  EXPECT_EQ(point.next_offset, sample::first_point().next_offset);
  const auto read = [](const Image& frame) { return next_frame(frame, sample::first_point(), sample::kSalt); };
  EXPECT_TRUE(read(image)) << sample::fault_of(read(image));
  ChainPoint back = sample::first_point();
  EXPECT_EQ(sample::fault_of(read(sample::log_start_frame({1}, back))),
            "frame that moves the log start to 1, back from 2");
  ChainPoint beyond = sample::first_point();
  EXPECT_EQ(sample::fault_of(read(sample::log_start_frame({8}, beyond))),
            "frame at offset 7 that moves the log start behind itself, to 8");
  const auto epoch = [](auto& header) { header.kind = FrameKind::owner_epoch; };
  EXPECT_EQ(sample::fault_of(read(sample::with_header(image, epoch))),
            "owner epoch and the kind of the frame disagree");
  const auto padding = [](auto& header) { header.kind = FrameKind::padding; };
  EXPECT_EQ(sample::fault_of(read(sample::with_header(image, padding))),
            "log start and the kind of the frame disagree");
}

TEST(FrameDraft, OfAProducerSaysHowFarItsInputIs) {
  constexpr ProducerMark kMark{77, 5, 0xD16E57};
  EventBatchBuilder builder;
  for (const char* value : {"a", "b"}) builder.add({.value = as_bytes(value)});
  FrameDraft draft;
  ASSERT_TRUE(draft_data_frame(builder.columns(), {.producer = kMark}, CompressionLevel::fast, draft));
  FramePlace place;
  place.salt = sample::kSalt;
  seal_frame(draft, place);
  const auto head = read_head(draft.head, {0}, sample::kSalt);
  ASSERT_TRUE(head) << sample::fault_of(head);
  EXPECT_EQ(frame_info(*head).producer, kMark);
  for (const ProducerMark& wrong : {ProducerMark{0, 5, 1}, ProducerMark{77, 1, 1}}) {
    const auto refused = draft_data_frame(builder.columns(), {.producer = wrong}, CompressionLevel::fast, draft);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::usage);
  }
  ASSERT_TRUE(draft_data_frame(builder.columns(), {.producer = kMark}, CompressionLevel::fast, draft));
  seal_frame(draft, place);
  const auto changed = [&](const std::function<void(FrameHeader&)>& change) {
    return sample::fault_of(read_head(sample::with_header(draft.head, change), {0}, sample::kSalt));
  };
  EXPECT_EQ(changed([](auto& h) { h.producer_id = 0; }), "producer's identity and mark disagree");
  EXPECT_EQ(changed([](auto& h) { h.event_count = h.offset_span = 6; }),
            "frame on 6 offsets with a producer's mark through 5");
  EXPECT_EQ(changed([](auto& h) {
              h.kind = FrameKind::padding, h.layout = BodyLayout::plain, h.event_count = h.offset_span = 0;
              h.raw_length = h.stored_length;
            }),
            "frame on 0 offsets with a producer's mark through 5");
}

TEST(FrameDraft, WithoutTimestampsHasTheAppendTimeAsEventTime) {
  ChainPoint point = sample::first_point();
  const Image image = sample::data_frame({{{}, "v"}}, point);
  const auto header = load<FrameHeader>(image.data());
  EXPECT_EQ(header.min_event_time, header.append_time);
  EXPECT_EQ(header.max_event_time, header.append_time);
}

}  // namespace
}  // namespace kappa::log

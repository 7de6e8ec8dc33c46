#include "segment/verify_segments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "format/hash.hpp"
#include "partition_files.hpp"
#include "segment/seal.hpp"

namespace kappa::log {
namespace {

class Verification : public testing::Test {
 protected:
  /// A sealed segment, a left one, and an active one with a mark; 60 frames in all.
  Verification() {
    files_.append(20, 9'000);
    files_.roll();
    EXPECT_EQ(seal_left_segments(real_seam(), files_.directory()).value(), 1u);
    files_.append(20);
    left_end_ = files_.end().position.value;
    files_.roll();
    files_.append(10);
    files_.mark();
    files_.append(10);
  }
  [[nodiscard]] VerifyReport verify() const {
    return verify_segments(real_seam(), {files_.directory(), {{1, 2}}, 0, files_.end().last_sequence}, {}).value();
  }
  /// What is wrong after a byte of a segment was inverted, or "" for nothing.
  std::string after_inverting(std::size_t segment, std::uint64_t position) {
    files_.invert(files_.path(segment), position);
    const VerifyReport report = verify();
    files_.invert(files_.path(segment), position);
    return report.damages.empty() ? "" : report.damages.front().what;
  }
  /// Changes a frame's header, and the hash of it.
  void forge_frame(std::size_t segment, Position at, const std::function<void(FrameHeader&)>& change) {
    const auto content = files_.content(files_.path(segment));
    auto header = load<FrameHeader>(content.data() + at.value);
    change(header);
    header.header_hash = 0;
    header.header_hash = hash_around(image_of(header), offsetof(FrameHeader, header_hash));
    write(files_.path(segment), at.value, as_text(image_of(header)));
  }
  static void write(const std::string& path, std::uint64_t position, std::string_view text) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(position));
    file << text;
  }

  PartitionFiles files_;
  std::uint64_t left_end_ = 0;
};

TEST_F(Verification, FindsNothingWrongWithWholeFiles) {
  const VerifyReport report = verify();
  EXPECT_TRUE(report.damages.empty()) << report.damages.front().what;
  EXPECT_EQ(report.segments, 3u);
  EXPECT_EQ(report.frames, 60u);
  EXPECT_EQ(report.events, 60u);
}

TEST_F(Verification, FindsEveryInvertedByteOfALeftSegment) {
  for (std::uint64_t i = 0; i < left_end_ + 2'000; i += i < 5'000 ? 97 : 13) ASSERT_NE(after_inverting(1, i), "") << i;
}

TEST_F(Verification, FindsEveryInvertedByteOfASealedSegment) {
  const std::uint64_t size = files_.content(files_.path(0)).size();
  for (std::uint64_t i = 7; i < size; i += 1'237) ASSERT_NE(after_inverting(0, i), "") << i;
  for (std::uint64_t i = size - 60; i < size; ++i) ASSERT_NE(after_inverting(0, i), "") << i;
}

TEST_F(Verification, FindsEveryInvertedByteOfTheDurableFramesAndTheMark) {
  for (std::uint64_t i = kFirstFramePosition; i < files_.end().position.value; i += 11)
    ASSERT_NE(after_inverting(2, i), "") << i;
  for (std::uint64_t i = kMarkPositionA; i < kFirstFramePosition; i += 31) ASSERT_NE(after_inverting(2, i), "") << i;
}

TEST_F(Verification, GoesOnBehindDamageAtTheNextIndexEntry) {
  files_.invert(files_.path(0), kFirstFramePosition + 300);
  const VerifyReport report = verify();
  ASSERT_EQ(report.damages.size(), 1u);
  EXPECT_EQ(report.damages[0].position, kFirstFramePosition);
  EXPECT_LT(report.damages[0].bytes, 2u * kIndexEveryBytes);
  EXPECT_GT(report.frames, 40u);
}

TEST_F(Verification, TakesWhatIsBehindTheDurableEndForATail) {
  write(files_.path(2), files_.end().position.value, "torn");
  EXPECT_TRUE(verify().damages.empty());
}

TEST_F(Verification, NeedsNoStatusWhereThereIsEvidence) {
  const auto blind = [&] {
    return verify_segments(real_seam(), {files_.directory(), {{1, 2}}, 0, kNoSequence}, {})->damages.size();
  };
  EXPECT_EQ(blind(), 0u);
  files_.invert(files_.path(2), files_.points()[12].position.value + 20);
  EXPECT_EQ(blind(), 1u);
}

TEST_F(Verification, TakesAnInterruptedSealingForWhatItIs) {
  ASSERT_TRUE(seal_left_segments(real_seam(), files_.directory()));
  const auto whole = files_.content(files_.path(1));
  std::filesystem::resize_file(files_.path(1), whole.size() - 20);
  std::filesystem::resize_file(files_.path(1), whole.size() + 9'000);
  EXPECT_TRUE(verify().damages.empty());
}

TEST_F(Verification, TellsAMarkOfAnotherChain) {
  ChainPoint other = files_.points()[5];
  ++other.chain;
  ASSERT_TRUE(write_mark(real_seam(), *files_.segment(2), {2, other}));
  EXPECT_THAT(verify().damages.front().what, testing::HasSubstr("no place between two frames of this chain"));
}

TEST_F(Verification, TellsEventTimesThatTheEventsDoNotHave) {
  forge_frame(2, files_.points()[19].position, [](FrameHeader& header) { header.max_event_time += 1; });
  ASSERT_EQ(verify().damages.size(), 1u);
  EXPECT_EQ(verify().damages[0].position, files_.points()[19].position.value);
  EXPECT_THAT(verify().damages[0].what, testing::StartsWith("event times from "));
}

/// What a newer version has written is not damaged, and what is behind it not known.
TEST_F(Verification, EndsAtAFrameOfANewerVersion) {
  forge_frame(0, {kFirstFramePosition}, [](FrameHeader& header) { header.version = 99; });
  const auto report = verify_segments(real_seam(), {files_.directory(), {{1, 2}}, 0, kNoSequence}, {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::conflict);
  EXPECT_THAT(report.error().message, testing::HasSubstr(files_.path(0)));
  EXPECT_THAT(report.error().hint, testing::HasSubstr("a newer kappa"));
}

TEST_F(Verification, MissesALostSegment) {
  std::filesystem::remove(files_.path(1));
  const auto damages = verify().damages;
  ASSERT_EQ(damages.size(), 1u);
  EXPECT_EQ(damages[0].file, files_.path(1));
  EXPECT_EQ(damages[0].what, "missing: the next one that is there begins at offset 40");
}

TEST_F(Verification, NamesTheLastOfALostStretch) {
  files_.roll();
  files_.append(1);
  for (const std::size_t i : {1u, 2u}) std::filesystem::remove(files_.path(i));
  const auto damages = verify().damages;
  ASSERT_EQ(damages.size(), 1u);
  EXPECT_EQ(damages[0].file, files_.path(2));
}

TEST_F(Verification, MissesALostFirstSegment) {
  std::filesystem::remove(files_.path(0));
  const auto damages = verify().damages;
  ASSERT_EQ(damages.size(), 1u);
  EXPECT_EQ(damages[0].file, segment_path(files_.directory(), {}));
  EXPECT_EQ(damages[0].what, "missing: the next one that is there begins at offset 20");
}

TEST_F(Verification, MissesALostLastSegment) {
  std::filesystem::remove(files_.path(2));
  EXPECT_EQ(verify().damages.back().what, "zeros where a frame is expected");
  ASSERT_TRUE(seal_segment(real_seam(), files_.path(1), files_.segment(2)->start.header));
  EXPECT_EQ(verify().damages.front().what, "sealed, but the segment after it is missing");
}

TEST_F(Verification, TellsASegmentThatFollowsAnother) {
  using testing::Contains;
  using testing::Field;
  const auto told = [&](const std::function<void(SegmentHeader&)>& change) {
    SegmentHeader header = files_.segment(2)->start.header;
    change(header);
    const Block block = encode_segment_header(header);
    write(files_.path(2), 0, as_text(block));
    return verify().damages;
  };
  EXPECT_THAT(told([](SegmentHeader& header) { header.previous_base = {5}; }),
              Contains(Field(&Damage::what, "follows the segment at offset 5, but the one before begins at 20")));
  EXPECT_THAT(
      told([](SegmentHeader& header) { ++header.previous_salt; }),
      Contains(Field(&Damage::what, "follows a segment at offset 20 that is another file than the one that is there")));
  EXPECT_THAT(told([](SegmentHeader& header) { ++header.directory.words[0]; }),
              Contains(Field(&Damage::what, "segment of another directory")));
}

TEST_F(Verification, MissesLostFrames) {
  std::filesystem::resize_file(files_.path(2), files_.points()[15].position.value);
  EXPECT_THAT(verify().damages.front().what, testing::HasSubstr("cut off at byte"));
  EXPECT_EQ(verify().damages.back().what, "ends with sequence 55, but 60 was durable");
}

TEST_F(Verification, MissesEverything) {
  for (std::size_t i = 0; i < 3; ++i) std::filesystem::remove(files_.path(i));
  EXPECT_EQ(verify().damages.front().what, "there is no segment: not even the first");
}

TEST_F(Verification, TellsAnotherTopicsSegment) {
  const auto report = verify_segments(real_seam(), {files_.directory(), {{9, 9}}, 0, kNoSequence}, {});
  EXPECT_EQ(report->damages.front().what, "segment of another topic or partition");
}

/// Counts, and has enough at some point.
class CountingProgress final : public Progress {
 public:
  explicit CountingProgress(std::uint64_t most) : most_(most) {}
  void expect(std::uint64_t) override {}
  Result<void> advance(std::uint64_t bytes) override {
    done += bytes;
    return done <= most_ ? Result<void>{} : fail(Errc::interrupted, "enough");
  }
  std::uint64_t done = 0;

 private:
  std::uint64_t most_;
};

TEST_F(Verification, TellsItsProgress) {
  CountingProgress progress(~0ull);
  ASSERT_TRUE(verify_segments(real_seam(), {files_.directory(), {{1, 2}}, 0, kNoSequence}, &progress));
  EXPECT_GT(progress.done, 60 * kFrameHeaderBytes);
}

TEST_F(Verification, EndsWhenItIsToldTo) {
  CountingProgress progress(10 * kFrameHeaderBytes);
  const auto report = verify_segments(real_seam(), {files_.directory(), {{1, 2}}, 0, kNoSequence}, &progress);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::interrupted);
  EXPECT_LT(progress.done, 60 * kFrameHeaderBytes);
}

}  // namespace
}  // namespace kappa::log

#include "segment/seal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "partition_files.hpp"

namespace kappa::log {
namespace {

class Sealing : public testing::Test {
 protected:
  Sealing() {
    files_.append(300, 500);
    files_.roll();
  }
  Result<SealOutcome> seal() { return seal_segment(real_seam(), files_.path(0), files_.segment(1)->start.header); }
  [[nodiscard]] std::optional<Footer> footer(std::size_t segment = 0) const {
    return read_footer(real_seam(), files_.segment(segment)->file, files_.segment(segment)->salt()).value();
  }

  PartitionFiles files_;
};

TEST_F(Sealing, GivesALeftSegmentItsFooter) {
  EXPECT_FALSE(footer());
  EXPECT_EQ(seal().value(), SealOutcome::sealed);
  ASSERT_TRUE(footer());
  EXPECT_EQ(footer()->header.frame_count, 300u);
  EXPECT_EQ(footer()->header.chain, files_.segment(1)->start.header.previous_chain);
}

TEST_F(Sealing, HappensOnce) {
  EXPECT_EQ(seal().value(), SealOutcome::sealed);
  EXPECT_EQ(seal().value(), SealOutcome::already_sealed);
}

TEST_F(Sealing, CutsOffWhatWasAllocated) {
  ASSERT_TRUE(seal());
  const std::uint64_t end = files_.segment(1)->start.header.previous_end.value;
  EXPECT_EQ(files_.content(files_.path(0)).size(), end + encode_footer(*footer()).size());
}

TEST_F(Sealing, IsLeftToWhoIsAtIt) {
  const auto other = real_seam().open(files_.path(0), OpenMode::write);
  ASSERT_TRUE(real_seam().lock(*other, LockMode::exclusive, std::chrono::seconds{0}).value());
  EXPECT_EQ(seal().value(), SealOutcome::busy);
}

TEST_F(Sealing, AfterACrashWritesTheSameBytes) {
  ASSERT_TRUE(seal());
  const auto whole = files_.content(files_.path(0));
  for (const std::uint64_t lost : {1u, 16u, 100u}) {
    std::filesystem::resize_file(files_.path(0), whole.size() - lost);
    std::filesystem::resize_file(files_.path(0), whole.size() + 5'000);
    EXPECT_EQ(seal().value(), SealOutcome::sealed);
    EXPECT_EQ(files_.content(files_.path(0)), whole);
  }
}

TEST_F(Sealing, MakesADamagedFooterAgain) {
  ASSERT_TRUE(seal());
  const auto whole = files_.content(files_.path(0));
  files_.invert(files_.path(0), whole.size() - 30);
  EXPECT_FALSE(footer());
  EXPECT_EQ(seal().value(), SealOutcome::sealed);
  EXPECT_EQ(files_.content(files_.path(0)), whole);
}

TEST_F(Sealing, RefusesAChainThatEndsElsewhere) {
  SegmentHeader successor = files_.segment(1)->start.header;
  successor.previous_chain += 1;
  const auto refused = seal_segment(real_seam(), files_.path(0), successor);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::corruption);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("but its successor follows byte"));
}

TEST_F(Sealing, RefusesADamagedFrame) {
  files_.invert(files_.path(0), kFirstFramePosition + 100);
  const auto refused = seal();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::corruption);
}

TEST_F(Sealing, OfAllThatWereLeftStopsAtTheFirstSealedOne) {
  files_.append(3);
  files_.roll();
  EXPECT_EQ(seal_left_segments(real_seam(), files_.directory()).value(), 2u);
  EXPECT_EQ(seal_left_segments(real_seam(), files_.directory()).value(), 0u);
  EXPECT_TRUE(footer(0) && footer(1));
  EXPECT_FALSE(footer(2));
}

TEST_F(Sealing, AnEventThatLooksLikeAFooterIsNone) {
  // The active segment may end with bytes that a user chose.
  Footer forged;
  forged.header.salt = 1;
  const auto bytes = encode_footer(forged);
  const std::array<Bytes, 1> parts = {bytes};
  const SegmentFile& active = *files_.segment(1);
  const std::uint64_t size = real_seam().size(active.file).value();
  ASSERT_TRUE(real_seam().write(active.file, size - bytes.size(), parts));
  EXPECT_FALSE(footer(1));
}

}  // namespace
}  // namespace kappa::log

#include "segment/lookup.hpp"

#include <gtest/gtest.h>

#include "partition_files.hpp"
#include "segment/seal.hpp"

namespace kappa::log {
namespace {

/// A segment of 400 frames with an event each; frame i has offset i and append time 10 * (i + 1). Once as it is, once
/// with marks, once sealed.
class Lookup : public testing::TestWithParam<std::string> {
 protected:
  Lookup() {
    files_.append(150, 900);
    if (GetParam() == "marked") files_.mark();
    files_.append(150, 900);
    if (GetParam() == "marked") files_.mark();
    files_.append(100, 900);
    points_ = files_.points();
    if (GetParam() != "sealed") return;
    files_.roll();
    EXPECT_EQ(seal_left_segments(real_seam(), files_.directory()).value(), 1u);
  }
  [[nodiscard]] Position offset_at(std::uint64_t offset) const {
    return find_offset(real_seam(), files_.segment(0), points_.back().position, {offset}).value().position;
  }
  [[nodiscard]] Position time_at(Micros time) const {
    return find_append_time(real_seam(), files_.segment(0), points_.back().position, time).value().position;
  }

  PartitionFiles files_;
  std::vector<ChainPoint> points_;
};

TEST_P(Lookup, FindsEveryOffset) {
  for (std::uint64_t offset = 0; offset < 400; ++offset) ASSERT_EQ(offset_at(offset), points_[offset].position);
}

TEST_P(Lookup, FindsEveryAppendTime) {
  for (Micros time = 1; time <= 4'000; ++time)
    ASSERT_EQ(time_at(time), points_[static_cast<std::size_t>((time - 1) / 10)].position) << time;
}

TEST_P(Lookup, OfWhatIsNotThereYetIsTheEnd) {
  EXPECT_EQ(offset_at(400), points_.back().position);
  EXPECT_EQ(time_at(4'001), points_.back().position);
}

TEST_P(Lookup, LooksAtNothingBehindTheEndGiven) {
  const Position end = points_[10].position;
  EXPECT_EQ(find_offset(real_seam(), files_.segment(0), end, {200})->position, end);
}

TEST_P(Lookup, OfADamagedStretchIsCorruption) {
  files_.invert(files_.path(0), points_[399].position.value + 8);
  const auto found = find_offset(real_seam(), files_.segment(0), points_.back().position, {399});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Errc::corruption);
}

INSTANTIATE_TEST_SUITE_P(Segments, Lookup, testing::Values("plain", "marked", "sealed"),
                         [](const auto& segment) { return segment.param; });

}  // namespace
}  // namespace kappa::log

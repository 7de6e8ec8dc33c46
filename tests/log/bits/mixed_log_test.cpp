// That the segments whose bits are inverted are as large, and as mixed, as they are said to be.
#include "mixed_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "disk_seam.hpp"
#include "protocol/tail.hpp"
#include "segment/seal.hpp"

namespace kappa::test {
namespace {

constexpr std::uint64_t kMebibyte = 1 << 20;

std::vector<PlacedFrame> frames_on(const CrashDisk& image, const std::string& path) {
  CrashDisk disk = image.after_kill();
  DiskSeam seam(disk);
  return frames_of(seam, path);
}

/// How many of the frames are so.
template <typename Is>
std::ptrdiff_t count(const std::vector<PlacedFrame>& frames, Is is) {
  return std::ranges::count_if(frames, [&](const PlacedFrame& frame) { return is(frame.header); });
}

void expect_mixed(const std::vector<PlacedFrame>& frames) {
  for (const log::FrameKind kind : {log::FrameKind::data, log::FrameKind::log_start, log::FrameKind::owner_epoch})
    EXPECT_GT(count(frames, [kind](const auto& header) { return header.kind == kind; }), 0);
  EXPECT_GT(count(frames, [](const auto& header) { return header.stored_length < header.raw_length; }), 50);
  EXPECT_GT(count(frames, [](const auto& header) { return (header.flags & log::kFlagGroupEnd) != 0; }), 50);
  EXPECT_GT(count(frames, [](const auto& header) { return header.producer_id != 0; }), 50);
}

TEST(MixedLog, HasASealedSegmentOfEveryKindOfFrame) {
  const MixedLog log(MixedLog::kLargeLeft);
  const auto frames = frames_on(log.closed(), log.left());
  EXPECT_GT(frames.back().end(), kMebibyte);
  expect_mixed(frames);
}

TEST(MixedLog, HasItRepackedWithAGap) {
  const MixedLog log(MixedLog::kLargeLeft);
  const auto frames = frames_on(log.repacked(), log.left());
  EXPECT_GT(frames.back().end(), kMebibyte);
  expect_mixed(frames);
  EXPECT_GT(count(frames, [](const auto& header) { return (header.flags & log::kFlagOrigins) != 0; }), 50);
  EXPECT_EQ(count(frames, [](const auto& header) { return header.kind == log::FrameKind::gap; }), 1);
}

TEST(MixedLog, HasANewestSegmentThatIsMarkedBeforeItsEnd) {
  const MixedLog log(MixedLog::kLargeNewest);
  CrashDisk disk = log.killed().after_kill();
  DiskSeam seam(disk);
  EXPECT_GE(disk.find(log.newest())->cache.size(), kMebibyte);
  const auto segment = log::open_segment_file(seam, log.newest(), log::Access::read_only).value();
  const auto mark = log::read_newest_mark(seam, *segment).value();
  ASSERT_TRUE(mark);
  EXPECT_GE(mark->generation, 2u);
  const auto frames = frames_of(seam, log.newest());
  EXPECT_GT(std::ranges::count_if(frames, [&](const auto& one) { return one.begin() >= mark->point.position.value; }),
            10);
}

}  // namespace
}  // namespace kappa::test

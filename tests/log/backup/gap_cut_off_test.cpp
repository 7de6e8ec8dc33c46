// Gaps for what was cut off the end of the newest segment: its mark tells that there was more.
#include <random>

#include "gap_fixture.hpp"

namespace kappa::test {
namespace {

namespace fs = std::filesystem;
using log::RepairMode;
using log::RepairReport;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// Its newest mark says up to where there were events.
TEST_F(Gaps, StandForTheEndOfTheNewestSegmentThatWasCutOff) {
  fill(0, 1);
  fill(1, 3);
  keep_whole();
  const auto places = frames_of(newest_segment());
  ASSERT_GE(places.size(), 3u);
  for (std::size_t i = 0; i + 1 < places.size(); ++i) {
    for (const std::uint64_t length : {places[i], places[i] + 10, places[i + 1] - 8}) {
      put_back();
      fs::resize_file(newest_segment(), length);
      SCOPED_TRACE(fmt::format("cut off at {}", length));
      ASSERT_GT(damages(), 0u);
      const RepairReport done = repair_without(RepairMode::apply);
      ASSERT_THAT(done.lost, IsEmpty()) << done.lost[0].what;
      ASSERT_FALSE(done.gaps.empty());
      EXPECT_EQ(done.gaps.back().end, Offset{all_.size()});
      EXPECT_EQ(done.gaps.front().position, places[i]);
      expect_gapped(done.gaps);
    }
  }
}

/// Between two frames, behind the least size of a file, and nobody has it in memory: the mark alone tells of it.
TEST_F(Gaps, StandForTheEndOfALargeNewestSegmentThatWasCutOff) {
  {
    log::ProtocolOptions protocol;
    protocol.segment_bytes = 1 << 20;
    const auto directory = open(protocol);
    std::minstd_rand random(1);
    for (int i = 0; i < 8; ++i) {
      std::string noise;
      while (noise.size() < 24'000) noise.push_back(static_cast<char>('a' + (random() >> 8U) % 26));
      append(*directory, "a", {noise, "second"});
    }
    all_ = read(*directory, "a");
  }
  back_up();
  keep_whole();
  const auto places = frames_of(newest_segment());
  ASSERT_EQ(places.size(), 9u);
  for (const std::size_t left : {5u, 7u}) {
    put_back();
    ASSERT_GE(places[left], 64u << 10U);
    fs::resize_file(newest_segment(), places[left]);
    fs::remove(data() / "topics/a/0/head");
    ASSERT_EQ(verified().damages.size(), 1u);
    EXPECT_THAT(verified().damages[0].what, HasSubstr("cut off: its mark says"));
    EXPECT_EQ(verified().damages[0].position, places[left]);
    const RepairReport done = repair_without(RepairMode::apply);
    ASSERT_THAT(done.gaps, SizeIs(1));
    EXPECT_EQ(done.gaps[0].begin, Offset{2 * left});
    EXPECT_EQ(done.gaps[0].end, Offset{all_.size()});
    EXPECT_THAT(done.gaps[0].what, HasSubstr("behind it, if anything, is lost, too"));
    expect_gapped(done.gaps);
    put_back();
    fs::resize_file(newest_segment(), places[left]);
    EXPECT_THAT(repair(RepairMode::apply).healed, SizeIs(testing::Ge(1u)));
    EXPECT_TRUE(is_whole());
  }
}

TEST_F(Gaps, AreNotMadeOfACatalogThatWasCutOff) {
  fill(0, 4);
  const fs::path catalog = data() / "topics/_catalog/0/00000000000000000000.seg";
  fs::resize_file(catalog, log::kFirstFramePosition);
  const RepairReport done = repair_without(RepairMode::apply);
  ASSERT_THAT(done.lost, SizeIs(1));
  EXPECT_THAT(done.lost[0].what, HasSubstr("catalog has no gaps"));
  EXPECT_THAT(done.healed, IsEmpty());
  EXPECT_TRUE(done.topics_unknown);
  EXPECT_EQ(fs::file_size(catalog), log::kFirstFramePosition) << "it was changed";
}

}  // namespace
}  // namespace kappa::test

// Segments that were repacked, healed from a backup that was made before: whatever is damaged of them. And gaps, before
// and behind repacking.
#include "kappa/log/repack.hpp"
#include "repair_fixture.hpp"

namespace kappa::test {
namespace {

namespace fs = std::filesystem;
using log::RepairMode;
using log::RepairReport;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Strings = std::vector<std::string>;

class RepackedRepair : public Repair {
 protected:
  void repack() const {
    const auto directory = open_small();
    const auto report = log::repack_partition(*directory, topic(*directory, "a"), 0, {});
    ASSERT_TRUE(report) << report.error().message;
    ASSERT_GT(report->repacked, 0u);
  }
  [[nodiscard]] log::VerifyReport verified() const {
    const auto directory = open_read_only();
    return log::verify_partition(*directory, topic(*directory, "a"), 0).value();
  }
  [[nodiscard]] std::uint64_t lost_events() const {
    const auto directory = open_read_only();
    return directory->status(topic(*directory, "a"), 0)->lost_events;
  }
  [[nodiscard]] Strings values() const {
    const auto directory = open_read_only();
    return read(*directory, "a");
  }
  /// Few before the frames, many among them and in the footer.
  [[nodiscard]] static std::vector<std::uint64_t> places_in(const fs::path& file, std::uint64_t step) {
    std::vector<std::uint64_t> places{0, 50, 3'000, 4'090, 4'100, 5'000, 8'200, 12'000};
    for (std::uint64_t at = log::kFirstFramePosition; at < fs::file_size(file); at += step) places.push_back(at);
    return places;
  }
  /// Damages a frame of a segment and makes a gap of it.
  void lose_frame(const fs::path& file, std::uint64_t position) {
    flip(file, position + 40);
    const RepairReport done = repair_without(RepairMode::apply);
    ASSERT_THAT(done.lost, IsEmpty()) << done.lost[0].what;
    ASSERT_THAT(done.gaps, SizeIs(1));
  }
  /// All values but those that the gaps stand for.
  [[nodiscard]] Strings left() const {
    Strings left;
    const auto gaps = verified().gaps;
    for (std::size_t i = 0; i < all_.size(); ++i)
      if (std::ranges::none_of(gaps, [&](const auto& gap) { return gap.begin.value <= i && i < gap.end.value; }))
        left.push_back(all_[i]);
    return left;
  }
  /// Those before it become one by repacking.
  [[nodiscard]] static std::uint64_t third_frame(const fs::path& file) {
    const std::uint64_t second = log::kFirstFramePosition + frame_bytes(file, log::kFirstFramePosition);
    return second + frame_bytes(file, second);
  }
};

TEST_F(RepackedRepair, HealsAnyPlaceFromABackupOfBefore) {
  fill(0, 20);
  back_up();
  repack();
  keep_whole();
  const fs::path file = segment(3);
  for (const std::uint64_t at : places_in(file, 37)) {
    put_back();
    flip(file, at);
    const std::size_t told = damages();
    ASSERT_GT(told, 0u) << at;
    const RepairReport shown = repair(RepairMode::show);
    ASSERT_THAT(shown.lost, IsEmpty()) << at << ": " << shown.lost[0].what;
    ASSERT_EQ(damages(), told) << at << ": it was only shown";
    ASSERT_THAT(repair(RepairMode::apply).kept_aside, SizeIs(1)) << at;
    ASSERT_TRUE(is_whole()) << at;
  }
  EXPECT_THAT(repair(RepairMode::apply).healed, IsEmpty());
}

TEST_F(RepackedRepair, SaysThatAllOfTheSegmentIsTheBackups) {
  fill(0, 20);
  back_up();
  repack();
  flip(segment(3), log::kFirstFramePosition + 100);
  const RepairReport done = repair(RepairMode::apply);
  ASSERT_THAT(done.healed, SizeIs(1));
  EXPECT_EQ(done.healed[0].position, 0u);
  EXPECT_THAT(done.healed[0].what, HasSubstr("in other frames"));
  EXPECT_TRUE(is_whole());
  repack();
  EXPECT_TRUE(is_whole()) << "repacked again";
}

TEST_F(RepackedRepair, HealsALostOrShortenedOne) {
  fill(0, 20);
  back_up();
  repack();
  keep_whole();
  for (const bool missing : {true, false}) {
    put_back();
    missing ? void(fs::remove(segment(3))) : fs::resize_file(segment(3), 12'700);
    ASSERT_THAT(repair(RepairMode::apply).lost, IsEmpty());
    ASSERT_TRUE(is_whole());
  }
}

/// The copy was repacked, and the segment here was healed back to what it was before.
TEST_F(RepackedRepair, HealsFromABackupOfAfterTheRepacking) {
  fill(0, 20);
  keep_whole();
  repack();
  back_up();
  fs::copy_file(whole() / fs::relative(segment(3), data()), segment(3), fs::copy_options::overwrite_existing);
  flip(segment(3), third_frame(segment(3)) + 50);
  ASSERT_THAT(repair(RepairMode::apply).lost, IsEmpty());
  EXPECT_TRUE(is_whole());
}

TEST_F(RepackedRepair, LeavesWhatTheBackupHasNotGotWholeEither) {
  fill(0, 20);
  back_up();
  repack();
  const std::string name = segment(3).stem().string();
  for (const auto& entry : fs::directory_iterator(backup() / "segments"))
    if (entry.path().string().find(name) != std::string::npos) flip(entry.path(), log::kFirstFramePosition + 100);
  flip(segment(3), log::kFirstFramePosition + 100);
  EXPECT_THAT(repair(RepairMode::apply).lost, SizeIs(testing::Ge(1u)));
  EXPECT_FALSE(is_whole());
}

TEST_F(RepackedRepair, LeavesGapsWhereTheyWereWhenRepacked) {
  fill(0, 20);
  lose_frame(segment(3), third_frame(segment(3)));
  const Strings before = values();
  ASSERT_EQ(before, left());
  repack();
  EXPECT_EQ(values(), before);
  EXPECT_THAT(verified().damages, IsEmpty());
  EXPECT_THAT(verified().gaps, SizeIs(1));
  EXPECT_EQ(lost_events(), 2u);
  EXPECT_THAT(repair_without(RepairMode::apply).gaps, IsEmpty()) << "it is on record";
}

TEST_F(RepackedRepair, HealsAGapThatWasRepacked) {
  fill(0, 20);
  back_up();
  lose_frame(segment(3), third_frame(segment(3)));
  repack();
  ASSERT_THAT(verified().gaps, SizeIs(1));
  EXPECT_THAT(repair(RepairMode::show).healed, SizeIs(1));
  EXPECT_THAT(repair(RepairMode::apply).healed, SizeIs(1));
  EXPECT_TRUE(is_whole());
  EXPECT_THAT(verified().gaps, IsEmpty());
  EXPECT_EQ(lost_events(), 0u) << "healed, and on record as such";
}

TEST_F(RepackedRepair, MakesAGapOfARepackedFrameAndHealsItLater) {
  fill(0, 20);
  back_up();
  repack();
  lose_frame(segment(3), log::kFirstFramePosition);
  EXPECT_EQ(values(), left());
  EXPECT_LT(values().size(), all_.size());
  ASSERT_THAT(repair(RepairMode::apply).healed, SizeIs(1));
  EXPECT_TRUE(is_whole());
  EXPECT_EQ(lost_events(), 0u);
}

/// Whatever is damaged of a segment that was repacked with a gap in it; without a copy, and with one from before.
TEST_F(RepackedRepair, HealsAnyPlaceOfASegmentWithAGap) {
  fill(0, 20);
  back_up();
  lose_frame(segment(3), third_frame(segment(3)));
  repack();
  keep_whole();
  const fs::path file = segment(3);
  for (const std::uint64_t at : places_in(file, 61)) {
    put_back();
    flip(file, at);
    ASSERT_GT(damages(), 0u) << at;
    const RepairReport done = repair_without(RepairMode::apply);
    ASSERT_THAT(done.lost, IsEmpty()) << at << ": " << done.lost[0].what;
    ASSERT_THAT(verified().damages, IsEmpty()) << at;
    ASSERT_EQ(values(), left()) << at;
    ASSERT_EQ(lost_events(), all_.size() - left().size()) << at;
    ASSERT_THAT(repair(RepairMode::apply).lost, IsEmpty()) << at;
    ASSERT_TRUE(is_whole()) << at;
    ASSERT_EQ(lost_events(), 0u) << at;
  }
}

TEST_F(RepackedRepair, CountsEventsThatWereLostTwiceOnce) {
  fill(0, 20);
  const fs::path file = segment(3);
  const std::uint64_t gap = third_frame(file);
  lose_frame(file, gap);
  flip(file, gap + 40);
  flip(file, log::kFirstFramePosition + frame_bytes(file, log::kFirstFramePosition) + 40);
  ASSERT_THAT(repair_without(RepairMode::apply).gaps, SizeIs(1));
  EXPECT_EQ(values(), left());
  EXPECT_EQ(lost_events(), 4u);
}

/// A copy with a gap does not take the place of events that are here.
TEST_F(RepackedRepair, DoesNotTakeGapsForEvents) {
  fill(0, 20);
  keep_whole();
  lose_frame(segment(3), third_frame(segment(3)));
  back_up();
  put_back();
  repack();
  flip(segment(3), log::kFirstFramePosition + 100);
  const std::size_t told = damages();
  const RepairReport done = repair(RepairMode::apply);
  EXPECT_THAT(done.lost, SizeIs(testing::Ge(1u)));
  EXPECT_EQ(damages(), told);
}

}  // namespace
}  // namespace kappa::test

// What cannot be healed becomes a gap: wherever the damage is, the rest is read as before, by every reader, and
// verified.
#include "gap_fixture.hpp"

namespace kappa::test {
namespace {

namespace fs = std::filesystem;
using log::RepairMode;
using log::RepairReport;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Strings = std::vector<std::string>;

TEST_F(Gaps, TakeThePlaceOfAnyFrame) {
  fill(0, 10);
  keep_whole();
  int made = 0;
  for (const std::ptrdiff_t which : {3, 2, 1}) {
    const auto places = frames_of(segment(which));
    for (std::size_t i = 0; i + 1 < places.size(); ++i) {
      for (const std::uint64_t within : {3u, 100u, 300u}) {
        put_back();
        flip(segment(which), places[i] + within);
        if (damages() == 0) continue;  // In the newest, behind its mark.
        SCOPED_TRACE(fmt::format("{} at byte {}", segment(which).string(), places[i] + within));
        const RepairReport shown = repair_without(RepairMode::show);
        ASSERT_THAT(shown.lost, IsEmpty()) << shown.lost[0].what;
        ASSERT_THAT(shown.gaps, SizeIs(1));
        ASSERT_EQ(shown.gaps[0].end->value - shown.gaps[0].begin.value, 2u);
        ASSERT_EQ(shown.gaps[0].position, places[i]);
        ASSERT_GT(damages(), 0u) << "it was only shown";
        ASSERT_FALSE(fs::exists(data() / "damaged"));
        const RepairReport done = repair_without(RepairMode::apply);
        ASSERT_THAT(done.gaps, SizeIs(1));
        ASSERT_THAT(done.kept_aside, SizeIs(1));
        expect_gapped(done.gaps);
        ASSERT_THAT(repair_without(RepairMode::apply).gaps, IsEmpty()) << "once is enough";
        ++made;
      }
    }
  }
  EXPECT_GT(made, 10);
}

TEST_F(Gaps, MayBeSeveralAndLong) {
  fill(0, 16);
  const auto places = frames_of(segment(3));
  ASSERT_GE(places.size(), 4u);
  flip(segment(3), places[0] + 20, places[2] - places[0]);
  flip(segment(4), frames_of(segment(4))[1] + 30);
  const RepairReport done = repair_without(RepairMode::apply);
  ASSERT_THAT(done.lost, IsEmpty());
  ASSERT_THAT(done.gaps, SizeIs(2));
  const auto directory = open_read_only();
  const auto status = directory->status(topic(*directory, "a"), 0).value();
  EXPECT_EQ(status.lost_events, all_.size() - without(done.gaps).size());
  expect_gapped(done.gaps);
}

TEST_F(Gaps, StandForASegmentThatIsMissingOrShort) {
  fill(0, 14);
  keep_whole();
  for (const bool missing : {true, false}) {
    put_back();
    missing ? void(fs::remove(segment(3))) : fs::resize_file(segment(3), 12'900);
    const RepairReport done = repair_without(RepairMode::apply);
    ASSERT_THAT(done.lost, IsEmpty()) << done.lost[0].what;
    ASSERT_THAT(done.gaps, SizeIs(1));
    expect_gapped(done.gaps);
  }
}

TEST_F(Gaps, AreNotNeededForWhatFollowsFromWholeBytes) {
  fill(0, 14);
  keep_whole();
  const std::uint64_t footer = fs::file_size(segment(3)) - 30;
  for (const std::uint64_t at : {std::uint64_t{90}, std::uint64_t{4'000}, std::uint64_t{4'100}, footer}) {
    put_back();
    flip(segment(3), at);
    ASSERT_GT(damages(), 0u) << at;
    const RepairReport done = repair_without(RepairMode::apply);
    ASSERT_THAT(done.lost, IsEmpty()) << at << done.lost[0].what;
    ASSERT_THAT(done.gaps, IsEmpty()) << at;
    ASSERT_THAT(done.healed, SizeIs(1)) << at;
    EXPECT_LE(done.healed[0].position, at) << "it names where the damage was";
    if (at < log::kFirstFramePosition) {
      EXPECT_GT(done.healed[0].position + done.healed[0].bytes, at);
    }
    ASSERT_TRUE(is_whole()) << at;
  }
  flip(data() / "kappa", 45);
  EXPECT_THAT(repair_without(RepairMode::apply).healed, SizeIs(1));
  EXPECT_TRUE(is_whole());
}

/// A segment of the same beginning, whose frames are whole and lead elsewhere.
TEST_F(Gaps, DoNotStandForEventsOfAnotherHistory) {
  const fs::path other = data().parent_path() / "other";
  append(*open_small(), "a", {"common"});
  fs::copy(data(), other, fs::copy_options::recursive);
  const auto go_on = [](const fs::path& root, char with) {
    log::ProtocolOptions small;
    small.segment_bytes = 14'500;
    const auto directory = log::open_directory(root, {}, small).value();
    for (int i = 0; i < 9; ++i) append(*directory, "a", {std::string(300, with)});
  };
  go_on(data(), 'd');
  go_on(other, 'o');
  const fs::path first = files("a", ".seg")[0];
  const fs::path foreign = other / fs::relative(first, data());
  ASSERT_EQ(fs::file_size(first), fs::file_size(foreign));
  fs::copy_file(foreign, first, fs::copy_options::overwrite_existing);
  const RepairReport report = repair_without(RepairMode::apply);
  EXPECT_THAT(report.gaps, IsEmpty());
  EXPECT_THAT(report.healed, IsEmpty());
  ASSERT_THAT(report.lost, SizeIs(1));
  EXPECT_EQ(report.lost[0].file, first.string());
  EXPECT_GT(damages(), 0u) << "it is told of as before";
}

/// Owner and log start may have changed among what is lost: what is behind the gap says so, and the gap says it for it.
TEST_F(Gaps, CarryOwnerAndLogStartOfWhatIsLost) {
  fill(0, 2);
  const auto take = [this] {
    const auto directory = open_small();
    return directory->appender(topic(*directory, "a")).value()->take_ownership().value();
  };
  take();
  const std::uint32_t epoch = take();
  const fs::path owned = segment(1);
  const auto places = frames_of(owned);
  ASSERT_GE(places.size(), 5u) << "two appends, two owners, and where they end";
  fill(2, 14);
  ASSERT_NE(segment(1), owned);
  // From the frames that take ownership to the segment's end.
  flip(owned, places[places.size() - 3] + 20, fs::file_size(owned) - places[places.size() - 3] - 20);
  const RepairReport done = repair_without(RepairMode::apply);
  ASSERT_THAT(done.lost, IsEmpty()) << done.lost[0].what;
  ASSERT_THAT(done.gaps, SizeIs(1));
  expect_gapped(done.gaps);
  EXPECT_EQ(take(), epoch + 1);
  // Whose header can be made anew only from all that the chain leads to.
  fs::path next;
  for (const fs::path& file : files("a", ".seg"))
    if (next.empty() && file > owned) next = file;
  flip(next, 90);
  const RepairReport again = repair_without(RepairMode::apply);
  EXPECT_THAT(again.lost, IsEmpty());
  EXPECT_THAT(again.healed, SizeIs(1));
  EXPECT_THAT(verified().damages, IsEmpty());
}

/// As before, amid a segment: what is lost has the owner, frames behind it are whole, and its mark tells of him. A
/// frame that takes ownership has no room to say as much as a gap may have to, so that a later gap says it.
TEST_F(Gaps, CarryTheOwnerThatOnlyAMarkTellsOf) {
  log::ProtocolOptions protocol;
  protocol.segment_bytes = 40'000;
  const auto add = [&](int number) {
    const auto directory = open(protocol);
    append(*directory, "a", {fmt::format("first of {} {}", number, std::string(400, 'a')), "second"});
    all_ = read(*directory, "a");
  };
  const auto take = [&] {
    const auto directory = open(protocol);
    return directory->appender(topic(*directory, "a")).value()->take_ownership().value();
  };
  add(1);
  const std::uint32_t epoch = take();
  for (const int number : {2, 3, 4}) add(number);
  const fs::path file = newest_segment();
  const auto places = frames_of(file);
  ASSERT_EQ(places.size(), 6u) << "four appends, an owner, and where they end";
  keep_whole();
  using Places = std::vector<std::size_t>;
  for (const Places& lost : {Places{1}, Places{1, 3}, Places{1, 2}, Places{0, 1, 3}, Places{0, 2}}) {
    put_back();
    for (const std::size_t place : lost) flip(file, places[place] + 20);
    SCOPED_TRACE(testing::PrintToString(lost));
    const RepairReport done = repair_without(RepairMode::apply);
    ASSERT_THAT(done.lost, IsEmpty()) << done.lost[0].what;
    expect_gapped(done.gaps);
    ASSERT_EQ(take(), epoch + 1);
    ASSERT_THAT(verified().damages, IsEmpty());
  }
}

TEST_F(Gaps, AreNotMadeInTheCatalog) {
  fill(0, 4);
  flip(files("_catalog", ".seg")[0], log::kFirstFramePosition + 100);
  const RepairReport report = repair_without(RepairMode::apply);
  EXPECT_TRUE(report.topics_unknown);
  EXPECT_THAT(report.gaps, IsEmpty());
  ASSERT_FALSE(report.lost.empty());
  EXPECT_THAT(report.lost[0].what, HasSubstr("the catalog has no gaps"));
}

TEST_F(Gaps, CannotStandForAMissingNewestSegment) {
  fill(0, 14);
  const std::uint64_t lost_from = std::stoull(segment(1).stem().string());
  fs::remove(segment(1));
  const RepairReport report = repair_without(RepairMode::apply);
  EXPECT_THAT(report.gaps, IsEmpty());
  ASSERT_THAT(report.lost, SizeIs(1));
  EXPECT_EQ(report.lost[0].begin, Offset{lost_from}) << "the segment before it is whole";
  EXPECT_GT(report.lost[0].position, log::kFirstFramePosition);
}

TEST_F(Gaps, AreHealedFromABackupLater) {
  fill(0, 14);
  back_up();
  flip(segment(3), frames_of(segment(3))[1] + 50);
  ASSERT_THAT(repair_without(RepairMode::apply).gaps, SizeIs(1));
  ASSERT_THAT(verified().gaps, SizeIs(1));
  EXPECT_THAT(repair(RepairMode::show).healed, SizeIs(1));
  EXPECT_THAT(repair(RepairMode::apply).healed, SizeIs(1));
  EXPECT_TRUE(is_whole());
  EXPECT_THAT(verified().gaps, IsEmpty());
  const auto directory = open_read_only();
  EXPECT_EQ(directory->status(topic(*directory, "a"), 0)->lost_events, 0u);
}

TEST_F(Gaps, DoNotTakeWhatABackupHas) {
  fill(0, 14);
  back_up();
  flip(segment(3), frames_of(segment(3))[1] + 50);
  const auto gaps = repair_without(RepairMode::apply).gaps;
  const auto refused = log::back_up(*open_small(), backup());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("may have what is lost here"));
  fs::remove_all(backup());
  back_up();
  fs::remove_all(data());
  ASSERT_TRUE(log::restore(backup(), data()));
  expect_gapped(gaps);
}

/// What was recorded and not done is done by the next one; it is not recorded again.
TEST_F(Gaps, AreRecordedOnce) {
  fill(0, 14);
  keep_whole();
  flip(segment(3), frames_of(segment(3))[1] + 50);
  const fs::path damaged = segment(3);
  const fs::path copy = data().parent_path() / "copy";
  fs::copy_file(damaged, copy);
  ASSERT_THAT(repair_without(RepairMode::apply).gaps, SizeIs(1));
  const std::size_t events = open_read_only()->catalog().read()->events.size();
  fs::copy_file(copy, damaged, fs::copy_options::overwrite_existing);
  const RepairReport again = repair_without(RepairMode::apply);
  ASSERT_THAT(again.gaps, SizeIs(1));
  EXPECT_EQ(open_read_only()->catalog().read()->events.size(), events);
  expect_gapped(again.gaps);
}

/// Reading past damage, of what was not repaired.
TEST_F(Gaps, AreNotMadeByReadingPastDamage) {
  fill(0, 10);
  keep_whole();
  for (const std::ptrdiff_t which : {3, 2, 1}) {
    const auto places = frames_of(segment(which));
    for (std::size_t i = 0; i + 1 < places.size(); ++i) {
      put_back();
      flip(segment(which), places[i] + 100);
      const auto directory = open_read_only();
      auto reader = directory->reader(topic(*directory, "a")).value();
      Strings values = read_on(*reader);
      if (values.size() == all_.size()) continue;
      ASSERT_EQ(values.back(), "error 7");
      values.pop_back();
      const auto skipped = reader->skip_damage();
      ASSERT_TRUE(skipped) << skipped.error().message;
      EXPECT_EQ(skipped->position, places[i]);
      EXPECT_EQ(skipped->begin.value, values.size());
      for (const std::string& value : read_on(*reader)) values.push_back(value);
      log::DamagedRange lost;
      lost.begin = skipped->begin;
      lost.end = Offset{skipped->begin.value + 2};
      EXPECT_EQ(values, without({lost})) << segment(which) << " at byte " << places[i];
    }
  }
}

}  // namespace
}  // namespace kappa::test

// What cannot be healed becomes a gap: wherever the damage is, the rest is read as before, by every reader, and
// verified.
#include <random>

#include "repair_fixture.hpp"

namespace kappa::test {
namespace {

namespace fs = std::filesystem;
using log::RepairMode;
using log::RepairReport;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Strings = std::vector<std::string>;

class Gaps : public Repair {
 protected:
  /// Where the frames of a file begin, and where the last one ends.
  static std::vector<std::uint64_t> frames_of(const fs::path& file) {
    std::vector<std::uint64_t> places{log::kFirstFramePosition};
    while (const std::uint64_t bytes = whole_frame_bytes(file, places.back())) places.push_back(places.back() + bytes);
    return places;
  }
  static std::uint64_t whole_frame_bytes(const fs::path& file, std::uint64_t position) {
    std::ifstream stream(file, std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(position));
    log::FrameHeader header;
    header.magic = 0;
    stream.read(reinterpret_cast<char*>(&header), sizeof header);
    return header.magic == log::kFrameMagic ? header.frame_bytes() : 0;
  }
  [[nodiscard]] fs::path newest_segment() const { return files("a", ".seg").back(); }
  /// What is left of all events when those of these gaps are missing.
  [[nodiscard]] Strings without(const std::vector<log::DamagedRange>& gaps) const {
    Strings left;
    for (std::size_t i = 0; i < all_.size(); ++i)
      if (std::ranges::none_of(gaps, [&](const auto& gap) { return gap.begin.value <= i && i < gap.end->value; }))
        left.push_back(all_[i]);
    return left;
  }
  [[nodiscard]] log::VerifyReport verified() const {
    const auto directory = open_read_only();
    return log::verify_partition(*directory, topic(*directory, "a"), 0).value();
  }
  /// Everything that is left is read, gaps are told, nothing is damaged, and appends go on.
  void expect_gapped(const std::vector<log::DamagedRange>& gaps) {
    Strings notices;
    log::OpenOptions options;
    options.access = log::Access::read_only;
    options.notice = [&](const std::string& notice) { notices.push_back(notice); };
    {
      auto directory = log::Directory::open(data(), options).value();
      ASSERT_EQ(read(*directory, "a"), without(gaps));
      ASSERT_EQ(merge(*directory, {"a"}), without(gaps));
      ASSERT_THAT(notices, SizeIs(testing::Ge(gaps.empty() ? 0u : 1u)));
    }
    ASSERT_THAT(verified().damages, IsEmpty()) << verified().damages[0].what;
    ASSERT_EQ(verified().gaps.size(), gaps.size());
    const auto directory = open_small();
    ASSERT_THAT(directory->take_recovery_notes(), IsEmpty());
    append(*directory, "a", {"goes on"});
    Strings more = without(gaps);
    more.emplace_back("goes on");
    ASSERT_EQ(read(*directory, "a"), more);
  }
};

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

/// Its newest mark says up to where there were events.
TEST_F(Gaps, StandForTheEndOfTheNewestSegmentThatWasCutOff) {
  fill(0, 1);
  fill(1, 3);
  keep_whole();
  const auto places = frames_of(newest_segment());
  ASSERT_GE(places.size(), 3u);
  Strings tried;
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

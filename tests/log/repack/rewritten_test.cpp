// A segment that is written anew has a chain of its own: what stands in the file that it replaces fits nowhere in it.
#include <algorithm>
#include <fstream>
#include <random>

#include "backup/backup_place.hpp"
#include "compact_fixture.hpp"
#include "kappa/log/repair.hpp"
#include "protocol/segment_file.hpp"

namespace kappa::test {
namespace {

namespace fs = std::filesystem;

class Rewritten : public Compacting {
 protected:
  static std::string bytes_of(const fs::path& file, std::uint64_t position, std::size_t count) {
    std::ifstream from(file, std::ios::binary);
    std::string bytes(count, '\0');
    from.seekg(static_cast<std::streamoff>(position)).read(bytes.data(), static_cast<std::streamsize>(count));
    EXPECT_TRUE(from);
    return bytes;
  }
  static void put(const fs::path& file, std::uint64_t position, const std::string& bytes) {
    std::fstream to(file, std::ios::binary | std::ios::in | std::ios::out);
    to.seekp(static_cast<std::streamoff>(position)).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    EXPECT_TRUE(to.flush());
  }
  /// Every other event is replaced later; the others are so different that frames stay large.
  static void fill_half_replaced(log::Directory& directory) {
    std::minstd_rand random;
    for (int i = 0; i < 100; ++i) {
      append_keyed(directory, "a", {{"again", fmt::format("a {}", i)}});
      std::string noise;
      while (noise.size() < 500) noise.push_back(static_cast<char>(random() >> 8U));
      append_keyed(directory, "a", {{fmt::format("once {}", i), noise}});
    }
  }
  /// What is left when each damage is skipped.
  static std::vector<std::string> told_whole(log::Directory& directory) {
    const auto reader = directory.reader(topic(directory, "a")).value();
    std::vector<std::string> lines;
    for (int skips = 0; skips < 1000;) {
      auto batch = reader->next();
      if (batch && !*batch) return lines;
      if (batch) {
        tell(**batch, lines);
        continue;
      }
      ++skips;
      if (auto skipped = reader->skip_damage(); !skipped) {
        ADD_FAILURE() << skipped.error().message;
        return lines;
      }
    }
    ADD_FAILURE() << "there is no end of the damage";
    return lines;
  }
  [[nodiscard]] fs::path first_segment() const { return files("a", ".seg").front(); }
  [[nodiscard]] fs::path copy_of_first(log::Directory& directory) const {
    const auto manifest = log::read_manifest(log::real_seam(), {backup().string()});
    EXPECT_TRUE(manifest);
    if (manifest)
      for (const log::BackupSegment& segment : manifest->segments)
        if (segment.id == topic(directory, "a").id && segment.base == Offset{})
          return log::BackupPlace{backup().string()}.segment(segment);
    ADD_FAILURE() << "the backup has no copy of " << first_segment();
    return {};
  }
  void lose_first_header() const { put(first_segment(), 0, std::string(log::kBlockBytes, '\0')); }

  void expect_mended(const std::optional<fs::path>& from, const std::vector<std::string>& lines) {
    const auto repaired = log::repair(data(), from, {.mode = log::RepairMode::apply});
    ASSERT_TRUE(repaired) << repaired.error().message;
    for (const log::DamagedRange& lost : repaired->lost) ADD_FAILURE() << lost.what;
    EXPECT_TRUE(repaired->gaps.empty());
    const auto directory = open_small();
    EXPECT_EQ(told(*directory, "a"), lines);
    expect_whole(*directory, "a");
  }
};

TEST_F(Rewritten, SegmentsTakeNoFrameOfTheFilesBefore) {
  auto directory = open_small();
  fill_keyed(*directory, "a", 5, 200);
  constexpr std::size_t kFirstFrame = 400;
  const std::string before = bytes_of(first_segment(), log::kFirstFramePosition, kFirstFrame);
  EXPECT_GT(compact(*directory, "a").removed, 0u);
  put(first_segment(), log::kFirstFramePosition, before);
  const auto reader = directory->reader(topic(*directory, "a")).value();
  const auto first = reader->next();
  ASSERT_FALSE(first) << "an event that was removed is served";
  EXPECT_EQ(first.error().code, Errc::corruption);
}

/// A lost write may have left the header, with or without what stands behind it, of the file before.
class StaleHead : public Rewritten, public testing::WithParamInterface<std::size_t> {
 protected:
  /// Nobody has the directory open. Returns what the compacted topic tells without that head.
  std::vector<std::string> put_stale_head() {
    auto directory = open_small();
    fill_half_replaced(*directory);
    const std::string before = bytes_of(first_segment(), 0, GetParam());
    EXPECT_GT(compact(*directory, "a").removed, 0u);
    auto lines = told(*directory, "a");
    directory.reset();
    put(first_segment(), 0, before);
    return lines;
  }
};

TEST_P(StaleHead, IsDamage) {
  const auto lines = put_stale_head();
  auto directory = open_small();
  const auto first = directory->reader(topic(*directory, "a")).value()->next();
  ASSERT_FALSE(first) << "what was removed is served";
  EXPECT_EQ(first.error().code, Errc::corruption);
  const auto verified = log::verify_partition(*directory, topic(*directory, "a"), 0);
  ASSERT_TRUE(verified) << verified.error().message;
  ASSERT_EQ(verified->damages.size(), 1u);
  EXPECT_THAT(verified->damages[0].what, testing::HasSubstr("header of another file"));
  EXPECT_THAT(lines, testing::IsSupersetOf(told_whole(*directory)));
  directory.reset();
  if (GetParam() <= log::kFirstFramePosition) return expect_mended({}, lines);
  // What stood there is lost; nothing that was removed is back.
  const auto repaired = log::repair(data(), {}, {.mode = log::RepairMode::apply});
  ASSERT_TRUE(repaired) << repaired.error().message;
  directory = open_small();
  const auto left = told(*directory, "a");
  EXPECT_GT(left.size(), lines.size() / 2);
  EXPECT_THAT(lines, testing::IsSupersetOf(left));
}

TEST_P(StaleHead, KeepsNobodyFromStartingAnew) {
  auto directory = open_small();
  fill(*directory, "a", 200);
  const std::string before = bytes_of(first_segment(), 0, GetParam());
  EXPECT_GT(repack(*directory, "a").repacked, 0u);
  directory.reset();
  put(first_segment(), 0, before);
  fs::remove(data() / "topics/a/0/head");
  fs::remove(data() / "sequence");
  directory = open_small();
  EXPECT_EQ(append(*directory, "a", {"next"}).first, Offset{200});
}

INSTANTIATE_TEST_SUITE_P(Of, StaleHead, testing::Values(4096, 12288, 12288 + 400, 12288 + 1024, 12288 + 4096));

TEST_F(Rewritten, SegmentsGetTheirHeaderBackFromTheirFooter) {
  auto directory = open_small();
  fill_keyed(*directory, "a", 5, 200);
  EXPECT_GT(compact(*directory, "a").removed, 0u);
  const auto lines = told(*directory, "a");
  directory.reset();
  lose_first_header();
  expect_mended({}, lines);
}

TEST_F(Rewritten, SegmentsWithoutAHeaderKeepTheirFramesWhereABackupHasOthers) {
  auto directory = open_small();
  fill(*directory, "a", 10);
  static_cast<void>(back_up(*directory));  // The beginning of the first segment, in its first form.
  fill(*directory, "a", 190);
  EXPECT_GT(repack(*directory, "a").repacked, 0u);
  const auto lines = told(*directory, "a");
  directory.reset();
  lose_first_header();
  expect_mended(backup(), lines);
}

TEST_F(Rewritten, SegmentsOfAnOlderBackupAreNoOtherHistory) {
  auto directory = open_small();
  fill(*directory, "a", 200);
  static_cast<void>(back_up(*directory));
  const fs::path older = data().parent_path() / "older";
  fs::copy(backup(), older, fs::copy_options::recursive);
  EXPECT_GT(repack(*directory, "a").repacked, 0u);
  static_cast<void>(back_up(*directory));
  const auto lines = told(*directory, "a");
  directory.reset();
  fs::remove(first_segment());
  expect_mended(older, lines);
  directory = open_small();
  static_cast<void>(back_up(*directory));
  expect_restored(lines);
}

TEST_F(Rewritten, SegmentsWithAStaleHeaderHinderNoStatus) {
  auto directory = open_small();
  fill_half_replaced(*directory);
  const auto segments = files("a", ".seg");
  ASSERT_GE(segments.size(), 4u);
  const std::string before = bytes_of(segments[1], 0, log::kBlockBytes);
  const std::uint64_t removed = compact(*directory, "a").removed;
  directory.reset();
  put(segments[1], 0, before);
  directory = open_small();
  const auto status = directory->status(topic(*directory, "a"), 0);
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->removed_events, removed);
}

TEST_F(Rewritten, SegmentsBesideEachOtherGetTheirHeadersBack) {
  auto directory = open_small();
  fill(*directory, "a", 300);
  const auto segments = files("a", ".seg");
  ASSERT_GE(segments.size(), 4u);
  const std::string first = bytes_of(segments[0], 0, log::kFirstFramePosition);
  const std::string second = bytes_of(segments[1], 0, log::kFirstFramePosition);
  EXPECT_GT(repack(*directory, "a").repacked, 1u);
  const auto lines = told(*directory, "a");
  directory.reset();
  put(segments[0], 0, first);
  put(segments[1], 0, second);
  expect_mended({}, lines);
}

TEST_F(Rewritten, SegmentsOfWhichNothingTellsTheHeaderComeFromABackupFromBefore) {
  auto directory = open_small();
  fill(*directory, "a", 300);
  const auto segments = files("a", ".seg");
  ASSERT_GE(segments.size(), 4u);
  static_cast<void>(back_up(*directory));
  EXPECT_GT(repack(*directory, "a").repacked, 1u);
  const auto lines = told(*directory, "a");
  directory.reset();
  // Of the second the header is lost, and with the first one's end what it followed.
  put(segments[1], 0, std::string(log::kBlockBytes, '\0'));
  put(segments[0], log::kFirstFramePosition, std::string(100, '\0'));
  expect_mended(backup(), lines);
}

TEST_F(Rewritten, SegmentsNeverWrittenAnewGetTheirHeaderBackBesideALoss) {
  auto directory = open_small();
  fill(*directory, "a", 10);
  static_cast<void>(back_up(*directory));
  fill(*directory, "a", 190);
  const auto lines = told(*directory, "a");
  directory.reset();
  lose_first_header();
  put(first_segment(), log::kFirstFramePosition + 8000, std::string(20, 'x'));
  const auto repaired = log::repair(data(), backup(), {.mode = log::RepairMode::apply});
  ASSERT_TRUE(repaired) << repaired.error().message;
  EXPECT_EQ(repaired->lost.size(), 1u);
  EXPECT_EQ(repaired->healed.size(), 1u);
  directory = open_small();
  const auto left = told(*directory, "a");
  EXPECT_GT(left.size(), 20u);
  EXPECT_EQ(left.front(), lines.front());
}

TEST_F(Rewritten, SegmentsBeforeANewOneKeepNobodyFromStartingAnewEither) {
  auto directory = open_small();
  fill(*directory, "a", 200);
  const fs::path last = files("a", ".seg").back();
  const std::string before = bytes_of(last, 0, log::kBlockBytes);
  EXPECT_GT(repack(*directory, "a", {.roll = true}).repacked, 0u);
  ASSERT_NE(files("a", ".seg").back(), last);
  ASSERT_NE(bytes_of(last, 0, log::kBlockBytes), before);
  directory.reset();
  put(last, 0, before);
  fs::remove(data() / "topics/a/0/head");
  fs::remove(data() / "sequence");
  directory = open_small();
  EXPECT_EQ(append(*directory, "a", {"next"}).first, Offset{200});
}

/// A backup's copy may have lost a write as well. What is whole here tells which of its frames are the same.
TEST_F(Rewritten, SegmentsAreHealedFromACopyWithAStaleHeader) {
  auto directory = open_small();
  fill(*directory, "a", 200);
  const std::string before = bytes_of(first_segment(), 0, log::kBlockBytes);
  EXPECT_GT(repack(*directory, "a").repacked, 0u);
  static_cast<void>(back_up(*directory));
  const auto lines = told(*directory, "a");
  put(copy_of_first(*directory), 0, before);
  directory.reset();
  put(first_segment(), log::kFirstFramePosition + 300, "damaged");
  expect_mended(backup(), lines);
}

TEST_F(Rewritten, SegmentsThatACopyWithAStaleHeaderHasNotEitherStayLost) {
  auto directory = open_small();
  fill(*directory, "a", 200);
  const std::string before = bytes_of(first_segment(), 0, log::kBlockBytes);
  EXPECT_GT(repack(*directory, "a").repacked, 0u);
  static_cast<void>(back_up(*directory));
  put(copy_of_first(*directory), 0, before);
  put(copy_of_first(*directory), log::kFirstFramePosition + 300, "damaged");
  directory.reset();
  put(first_segment(), log::kFirstFramePosition + 300, "damaged");
  const auto repaired = log::repair(data(), backup(), {.mode = log::RepairMode::apply});
  ASSERT_TRUE(repaired) << repaired.error().message;
  EXPECT_TRUE(repaired->healed.empty());
  EXPECT_EQ(repaired->lost.size(), 1u);
}

TEST_F(Rewritten, SegmentsAreBackedUpOverNoCopyWithAStaleHeader) {
  auto directory = open_small();
  fill_half_replaced(*directory);
  const std::string before = bytes_of(first_segment(), 0, log::kBlockBytes);
  EXPECT_GT(repack(*directory, "a").repacked, 0u);
  static_cast<void>(back_up(*directory));
  put(copy_of_first(*directory), 0, before);
  EXPECT_GT(compact(*directory, "a").removed, 0u);
  const auto again = log::back_up(*directory, backup());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::conflict) << again.error().message;
}

/// A lost write may have left marks of the file before, too; they name places that this one does not have.
TEST_F(Rewritten, SegmentsAreNotMendedByMarksOfTheFileBefore) {
  log::ProtocolOptions small;
  small.segment_bytes = 24'000;
  small.mark_every_bytes = 1500;
  auto directory = open(small);
  fill(*directory, "a", 200);
  constexpr std::size_t kMarks = log::kFirstFramePosition - log::kBlockBytes;
  const std::string before = bytes_of(first_segment(), log::kBlockBytes, kMarks);
  EXPECT_GT(repack(*directory, "a").repacked, 0u);
  directory.reset();
  put(first_segment(), log::kBlockBytes, before);
  put(first_segment(), log::kFirstFramePosition, "damaged");
  const auto repaired = log::repair(data(), {}, {.mode = log::RepairMode::apply});
  ASSERT_TRUE(repaired) << repaired.error().message;
  directory = open(small);
  expect_whole(*directory, "a");
  const auto status = directory->status(topic(*directory, "a"), 0);
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_GT(status->lost_events, 0u);
  EXPECT_EQ(status->lost_events + told(*directory, "a").size(), 200u);
}

TEST_P(StaleHead, BesideALostSegmentBringsNothingBack) {
  const auto lines = put_stale_head();
  fs::remove(files("a", ".seg").at(1));
  const auto directory = open_small();
  const auto left = told_whole(*directory);
  EXPECT_FALSE(left.empty());
  EXPECT_THAT(lines, testing::IsSupersetOf(left));
}

TEST_F(Rewritten, SegmentsComeBackFromABackupOfThem) {
  auto directory = open_small();
  fill(*directory, "a", 200);
  EXPECT_GT(repack(*directory, "a").repacked, 0u);
  static_cast<void>(back_up(*directory));
  const auto lines = told(*directory, "a");
  directory.reset();
  lose_first_header();
  put(first_segment(), log::kFirstFramePosition + 300, "damaged");
  expect_mended(backup(), lines);
}

}  // namespace
}  // namespace kappa::test

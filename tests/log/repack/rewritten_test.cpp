// A segment that is written anew has a chain of its own: what stands in the file that it replaces fits nowhere in it.
#include <algorithm>
#include <fstream>

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
  [[nodiscard]] fs::path first_segment() const { return files("a", ".seg").front(); }
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
class StaleHead : public Rewritten, public testing::WithParamInterface<std::size_t> {};

TEST_P(StaleHead, IsDamage) {
  auto directory = open_small();
  for (int i = 0; i < 100; ++i) {
    append_keyed(*directory, "a", {{"again", fmt::format("a {}", i)}});
    append_keyed(*directory, "a", {{fmt::format("once {}", i), std::string(30, 'o')}});
  }
  const std::string before = bytes_of(first_segment(), 0, GetParam());
  EXPECT_GT(compact(*directory, "a").removed, 0u);
  const auto lines = told(*directory, "a");
  directory.reset();
  put(first_segment(), 0, before);
  directory = open_small();
  const auto first = directory->reader(topic(*directory, "a")).value()->next();
  ASSERT_FALSE(first) << "what was removed is served";
  EXPECT_EQ(first.error().code, Errc::corruption);
  const auto verified = log::verify_partition(*directory, topic(*directory, "a"), 0);
  ASSERT_TRUE(verified) << verified.error().message;
  ASSERT_EQ(verified->damages.size(), 1u);
  EXPECT_THAT(verified->damages[0].what, testing::HasSubstr("header of another file"));
  directory.reset();
  if (GetParam() <= log::kFirstFramePosition) return expect_mended({}, lines);
  // The frames that stood there are lost; nothing that was removed is back.
  const auto repaired = log::repair(data(), {}, {.mode = log::RepairMode::apply});
  ASSERT_TRUE(repaired) << repaired.error().message;
  directory = open_small();
  const auto left = told(*directory, "a");
  EXPECT_GT(left.size(), lines.size() / 2);
  for (const std::string& line : left) EXPECT_NE(std::ranges::find(lines, line), lines.end()) << line;
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

INSTANTIATE_TEST_SUITE_P(Of, StaleHead, testing::Values(4096, 12288, 12288 + 400));

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

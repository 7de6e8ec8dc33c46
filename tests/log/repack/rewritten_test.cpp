// A segment that is written anew has a chain of its own: what stands in the file that it replaces fits nowhere in it.
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

TEST_F(Rewritten, SegmentsGetTheirHeaderBackFromTheirFooter) {
  auto directory = open_small();
  fill_keyed(*directory, "a", 5, 200);
  EXPECT_GT(compact(*directory, "a").removed, 0u);
  const auto lines = told(*directory, "a");
  directory.reset();
  lose_first_header();
  expect_mended({}, lines);
}

TEST_F(Rewritten, SegmentsWithoutAHeaderComeBackFromABackupOfThemAndFromOneBefore) {
  auto directory = open_small();
  fill(*directory, "a", 200);
  const auto lines = told(*directory, "a");
  static_cast<void>(back_up(*directory));
  EXPECT_GT(repack(*directory, "a").repacked, 0u);
  directory.reset();
  lose_first_header();
  expect_mended(backup(), lines);
  directory = open_small();
  EXPECT_GT(repack(*directory, "a").repacked, 0u);
  static_cast<void>(back_up(*directory));
  directory.reset();
  lose_first_header();
  expect_mended(backup(), lines);
}

}  // namespace
}  // namespace kappa::test

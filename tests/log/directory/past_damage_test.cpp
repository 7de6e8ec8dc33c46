// Reading past damage where a start has found it: nobody knows how far the newest segment was durable but the evidence
// in it. All that is whole is given, each range that is not is told, and nothing is changed.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format/format.hpp"
#include "log_fixture.hpp"

namespace kappa::test {
namespace {

namespace fs = std::filesystem;
using log::LogTest;
using testing::ElementsAre;
using Strings = std::vector<std::string>;

constexpr std::size_t kEvents = 13;

class PastDamage : public LogTest {
 protected:
  [[nodiscard]] static log::ProtocolOptions small_sizes() {
    log::ProtocolOptions small;
    small.segment_bytes = 14'000;
    return small;
  }
  /// Two segments of several frames of one event each, as a killed process leaves them: no mark vouches for the last.
  PastDamage() {
    const fs::path killed = data().parent_path() / "killed";
    {
      const auto directory = open(small_sizes());
      for (std::size_t i = 0; i < kEvents; ++i) append(*directory, "t", {fmt::format("v{}", i)});
      fs::copy(data(), killed, fs::copy_options::recursive);
    }
    fs::remove_all(data());
    fs::rename(killed, data());
    EXPECT_EQ(files("t", ".seg").size(), 2u);
    restart_machine();
  }
  void restart_machine() const { std::ofstream(data() / "sequence", std::ios::binary) << std::string(4096, '\0'); }
  [[nodiscard]] fs::path segment(std::size_t i) const { return files("t", ".seg").at(i); }
  /// Where the frames of a segment begin, and where the last one ends.
  [[nodiscard]] std::vector<std::uint64_t> places(std::size_t i) const {
    std::vector<std::uint64_t> all{log::kFirstFramePosition};
    std::ifstream file(segment(i), std::ios::binary);
    for (log::FrameHeader header;; all.push_back(all.back() + header.frame_bytes())) {
      file.seekg(static_cast<std::streamoff>(all.back()));
      header.magic = 0;
      file.read(reinterpret_cast<char*>(&header), sizeof header);
      if (header.magic != log::kFrameMagic) return all;
    }
  }
  void flip(std::size_t i, std::uint64_t position) const {
    std::fstream bytes(segment(i), std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(static_cast<std::streamoff>(position));
    const auto byte = static_cast<char>(bytes.get() ^ 0x10);
    bytes.seekp(static_cast<std::streamoff>(position));
    bytes.put(byte);
  }
  /// All that is whole, and in its place what is told of each stretch that is not.
  static Strings read_past(log::Directory& directory) {
    const auto reader = directory.reader(topic(directory, "t")).value();
    Strings all;
    for (int i = 0; i < 10; ++i) {
      const Strings more = read_on(*reader);
      all.insert(all.end(), more.begin(), more.end());
      if (all.empty() || all.back() != "error 7") return all;
      const auto skipped = reader->skip_damage();
      if (!skipped) {
        all.back() = skipped.error().message.substr(skipped.error().message.rfind(": ") + 2);
        return all;
      }
      all.back() = fmt::format("{}+{} from {} to {}", skipped->position, skipped->bytes, skipped->begin.value,
                               skipped->end ? std::to_string(skipped->end->value) : "nowhere");
    }
    return all;
  }
  void expect_read(const Strings& expected) const {
    const std::string before = content();
    EXPECT_EQ(read_past(*open_read_only()), expected);
    EXPECT_EQ(read_past(*open(small_sizes())), expected);
    EXPECT_TRUE(content() == before) << "files were changed";
  }
  [[nodiscard]] std::string content() const {
    std::string all;
    for (const fs::path& path : files("t", ".seg")) {
      std::ifstream file(path, std::ios::binary);
      all += std::string(std::istreambuf_iterator<char>(file), {});
    }
    return all;
  }
  [[nodiscard]] Strings values(std::size_t begin, std::size_t end, Strings before = {}) const {
    for (std::size_t i = begin; i < end; ++i) before.push_back(fmt::format("v{}", i));
    return before;
  }
  static std::string told(std::uint64_t begin, std::uint64_t end, std::size_t first, std::size_t behind) {
    return fmt::format("{}+{} from {} to {}", begin, end - begin, first, behind);
  }
  /// What is told of all that stands behind the last whole frame.
  [[nodiscard]] std::string told_of_end() const {
    const std::uint64_t end = places(1).back();
    return fmt::format("{}+{} from {} to nowhere", end, fs::file_size(segment(1)) - end, kEvents);
  }
};

TEST_F(PastDamage, GoesOnBehindAFrame) {
  const auto at = places(1);
  const std::size_t first = kEvents - (at.size() - 1);
  ASSERT_GE(at.size(), 5u);
  for (const std::uint64_t within : {20u, 230u}) {  // Of the header; of the body, behind a whole header.
    for (std::size_t i = 0; i + 2 < at.size(); ++i) {
      SCOPED_TRACE(fmt::format("frame {}, byte {}", i, within));
      flip(1, at[i] + within);
      Strings expected = values(0, first + i);
      expected.push_back(told(at[i], at[i + 1], first + i, first + i + 1));
      expected = values(first + i + 1, kEvents, expected);
      expected.push_back(told_of_end());
      expect_read(expected);
      flip(1, at[i] + within);
      restart_machine();
    }
  }
}

TEST_F(PastDamage, GoesOnBehindSeveralFrames) {
  const auto at = places(1);
  const std::size_t first = kEvents - (at.size() - 1);
  flip(1, at[0] + 20);
  flip(1, at[1] + 20);
  flip(1, at[3] + 230);
  Strings expected = values(0, first);
  expected.push_back(told(at[0], at[2], first, first + 2));
  expected = values(first + 2, first + 3, expected);
  expected.push_back(told(at[3], at[4], first + 3, first + 4));
  expected = values(first + 4, kEvents, expected);
  expected.push_back(told_of_end());
  expect_read(expected);
}

TEST_F(PastDamage, GoesOnBehindAHeaderOfASegment) {
  flip(0, 100);
  const std::size_t first = kEvents - (places(1).size() - 1);
  const Strings expected = values(first, kEvents, {told(0, fs::file_size(segment(0)), 0, first)});
  EXPECT_EQ(read_past(*open_read_only()), expected);
  EXPECT_EQ(read_past(*open(small_sizes())), expected);
}

TEST_F(PastDamage, EndsWhereNoSegmentIsWhole) {
  static_cast<void>(open(small_sizes()));
  const auto at = places(0);
  flip(0, at[at.size() - 2] + 20);
  flip(1, 100);
  Strings expected = values(0, at.size() - 2);
  expected.push_back(told(at[at.size() - 2], fs::file_size(segment(0)), at.size() - 2, kEvents));
  EXPECT_EQ(read_past(*open_read_only()), expected);
}

/// And nothing in memory tells how far it went: that is told before the rest is read, or behind it.
TEST_F(PastDamage, EndsBeforeALostNewestSegment) {
  const std::size_t first = kEvents - (places(1).size() - 1);
  flip(1, 100);
  const std::string before = content();
  for (const auto& directory : {open_read_only(), open(small_sizes())}) {
    Strings all = read_past(*directory);
    EXPECT_EQ(std::erase(all, fmt::format("0+0 from {} to nowhere", first)), 1u);
    EXPECT_EQ(all, values(0, first));
  }
  EXPECT_TRUE(content() == before) << "files were changed";
}

TEST_F(PastDamage, IsRefusedWhereThereIsNone) {
  const auto directory = open_read_only();
  const auto reader = directory->reader(topic(*directory, "t")).value();
  EXPECT_EQ(read_on(*reader), values(0, kEvents));
  const auto skipped = reader->skip_damage();
  ASSERT_FALSE(skipped);
  EXPECT_EQ(skipped.error().code, Errc::corruption);
  EXPECT_THAT(skipped.error().message, testing::HasSubstr("nothing whole stands behind the damage"));
  EXPECT_THAT(read_on(*reader), testing::IsEmpty()) << "it stands where it stood";
}

}  // namespace
}  // namespace kappa::test

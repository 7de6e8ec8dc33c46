// Many tiny segments: rolled, sealed and reopened, they read as one partition.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "forwarding_seam.hpp"
#include "kappa/log/verify.hpp"
#include "log_fixture.hpp"
#include "segment/seal.hpp"

namespace kappa::test {
namespace {

using log::Directory;
using log::LogTest;
using log::Stamp;

constexpr std::size_t kAppends = 240;
constexpr std::size_t kReopenedEvery = 60;
constexpr int kPatience = 5'000;  ///< Appends until a segment that was left must have been sealed beside them.

log::ProtocolOptions tiny() {
  log::ProtocolOptions options;
  options.segment_bytes = 13'500;
  options.mark_every_bytes = 600;
  return options;
}

class Rolling : public LogTest {
 protected:
  void append_all() {
    for (std::size_t i = 0; i < kAppends; i += kReopenedEvery) {
      const auto directory = open(tiny());
      for (std::size_t j = i; j < i + kReopenedEvery; ++j)
        stamps_.push_back(append(*directory, "t", {"v" + std::to_string(j), "w" + std::to_string(j)}));
    }
  }
  [[nodiscard]] static bool is_sealed(const std::filesystem::path& path) {
    const auto segment = log::open_segment(log::real_seam(), path.parent_path(), Offset{std::stoull(path.stem())},
                                           log::Access::read_only);
    return log::read_footer(log::real_seam(), (*segment)->file, (*segment)->salt()).value().has_value();
  }

  std::vector<Stamp> stamps_;
};

TEST_F(Rolling, LeavesOnePartition) {
  append_all();
  const auto directory = open(tiny());
  const auto events = read(*directory, "t");
  ASSERT_EQ(events.size(), 2 * kAppends);
  for (std::size_t i = 0; i < kAppends; ++i) EXPECT_EQ(events[2 * i], "v" + std::to_string(i));
  for (std::size_t i = 1; i < kAppends; ++i) EXPECT_GT(stamps_[i].sequence, stamps_[i - 1].sequence);
  for (std::size_t i = 1; i < kAppends; ++i) EXPECT_GE(stamps_[i].append_time, stamps_[i - 1].append_time);
  const auto report = log::verify_partition(*directory, topic(*directory, "t"), 0);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->frames, kAppends);
  EXPECT_GT(report->segments, 40u);
  for (const log::Damage& damage : report->damages) ADD_FAILURE() << damage.file << ": " << damage.what;
}

TEST_F(Rolling, SealsAllButTheLast) {
  append_all();
  const auto segments = files("t", ".seg");
  for (const auto& segment : segments) EXPECT_EQ(is_sealed(segment), segment != segments.back()) << segment;
}

TEST_F(Rolling, SealsWhileAppendsGoOn) {
  const auto directory = open(tiny());
  const auto appender = directory->appender(topic(*directory, "t"));
  int appends = 0;
  while (files("t", ".seg").size() < 2 || !is_sealed(files("t", ".seg").front())) {
    ASSERT_LT(appends++, kPatience);
    ASSERT_TRUE(try_append(**appender, {"v"}));
  }
}

TEST_F(Rolling, FindsEveryOffsetAndTime) {
  append_all();
  const auto directory = open_read_only();
  const auto reader = directory->reader(topic(*directory, "t")).value();
  for (std::size_t i = kAppends; i-- > 0;) {
    for (const Offset offset : {stamps_[i].first, stamps_[i].first.plus(1)}) {
      ASSERT_TRUE(reader->seek(offset));
      EXPECT_EQ((*reader->next())->first_offset, stamps_[i].first);
    }
    const auto first = std::ranges::lower_bound(stamps_, stamps_[i].append_time, {}, &Stamp::append_time);
    EXPECT_EQ(reader->offset_at(stamps_[i].append_time).value(), first->first);
  }
  ASSERT_TRUE(reader->seek(Offset{2 * kAppends}));
  EXPECT_FALSE(*reader->next());
  EXPECT_EQ(reader->offset_at(stamps_.back().append_time + 1).value(), Offset{2 * kAppends});
}

TEST_F(Rolling, MissesItsFirstSegment) {
  append_all();
  std::filesystem::remove(files("t", ".seg").front());
  const auto directory = open(tiny());
  const auto reader = directory->reader(topic(*directory, "t")).value();
  const auto refused = reader->next();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::corruption);
  EXPECT_THAT(refused.error().message,
              testing::HasSubstr("the segment at offset 0, with which the log starts, is missing"));
  EXPECT_TRUE(reader->seek(Offset{2 * kAppends - 1}));
  EXPECT_TRUE(*reader->next());
}

TEST_F(Rolling, MissesASegmentInItsMiddle) {
  append_all();
  const auto lost = files("t", ".seg")[20];
  std::filesystem::remove(lost);
  const auto directory = open(tiny());
  const auto events = read(*directory, "t");
  const std::size_t before = std::stoull(lost.stem());
  ASSERT_EQ(events.size(), before + 1);
  EXPECT_EQ(events[before - 1], "w" + std::to_string(before / 2 - 1));
  EXPECT_EQ(events.back(), "error " + std::to_string(static_cast<int>(Errc::corruption)));
}

class CountingSeam final : public ForwardingSeam {
 public:
  Result<std::size_t> read(const log::File& file, std::uint64_t position, std::span<std::byte> buffer) override {
    bytes += buffer.size();
    return ForwardingSeam::read(file, position, buffer);
  }
  std::uint64_t bytes = 0;
};

// The marks of a segment that is not sealed name places in it.
TEST_F(Rolling, SeeksNearTheEndReadLittle) {
  CountingSeam seam;
  log::ProtocolOptions options;
  options.mark_every_bytes = 500'000;
  const auto directory = open(options, &seam);
  std::mt19937_64 random(1);
  std::string value(100'000, ' ');
  for (int i = 0; i < 60; ++i) {
    for (char& c : value) c = static_cast<char>(random());
    append(*directory, "t", {value});
  }
  const auto reader = directory->reader(topic(*directory, "t")).value();
  seam.bytes = 0;
  ASSERT_TRUE(reader->seek(Offset{59}));
  EXPECT_EQ((*reader->next())->first_offset, Offset{59});
  EXPECT_LT(seam.bytes, 2'000'000u);
}

}  // namespace
}  // namespace kappa::test

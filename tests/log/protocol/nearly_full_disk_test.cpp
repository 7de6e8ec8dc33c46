// A disk on which a segment can grow only so far: what is left is used up, then an append is refused and leaves
// nothing, and control frames still find room.
#include <gtest/gtest.h>

#include <random>

#include "forwarding_seam.hpp"
#include "log_fixture.hpp"

namespace kappa::test {
namespace {

using log::LogTest;
using Strings = std::vector<std::string>;

constexpr std::uint64_t kSmallDisk = 300'000;  ///< No size that a segment doubles to.
constexpr std::uint64_t kReserveBytes = 64 << 10;
constexpr std::size_t kValueBytes = 10'000;
constexpr std::uint64_t kFrameBytesMax = kValueBytes + 500;
constexpr int kAppendsMax = 100;
constexpr int kTakeovers = 60;

class SmallDisk final : public ForwardingSeam {
 public:
  Result<void> allocate(const log::File& file, std::uint64_t bytes) override {
    if (bytes > segment_bytes_max) return full(file);
    return ForwardingSeam::allocate(file, bytes);
  }
  Result<void> write(const log::File& file, std::uint64_t position, std::span<const Bytes> parts) override {
    std::uint64_t end = position;
    for (const Bytes part : parts) end += part.size();
    if (end > segment_bytes_max) return full(file);
    return ForwardingSeam::write(file, position, parts);
  }
  std::uint64_t segment_bytes_max = kSmallDisk;

 private:
  static std::unexpected<Error> full(const log::File& file) {
    return fail(Errc::io, file.path() + ": no space left on device");
  }
};

class NearlyFullDisk : public LogTest {
 protected:
  /// Appends until it is refused.
  void fill() {
    for (int i = 0; i < kAppendsMax; ++i) {
      std::string value(kValueBytes, ' ');
      for (char& c : value) c = static_cast<char>(random_());
      const auto stamp = try_append(*appender_, {value});
      if (!stamp) {
        EXPECT_EQ(stamp.error().code, Errc::io) << stamp.error().message;
        return;
      }
      appended_.push_back(value);
      last_ = stamp->sequence;
    }
    FAIL() << "the disk is never full";
  }
  [[nodiscard]] std::uint64_t used() const {
    std::ifstream file(files("t", ".seg").front(), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {}).find_last_not_of('\0') + 1;
  }

  SmallDisk disk_;
  std::unique_ptr<log::Directory> directory_ = open({}, &disk_);
  std::unique_ptr<log::Appender> appender_ = directory_->appender(topic(*directory_, "t")).value();
  std::mt19937_64 random_{1};
  Strings appended_;
  Sequence last_;
};

TEST_F(NearlyFullDisk, IsUsedUpToTheReserve) {
  fill();
  EXPECT_LE(used() + kReserveBytes, kSmallDisk);
  EXPECT_GT(used() + kFrameBytesMax + kReserveBytes, kSmallDisk);
  EXPECT_EQ(read(*directory_, "t"), appended_);
}

TEST_F(NearlyFullDisk, HasRoomForTakeovers) {
  fill();
  // Each is smaller than what is left of the last event's room; all of them are not.
  for (int i = 0; i < kTakeovers; ++i) ASSERT_TRUE(appender_->take_ownership());
}

TEST_F(NearlyFullDisk, RefusesWithoutATrace) {
  fill();
  disk_.segment_bytes_max = 2 * kSmallDisk;
  const auto stamp = try_append(*appender_, {"more room"});
  ASSERT_TRUE(stamp);
  EXPECT_EQ(stamp->sequence, last_.plus(1));
  appended_.push_back("more room");
  EXPECT_EQ(read(*directory_, "t"), appended_);
}

}  // namespace
}  // namespace kappa::test

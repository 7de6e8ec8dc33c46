// After a restart no sequence is drawn again that stands anywhere, however damaged what is around it.
#include <gtest/gtest.h>

#include "log_fixture.hpp"
#include "protocol/tail.hpp"

namespace kappa::test {
namespace {

using log::LogTest;

constexpr std::uint64_t kHigh = 1ull << 30;  ///< Far above what few appends draw, whatever it is rounded to.

class CounterTest : public LogTest {
 protected:
  static std::string content(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// The next sequence drawn is this one.
  void set_counter(std::uint64_t next) const {
    constexpr std::streamoff kNextPosition = 64;
    std::fstream(data() / "sequence", std::ios::binary | std::ios::in | std::ios::out)
        .seekp(kNextPosition)
        .write(reinterpret_cast<const char*>(&next), sizeof next);
  }
  /// Two frames of x above kHigh, everything else far below; then the machine loses power.
  void fill() {
    const auto directory = open();
    append(*directory, "y", {"low"});
    topic(*directory, "x");
    set_counter(kHigh);
    for (const char* value : {"1", "2"}) last_ = append(*directory, "x", {value}).sequence;
    set_counter(1000);
    file_ = files("x", ".seg").front();
  }
  void damage(const std::string& what) {
    std::filesystem::remove(data() / "sequence");
    std::string bytes = content(file_);
    if (what == "Header") bytes[100] ^= 1;
    if (what == "Frame") {
      for (std::size_t i = log::kMarkPositionA; i < log::kFirstFramePosition; ++i) bytes[i] = '\0';
      bytes[log::kFirstFramePosition + log::kFrameHeaderBytes] ^= 1;
    }
    std::ofstream(file_, std::ios::binary) << bytes;
  }

  Sequence last_;
  std::filesystem::path file_;
};

class Counter : public CounterTest, public testing::WithParamInterface<std::string> {};

TEST_P(Counter, GoesOnAboveWhatStandsBehindDamage) {
  fill();
  ASSERT_GE(last_.value, kHigh);
  damage(GetParam());
  const auto directory = open();
  EXPECT_GT(append(*directory, "y", {"after"}).sequence, last_);
  EXPECT_FALSE(directory->appender(topic(*directory, "x")));
}

INSTANTIATE_TEST_SUITE_P(Of, Counter, testing::Values("Header", "Frame"), [](const auto& one) { return one.param; });

// Readers may be at work since before, with a bound just below the counter.
TEST_F(CounterTest, NeverGoesBackWithinOneStartOfTheMachine) {
  append(*open(), "x", {"before"});
  set_counter(kHigh);
  EXPECT_GE(append(*open(), "x", {"after"}).sequence.value, kHigh);
}

// Numbers may be missing altogether: as many as headers fit in the bytes that are damaged.
TEST_F(CounterTest, PassesOverWhatMayHaveStoodInDamagedBytes) {
  fill();
  damage("Frame");
  const auto tail = log::read_tail(log::real_seam(), file_.parent_path().string(), log::Access::read_only);
  ASSERT_TRUE(tail);
  EXPECT_EQ(tail->highest, last_);
  EXPECT_GE(tail->lost_headers(), 2u);
  const auto directory = open();
  EXPECT_GT(append(*directory, "y", {"after"}).sequence.value, last_.value + (1u << 20));
}

}  // namespace
}  // namespace kappa::test

// A segment gets a footer only once it has a successor. So a last file with a footer, or with what is left of one, has
// lost its successor: it is neither continued nor cut, whatever else is damaged in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "log_fixture.hpp"
#include "segment/seal.hpp"

namespace kappa::test {
namespace {

using log::LogTest;

constexpr std::size_t kValueBytes = log::kUnsealedBytesMin;  ///< So that a sealed file is as long as an unsealed one.
constexpr std::size_t kFooterBegin = 24;                     ///< Magic and salt, by which half a footer is known.

class LostSuccessor : public LogTest {
 protected:
  /// Two segments of one event, the first one sealed; then the second is lost.
  LostSuccessor() {
    {
      log::ProtocolOptions small;
      small.segment_bytes = log::kFirstFramePosition;
      const auto directory = open(small);
      std::mt19937_64 random(1);
      std::string value(kValueBytes, ' ');
      for (char& c : value) c = static_cast<char>(random());
      append(*directory, "t", {value});
      append(*directory, "t", {"lost"});
    }
    EXPECT_TRUE(log::seal_left_segments(log::real_seam(), (data() / "topics/t/0").string()));
    file_ = files("t", ".seg").at(0);
    std::filesystem::remove(files("t", ".seg").at(1));
    bytes_ = content();
    const auto segment = log::open_segment(log::real_seam(), file_.parent_path(), {}, log::Access::read_only).value();
    footer_ = log::read_footer(log::real_seam(), segment->file, segment->salt()).value().value().header.end.value;
  }
  [[nodiscard]] std::string content() const {
    std::ifstream file(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void expect_told(const std::string& damaged, const std::string& what) const {
    std::ofstream(file_, std::ios::binary) << damaged;
    const auto directory = open();
    const auto refused = directory->appender(topic(*directory, "t"));
    ASSERT_FALSE(refused) << what;
    EXPECT_EQ(refused.error().code, Errc::corruption) << what;
    EXPECT_THAT(refused.error().message, testing::HasSubstr("its successor is missing")) << what;
    EXPECT_TRUE(directory->take_recovery_notes().empty()) << what;
    EXPECT_TRUE(content() == damaged) << what;
  }

  std::filesystem::path file_;
  std::string bytes_;
  std::size_t footer_ = 0;
};

TEST_F(LostSuccessor, IsToldByAFooter) {
  expect_told(bytes_, "whole");
}

TEST_F(LostSuccessor, IsToldByADamagedFooter) {
  for (std::size_t i = footer_ + kFooterBegin; i < bytes_.size() && !HasFailure(); ++i) {
    std::string damaged = bytes_;
    damaged[i] = static_cast<char>(~damaged[i]);
    expect_told(damaged, "byte " + std::to_string(i - footer_));
  }
}

TEST_F(LostSuccessor, IsToldByHalfAFooter) {
  expect_told(bytes_.substr(0, footer_ + kFooterBegin), "cut off");
  expect_told(bytes_.substr(0, footer_ + kFooterBegin) + std::string(log::kUnsealedBytesMin, '\0'), "zeros behind");
}

// The chain ends before the footer, and no mark tells how far it went.
TEST_F(LostSuccessor, IsToldByTheFooterBehindADamagedFrame) {
  std::string damaged = bytes_;
  std::fill(damaged.begin() + log::kMarkPositionA, damaged.begin() + log::kFirstFramePosition, '\0');
  damaged[footer_ - 1000] = static_cast<char>(~damaged[footer_ - 1000]);
  expect_told(damaged, "damaged frame");
}

}  // namespace
}  // namespace kappa::test

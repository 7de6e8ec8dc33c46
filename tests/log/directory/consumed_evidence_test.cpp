// What a view has consumed was durable: its last commit says so, wherever it stands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "log_fixture.hpp"
#include "protocol/tail.hpp"

namespace kappa::test {
namespace {

using log::LogTest;

class ConsumedEvidence : public LogTest {
 protected:
  /// A view that has consumed two events of x, each in a commit of its own, and was closed.
  void fill(const log::ProtocolOptions& options = {}) {
    const auto directory = open(options);
    const log::TopicInfo x = topic(*directory, "x");
    const auto view = directory->appender(topic(*directory, "v")).value();
    for (std::uint64_t end : {1u, 2u}) {
      const Sequence through = append(*directory, "x", {"event"}).sequence;
      log::CommitBlock block;
      block.inputs = {{x.id, 0, Offset{end}}};
      const log::CommitFrame commit{.block = &block, .through = through};
      ASSERT_TRUE(try_append(*view, {"change"}, {.expected_end = {}, .owner_epoch = {}, .commit = commit}));
    }
  }
  [[nodiscard]] log::Tail tail() const {
    return log::read_tail(log::real_seam(), (data() / "topics/v/0").string(), log::Access::read_only).value();
  }
  void take_over(const log::ProtocolOptions& options) const {
    const auto directory = open(options);
    ASSERT_TRUE(directory->appender(topic(*directory, "v")).value()->take_ownership());
  }
  void expect_evidence() const {
    const log::Tail read = tail();
    ASSERT_EQ(read.consumed.size(), 1u);
    EXPECT_EQ(read.consumed[0].end, Offset{2});
  }
};

TEST_F(ConsumedEvidence, IsTakenFromBeforeTheMark) {
  fill();
  EXPECT_EQ(tail().from, tail().end);
  expect_evidence();
}

TEST_F(ConsumedEvidence, IsTakenFromBeforeATakeover) {
  fill();
  take_over({});
  expect_evidence();
}

TEST_F(ConsumedEvidence, IsTakenFromTheSegmentBefore) {
  log::ProtocolOptions small;
  small.segment_bytes = log::kFirstFramePosition;
  fill(small);
  take_over(small);
  // One for each commit; in the last one there is nothing but the takeover.
  ASSERT_EQ(files("v", ".seg").size(), 3u);
  EXPECT_EQ(tail().segment->base(), tail().end.next_offset);
  expect_evidence();
}

TEST_F(ConsumedEvidence, ShowsThatAnInputHasLostItsEnd) {
  fill();
  const auto path = files("x", ".seg").front();
  std::ifstream from(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(from)), {});
  std::fill(bytes.begin() + log::kMarkPositionA, bytes.begin() + log::kFirstFramePosition, '\0');
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(bytes.rfind("KFRM")), bytes.end(), '\0');
  std::ofstream(path, std::ios::binary) << bytes;
  const auto directory = open();
  const auto refused = directory->appender(topic(*directory, "x"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::corruption);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("were consumed by a view and are missing"));
}

}  // namespace
}  // namespace kappa::test

// What a view has consumed was durable: its last commit says so, wherever it stands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "forwarding_seam.hpp"
#include "kappa/log/repair.hpp"
#include "kappa/log/verify.hpp"
#include "log_fixture.hpp"
#include "protocol/tail.hpp"

namespace kappa::test {
namespace {

using log::LogTest;
using testing::HasSubstr;

class ConsumedEvidence : public LogTest {
 protected:
  /// A view that has consumed two events of x, each in a commit of its own, and was closed.
  void fill(const log::ProtocolOptions& options = {}) {
    const auto directory = open(options);
    const log::TopicInfo x = topic(*directory, "x");
    const auto view = directory->appender(directory->create_topic("v", log::TopicKind::changelog).value()).value();
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
  /// The last event of x, with all in its file that tells of it.
  void lose_end_of_input() const {
    const auto path = files("x", ".seg").front();
    std::ifstream from(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(from)), {});
    std::fill(bytes.begin() + log::kMarkPositionA, bytes.begin() + log::kFirstFramePosition, '\0');
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(bytes.rfind("KFRM")), bytes.end(), '\0');
    std::ofstream(path, std::ios::binary) << bytes;
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
  lose_end_of_input();
  const auto directory = open();
  const auto refused = directory->appender(topic(*directory, "x"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::corruption);
  EXPECT_THAT(refused.error().message, HasSubstr("were consumed by a view and are missing"));
}

TEST_F(ConsumedEvidence, ShowsItToWhoOnlyReads) {
  fill();
  lose_end_of_input();
  std::filesystem::remove(data() / "topics/x/0/head");
  ASSERT_FALSE(open()->appender(topic(*open(), "x")));
  const auto directory = open_read_only();
  const log::TopicInfo x = topic(*directory, "x");
  const auto reader = directory->reader(x).value();
  ASSERT_TRUE(reader->next()) << "the first event is whole";
  const auto second = reader->next();
  ASSERT_FALSE(second) << "the end passes for whole";
  EXPECT_THAT(second.error().message, HasSubstr("were consumed by a view and are missing"));
  EXPECT_FALSE(directory->status(x, 0));
  const auto verified = log::verify_partition(*directory, x, 0);
  ASSERT_TRUE(verified) << verified.error().message;
  ASSERT_EQ(verified->damages.size(), 1u);
  EXPECT_THAT(verified->damages[0].what, HasSubstr("events [1, 2) were consumed by a view"));
}

TEST_F(ConsumedEvidence, IsWhatRepairCannotPass) {
  fill();
  lose_end_of_input();
  const auto repaired = log::repair(data(), std::nullopt, {.mode = log::RepairMode::apply});
  ASSERT_TRUE(repaired) << repaired.error().message;
  EXPECT_TRUE(repaired->healed.empty());
  ASSERT_EQ(repaired->lost.size(), 1u);
  EXPECT_EQ(repaired->lost[0].begin, Offset{1});
  EXPECT_EQ(repaired->lost[0].end, Offset{2});
}

/// A mark names an end that is not far enough for what a view has consumed.
TEST_F(ConsumedEvidence, KeepsRepairFromAGapThatIsTooSmall) {
  const auto bytes_of_marks = [this](const std::string& put) {
    std::fstream file(files("x", ".seg").front(), std::ios::in | std::ios::out | std::ios::binary);
    std::string bytes(log::kFirstFramePosition - log::kMarkPositionA, '\0');
    file.seekg(log::kMarkPositionA);
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.seekp(log::kMarkPositionA);
    file << put;
    return bytes;
  };
  append(*open(), "x", {"before"});
  const std::string marks = bytes_of_marks("");
  fill();
  bytes_of_marks(marks);
  std::filesystem::resize_file(files("x", ".seg").front(), log::kFirstFramePosition);
  const auto repaired = log::repair(data(), std::nullopt, {.mode = log::RepairMode::apply});
  ASSERT_TRUE(repaired) << repaired.error().message;
  EXPECT_TRUE(repaired->gaps.empty());
  ASSERT_EQ(repaired->lost.size(), 2u);
  EXPECT_EQ(repaired->lost[0].end, Offset{1});
  EXPECT_EQ(repaired->lost[1].end, Offset{2});
  EXPECT_THAT(repaired->lost[0].what, HasSubstr("kappa view drop"));
}

/// Who may not open the files of some topic.
class Forbidden final : public ForwardingSeam {
 public:
  explicit Forbidden(std::string folder) : folder_(std::move(folder)) {}
  Result<log::File> open(const std::string& path, log::OpenMode mode) override {
    if (path.find(folder_) != std::string::npos && path.ends_with(".seg"))
      return fail(Errc::io, path + ": permission denied");
    return ForwardingSeam::open(path, mode);
  }

 private:
  std::string folder_;
};

TEST_F(ConsumedEvidence, IsNotLostToWhoMayNotReadAnotherTopic) {
  fill();
  append(*open(), "other", {"event"});
  lose_end_of_input();
  std::filesystem::remove(data() / "topics/x/0/head");
  for (const char* folder : {"/topics/other/", "/topics/v/"}) {
    SCOPED_TRACE(folder);
    Forbidden seam(folder);
    std::vector<std::string> notices;
    const auto directory =
        log::Directory::open(data(), {.access = log::Access::read_only,
                                      .seam = &seam,
                                      .notice = [&](const std::string& notice) { notices.push_back(notice); }})
            .value();
    const bool of_view = folder == std::string_view("/topics/v/");
    const auto reader = directory->reader(topic(*directory, "x")).value();
    ASSERT_TRUE(reader->next());
    const auto second = reader->next();
    EXPECT_EQ(second.has_value(), of_view);
    ASSERT_EQ(notices.size(), of_view ? 1u : 0u);
    if (of_view) {
      EXPECT_THAT(notices[0], HasSubstr("whether what it has consumed is still there cannot be told"));
    }
  }
}

}  // namespace
}  // namespace kappa::test

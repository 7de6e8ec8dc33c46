// A backup takes the place of an earlier one only if it goes on where that one ends; and what comes and goes while it
// is made is no damage.
#include "backup_fixture.hpp"

namespace kappa::test {
namespace {

namespace fs = std::filesystem;
using log::Directory;
using testing::HasSubstr;

class BackupHistory : public Backup {
 protected:
  [[nodiscard]] std::unique_ptr<Directory> open_restored() const {
    fs::remove_all(restored());
    EXPECT_TRUE(log::restore(backup(), restored()));
    log::ProtocolOptions small;
    small.segment_bytes = kSegmentBytes;
    auto opened = log::open_directory(restored(), {.access = log::Access::read_write}, small);
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
  }
  /// Each byte of the backup's files.
  [[nodiscard]] std::map<std::string, std::string> content() const {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(backup())) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      all[entry.path().string()] = {std::istreambuf_iterator<char>(file), {}};
    }
    return all;
  }
  void expect_refused(Directory& other) {
    const auto before = content();
    for (const bool dry_run : {true, false}) {
      const auto refused = log::back_up(other, backup(), {.dry_run = dry_run});
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, Errc::conflict) << refused.error().message;
      EXPECT_THAT(refused.error().message, HasSubstr("another history"));
    }
    EXPECT_TRUE(content() == before) << "the backup is not as it was";
  }
};

TEST_F(BackupHistory, OfARestoredDirectoryThatWentAnotherWayIsRefused) {
  // How far the original and the restored one go on: within a segment, and over several.
  for (const auto& [original, other] : {std::pair{2, 1}, {1, 1}, {1, 2}, {30, 1}, {1, 30}, {30, 30}}) {
    SCOPED_TRACE(fmt::format("{} events more here, {} there", original, other));
    const auto directory = open_small();
    fill(*directory, "a", 5);
    must_back_up(*directory);
    const auto copy = open_restored();
    fill(*directory, "a", original);
    must_back_up(*directory);
    fill(*copy, "a", other);
    expect_refused(*copy);
  }
}

TEST_F(BackupHistory, OfADirectoryThatWasRestoredAndIsBehindIsRefused) {
  const auto directory = open_small();
  fill(*directory, "a", 5);
  must_back_up(*directory);
  const auto copy = open_restored();
  fill(*directory, "a", 30);
  must_back_up(*directory);
  expect_refused(*copy);
}

TEST_F(BackupHistory, OfOtherTopicsIsRefused) {
  const auto directory = open_small();
  fill(*directory, "a", 5);
  must_back_up(*directory);
  const auto copy = open_restored();
  fill(*directory, "b", 5);
  must_back_up(*directory);
  fill(*copy, "c", 10);
  expect_refused(*copy);
}

TEST_F(BackupHistory, GoesOnWithTheDirectoryThatWasRestoredFromIt) {
  const auto directory = open_small();
  fill(*directory, "a", 5);
  fill(*directory, "gone", 5);
  must_back_up(*directory);
  const auto copy = open_restored();
  fill(*copy, "a", 30);
  fill(*copy, "b", 3);
  ASSERT_TRUE(copy->delete_topic(topic(*copy, "gone")));
  must_back_up(*copy);
  ASSERT_TRUE(copy->set_retention(topic(*copy, "a"), {.age = {}, .bytes = 30'000}));
  const auto kept = topic(*copy, "a");
  const auto trims = copy->plan_retention(kept).value();
  ASSERT_FALSE(trims.empty());
  ASSERT_TRUE(copy->trim(kept, trims, copy->catalog().read().value().end));
  must_back_up(*copy);
  expect_refused(*directory);
}

class TopicMadeAgain : public BackupHistory, public testing::WithParamInterface<const char*> {};

TEST_P(TopicMadeAgain, WhileABackupIsMadeIsNoDamage) {
  WatchedSeam seam;
  const auto directory = open_small(&seam);
  fill(*directory, "a", 10);
  fill(*directory, "b", 10);
  bool again = false;
  seam.before_open = [&](const std::string& path) {
    if (!path.contains(GetParam()) || std::exchange(again, true)) return;
    ASSERT_TRUE(directory->delete_topic(topic(*directory, "b")));
    fill(*directory, "b", 12);
  };
  must_back_up(*directory);
  ASSERT_TRUE(again);
  const auto copy = must_restore();
  ASSERT_NE(copy, nullptr);
  EXPECT_EQ(topic(*copy, "b").id, topic(*directory, "b").id);
  EXPECT_EQ(read(*copy, "b"), read(*directory, "b"));
}
INSTANTIATE_TEST_SUITE_P(BackupHistory, TopicMadeAgain, testing::Values("/data/topics/b/0/0000", "/backup/segments/"),
                         [](const auto& one) { return one.index == 0 ? "WhenPlanned" : "WhenCopied"; });

}  // namespace
}  // namespace kappa::test

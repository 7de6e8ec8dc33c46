// What else rests on segments: copies of them, and appends that look for what is there already.
#include "kappa/log/backup.hpp"
#include "kappa/log/once.hpp"
#include "repack_fixture.hpp"

namespace kappa::test {
namespace {

namespace fs = std::filesystem;
using log::Directory;

class RepackedBackup : public Repacking {};

TEST_F(RepackedBackup, IsTakenAndRestored) {
  const auto directory = open_small();
  fill(*directory, "a", 200);
  const auto lines = told(*directory, "a");
  static_cast<void>(repack(*directory, "a"));
  static_cast<void>(back_up(*directory));
  expect_restored(lines);
}

TEST_F(RepackedBackup, GoesOnFromOneThatWasTakenBefore) {
  const auto directory = open_small();
  fill(*directory, "a", 200);
  static_cast<void>(back_up(*directory));
  const log::RepackReport repacked = repack(*directory, "a");
  const log::BackupReport second = back_up(*directory);
  EXPECT_GE(second.segments_copied, repacked.repacked);
  EXPECT_EQ(second.files_removed, repacked.repacked + 1);  // and the catalog's
  expect_restored(told(*directory, "a"));
  EXPECT_EQ(back_up(*directory).segments_copied, 0u);
}

TEST_F(RepackedBackup, GoesOnFromOneThatHasTheBeginningOfWhatIsRepackedNow) {
  const auto directory = open_small();
  fill(*directory, "a", 70);
  static_cast<void>(back_up(*directory));
  fill(*directory, "a", 40);
  EXPECT_GT(repack(*directory, "a", {.roll = true}).repacked, 0u);
  static_cast<void>(back_up(*directory));
  expect_restored(told(*directory, "a"));
}

TEST_F(RepackedBackup, OfADirectoryThatWentAnotherWayIsRefused) {
  const auto directory = open_small();
  fill(*directory, "a", 10);
  static_cast<void>(back_up(*directory));
  const fs::path restored = data().parent_path() / "other";
  ASSERT_TRUE(log::restore(backup(), restored));
  fill(*directory, "a", 5);
  static_cast<void>(back_up(*directory));
  const auto other = Directory::open(restored, {}).value();
  fill(*other, "a", 20);
  EXPECT_GT(repack(*other, "a", {.roll = true}).repacked, 0u);
  const auto refused = log::back_up(*other, backup());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("another history"));
}

TEST_F(RepackedBackup, OfRepeatedAppendsStoresNothingTwice) {
  const auto directory = open_small();
  fill(*directory, "a", 150);
  const auto by_value = [](Bytes value) -> std::optional<std::string_view> { return as_text(value); };
  const auto once = [&](log::OnceOptions options, const std::vector<std::string>& values) {
    const auto appender = directory->once_appender(topic(*directory, "a"), 0, std::move(options)).value();
    const auto stamp = try_append(*appender, values);
    EXPECT_TRUE(stamp) << stamp.error().message;
    return stamp ? stamp->end.value - stamp->first.value : 0;
  };
  EXPECT_EQ(once({log::OnceByProducer{"p"}, {}}, {"x", "y", "z"}), 3u);
  fill(*directory, "a", 150);
  EXPECT_GT(repack(*directory, "a", {.roll = true}).repacked, 1u);
  EXPECT_EQ(once({log::OnceByProducer{"p"}, {}}, {"x", "y", "z"}), 0u);
  EXPECT_EQ(once({log::OnceById{by_value}, {}}, {"a 0", "a 149", "a 77", "new"}), 1u);
}

TEST_F(RepackedBackup, OfATrimmedPartitionKeepsItsStart) {
  const auto directory = open_small();
  fill(*directory, "a", 200);
  static_cast<void>(repack(*directory, "a"));
  const std::uint64_t bytes = directory->status(topic(*directory, "a"), 0).value().bytes;
  ASSERT_TRUE(directory->set_retention(topic(*directory, "a"), {.age = {}, .bytes = bytes / 2}));
  const log::TopicInfo info = topic(*directory, "a");
  const auto end = directory->catalog().read().value().end;
  const auto trims = directory->plan_retention(info).value();
  ASSERT_FALSE(trims.empty());
  ASSERT_TRUE(directory->trim(info, trims, end).value());
  const auto lines = told(*directory, "a");
  EXPECT_LT(lines.size(), 200u);
  static_cast<void>(repack(*directory, "a", {.roll = true}));
  EXPECT_EQ(told(*directory, "a"), lines);
  expect_whole(*directory, "a");
}

}  // namespace
}  // namespace kappa::test

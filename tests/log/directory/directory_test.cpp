#include "log_fixture.hpp"

namespace kappa::log {
namespace {

using Strings = std::vector<std::string>;

class DirectoryTest : public LogTest {};

TEST_F(DirectoryTest, WhatIsAppendedIsRead) {
  auto directory = open();
  append(*directory, "clicks", {"a", "b"});
  append(*directory, "clicks", {"c"});
  EXPECT_EQ(read(*directory, "clicks"), (Strings{"a", "b", "c"}));
}

TEST_F(DirectoryTest, WhatIsAppendedIsThereAfterReopening) {
  append(*open(), "clicks", {"a"});
  append(*open(), "clicks", {"b"});
  auto directory = open();
  EXPECT_EQ(read(*directory, "clicks"), (Strings{"a", "b"}));
  EXPECT_TRUE(directory->take_recovery_notes().empty());
}

TEST_F(DirectoryTest, TwoOpenDirectoriesShareOneLog) {
  auto one = open();
  auto other = open();
  append(*one, "clicks", {"a"});
  append(*other, "clicks", {"b"});
  append(*one, "clicks", {"c"});
  EXPECT_EQ(read(*other, "clicks"), (Strings{"a", "b", "c"}));
}

TEST_F(DirectoryTest, TopicsMergeInTheOrderOfTheirAppends) {
  auto directory = open();
  append(*directory, "x", {"1"});
  append(*directory, "y", {"2", "3"});
  append(*directory, "x", {"4"});
  append(*directory, "z", {"5"});
  EXPECT_EQ(merge(*directory, {"z", "x", "y"}), (Strings{"1", "2", "3", "4", "5"}));
}

TEST_F(DirectoryTest, ReadOnlySeesTheSameAndCannotWrite) {
  auto writer = open();
  append(*writer, "clicks", {"a"});
  auto reader = open_read_only();
  append(*writer, "clicks", {"b"});
  EXPECT_EQ(read(*reader, "clicks"), (Strings{"a", "b"}));
  EXPECT_EQ(reader->create_topic("other", TopicKind::user).error().code, Errc::io);
  EXPECT_EQ(reader->appender(topic(*reader, "clicks")).error().code, Errc::io);
}

TEST_F(DirectoryTest, ReadOnlyWorksWhenNobodyWrites) {
  append(*open(), "clicks", {"a"});
  auto reader = open_read_only();
  EXPECT_EQ(read(*reader, "clicks"), Strings{"a"});
  EXPECT_EQ(merge(*reader, {"clicks"}), Strings{"a"});
}

TEST_F(DirectoryTest, ATopicTakesThePlaceOfNoEventsThatTheCatalogHasNotSeenDeleted) {
  namespace fs = std::filesystem;
  const fs::path kept = data().parent_path() / "kept";
  append(*open(), "gone", {"a"});
  append(*open(), "moved", {"b"});
  const auto directory = open();
  fs::copy(data() / "topics/gone", kept, fs::copy_options::recursive);
  ASSERT_TRUE(directory->delete_topic(topic(*directory, "gone")));
  // What a death amid the deletion may leave.
  fs::copy(kept, data() / "topics/gone", fs::copy_options::recursive);
  EXPECT_TRUE(directory->create_topic("gone", TopicKind::user));
  // Moved there by hand.
  fs::rename(data() / "topics/moved", data() / "topics/new");
  const auto refused = directory->create_topic("new", TopicKind::user);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict) << refused.error().message;
  EXPECT_EQ(files("new", ".seg").size(), 1u);
  // And damaged: in its header, in its first frame, or without any frame that its mark tells of.
  const fs::path moved = files("new", ".seg").front();
  const fs::path copy = data().parent_path() / "copy";
  fs::copy_file(moved, copy);
  const std::uint64_t frames = log::kFirstFramePosition;
  for (const auto& [position, bytes] : {std::pair<std::uint64_t, std::string>{100, "damaged"},
                                        {frames + 20, "damaged"},
                                        {frames, std::string(fs::file_size(copy) - frames, '\0')}}) {
    fs::copy_file(copy, moved, fs::copy_options::overwrite_existing);
    std::fstream file(moved, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(position));
    file << bytes << std::flush;
    EXPECT_FALSE(directory->create_topic("new", TopicKind::user)) << position;
    ASSERT_EQ(files("new", ".seg").size(), 1u);
  }
  // Of a topic of another directory, or one that the catalog has lost.
  const auto other = open_directory(data().parent_path() / "other", {.create = true}, {}).value();
  fs::copy(kept, data().parent_path() / "other/topics/gone", fs::copy_options::recursive);
  EXPECT_FALSE(other->create_topic("gone", TopicKind::user));
}

TEST_F(DirectoryTest, ATopicExistsOnce) {
  auto directory = open();
  ASSERT_TRUE(directory->create_topic("clicks", TopicKind::user));
  EXPECT_EQ(open()->create_topic("clicks", TopicKind::user).error().code, Errc::conflict);
}

TEST_F(DirectoryTest, BadNamesAreRefused) {
  for (const char* name : {"", ".", "..", "a/b", "a b", "a@1"}) EXPECT_FALSE(check_topic_name(name)) << name;
  for (const char* name : {"_x", "a.errors", "a.late"}) EXPECT_FALSE(check_user_topic_name(name)) << name;
  EXPECT_TRUE(check_user_topic_name("A-z_0.9"));
}

TEST_F(DirectoryTest, ADeletedTopicFailsForThoseWhoHaveItOpen) {
  auto directory = open();
  append(*directory, "clicks", {"a"});
  const TopicInfo clicks = topic(*directory, "clicks");
  auto appender = directory->appender(clicks);
  auto other = open();
  auto reader = other->reader(clicks);
  ASSERT_TRUE(other->delete_topic(clicks));
  EXPECT_EQ(try_append(**appender, {"b"}).error().code, Errc::not_found);
  EXPECT_EQ((*reader)->next().error().code, Errc::not_found);
  EXPECT_EQ(directory->reader(clicks).error().code, Errc::not_found);
}

TEST_F(DirectoryTest, ARecreatedTopicIsAnother) {
  auto directory = open();
  append(*directory, "clicks", {"a"});
  const TopicInfo first = topic(*directory, "clicks");
  ASSERT_TRUE(directory->delete_topic(first));
  append(*directory, "clicks", {"b"});
  EXPECT_NE(topic(*directory, "clicks").id, first.id);
  EXPECT_EQ(read(*directory, "clicks"), Strings{"b"});
  EXPECT_EQ(directory->delete_topic(first).error().code, Errc::not_found);
}

TEST_F(DirectoryTest, TheRemainsOfACreationThatDiedAreReplaced) {
  auto directory = open();
  ASSERT_TRUE(directory->create_topic("clicks", TopicKind::user));
  std::filesystem::copy(data() / "topics" / "clicks", data() / "topics" / "orphan",
                        std::filesystem::copy_options::recursive);
  append(*directory, "orphan", {"b"});
  EXPECT_EQ(read(*directory, "orphan"), Strings{"b"});
}

TEST_F(DirectoryTest, APathWithoutADirectoryIsNotFoundAndStaysEmpty) {
  EXPECT_EQ(Directory::open(data(), {}).error().code, Errc::not_found);
  EXPECT_FALSE(std::filesystem::exists(data()));
}

TEST_F(DirectoryTest, ALostIdentityIsNotMadeUp) {
  append(*open(), "clicks", {"a"});
  std::filesystem::remove(data() / "kappa");
  auto opened = Directory::open(data(), {.access = Access::read_write, .create = true});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::corruption);
}

TEST_F(DirectoryTest, HeadsAndCounterAreRebuilt) {
  append(*open(), "clicks", {"a"});
  std::filesystem::remove(data() / "sequence");
  std::filesystem::remove(data() / "topics" / "clicks" / "0" / "head");
  auto directory = open();
  append(*directory, "clicks", {"b"});
  EXPECT_EQ(merge(*directory, {"clicks"}), (Strings{"a", "b"}));
}

TEST_F(DirectoryTest, StatusTellsExtentAndSize) {
  auto directory = open();
  const Stamp stamp = append(*directory, "clicks", {"a", "b"});
  auto status = directory->status(topic(*directory, "clicks"), 0);
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->extent.end, Offset{2});
  EXPECT_EQ(status->extent.last, stamp.sequence);
  EXPECT_EQ(status->segments, 1u);
  EXPECT_EQ(status->first_append_time, stamp.append_time);
}

TEST_F(DirectoryTest, CatalogAppendsAreConditional) {
  auto directory = open();
  Catalog& catalog = directory->catalog();
  auto contents = catalog.read();
  ASSERT_TRUE(contents);
  ASSERT_TRUE(catalog.append({{"view_defined", "v", R"({"sql":"SELECT \"x\""})", {}}}, contents->end));
  EXPECT_EQ(catalog.append({{"view_defined", "w", "{}", {}}}, contents->end).error().code, Errc::conflict);
  contents = catalog.read();
  ASSERT_EQ(contents->events.size(), 1u);
  EXPECT_EQ(contents->events[0].body, R"({"sql":"SELECT \"x\""})");
}

}  // namespace
}  // namespace kappa::log

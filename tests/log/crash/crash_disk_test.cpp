// What the simulated disk keeps and forgets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "disk_seam.hpp"
#include "images.hpp"

namespace kappa::test {
namespace {

using log::File;
using log::OpenMode;
using testing::ElementsAre;
using testing::IsEmpty;

class CrashDiskImages : public testing::Test {
 protected:
  CrashDiskImages() {
    EXPECT_TRUE(seam_.make_directory("/log"));
    sync_names("/");
  }
  File file(const std::string& name, OpenMode mode = OpenMode::create) {
    return seam_.open("/log/" + name, mode).value();
  }
  void write(const File& to, std::uint64_t position, std::size_t bytes, char with) {
    const std::string text(bytes, with);
    const Bytes parts[] = {as_bytes(text)};
    ASSERT_TRUE(seam_.write(to, position, parts));
  }
  void sync_names(const std::string& directory) {
    ASSERT_TRUE(seam_.sync(seam_.open(directory, OpenMode::directory).value()));
  }
  /// A file that is durable with its name: `bytes` times 'a'.
  File durable(const std::string& name, std::size_t bytes) {
    File made = file(name);
    write(made, 0, bytes, 'a');
    EXPECT_TRUE(seam_.sync(made));
    sync_names("/log");
    return made;
  }
  CrashDisk image(const Survivors& survivors) { return CrashImages(disk_).image(survivors, random_); }
  CrashDisk first(std::size_t units, PageImage pages = PageImage::device) {
    const CrashImages images(disk_);
    return images.image(images.first(units, pages), random_);
  }
  CrashDisk none() { return first(0); }
  CrashDisk all() { return first(CrashImages(disk_).units()); }

  static std::string text(const CrashDisk& disk, const std::string& name) {
    const auto inode = disk.find("/log/" + name);
    if (!inode) return "missing";
    std::string bytes(inode->cache.size(), '\0');
    inode->read(0, std::as_writable_bytes(std::span(bytes)));
    return bytes;
  }
  static std::string times(std::size_t count, char what) { return std::string(count, what); }

  CrashDisk disk_;
  DiskSeam seam_{disk_};
  Random random_{7};
};

TEST_F(CrashDiskImages, KeepWhatWasSynced) {
  durable("x", 700);
  EXPECT_EQ(text(none(), "x"), times(700, 'a'));
  EXPECT_EQ(CrashImages(disk_).units(), 0u);
}

TEST_F(CrashDiskImages, MayLoseWhatWasNotSynced) {
  const File x = durable("x", 700);
  write(x, 100, 100, 'b');
  EXPECT_EQ(text(none(), "x"), times(700, 'a'));
  EXPECT_EQ(text(all(), "x"), times(100, 'a') + times(100, 'b') + times(500, 'a'));
}

TEST_F(CrashDiskImages, KeepEachSectorOfAWriteOrNot) {
  const File x = durable("x", 1536);
  write(x, 0, 1536, 'b');
  Survivors survivors = CrashImages(disk_).first(0, PageImage::device);
  ASSERT_EQ(survivors.kept.size(), 3u);
  survivors.kept[1] = true;
  EXPECT_EQ(text(image(survivors), "x"), times(512, 'a') + times(512, 'b') + times(512, 'a'));
}

TEST_F(CrashDiskImages, TearAWriteAtAnyByte) {
  const File x = durable("x", 1024);
  write(x, 0, 1024, 'b');
  Survivors survivors = CrashImages(disk_).first(1, PageImage::device);
  survivors.torn = 1;
  survivors.torn_bytes = 3;
  EXPECT_EQ(text(image(survivors), "x"), times(515, 'b') + times(509, 'a'));
}

TEST_F(CrashDiskImages, LoseAFileWhoseNameWasNotSynced) {
  const File x = file("x");
  write(x, 0, 10, 'a');
  ASSERT_TRUE(seam_.sync(x));
  EXPECT_EQ(text(none(), "x"), "missing");
  EXPECT_EQ(text(all(), "x"), times(10, 'a'));
}

TEST_F(CrashDiskImages, KeepANameWithoutItsBytes) {
  write(file("x"), 0, 10, 'a');
  sync_names("/log");
  EXPECT_EQ(text(none(), "x"), "");
}

TEST_F(CrashDiskImages, LoseOrKeepARenameAndARemoval) {
  durable("x", 1);
  durable("y", 2);
  ASSERT_TRUE(seam_.rename("/log/x", "/log/z"));
  ASSERT_TRUE(seam_.remove("/log/y"));
  EXPECT_THAT(none().list("/log"), ElementsAre("x", "y"));
  EXPECT_THAT(first(1).list("/log"), ElementsAre("y", "z"));
  EXPECT_THAT(all().list("/log"), ElementsAre("z"));
}

TEST_F(CrashDiskImages, LoseWhatIsInADirectoryThatIsLost) {
  ASSERT_TRUE(seam_.make_directory("/log/sub"));
  file("sub/x");
  sync_names("/log/sub");
  EXPECT_THAT(none().list("/log/sub"), IsEmpty());
  EXPECT_EQ(text(none(), "sub/x"), "missing");
}

TEST_F(CrashDiskImages, KeepTheSizeOfAnExtensionWithoutItsBytes) {
  const File x = durable("x", 512);
  write(x, 512, 512, 'b');
  Survivors survivors = CrashImages(disk_).first(0, PageImage::device);
  survivors.lost = LostBytes::zeros;
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i) seen.insert(text(image(survivors), "x"));
  EXPECT_THAT(seen, ElementsAre(times(512, 'a'), times(512, 'a') + times(512, '\0')));
}

TEST_F(CrashDiskImages, HoldAnyOlderVersionOfAMappedPage) {
  const File x = durable("x", 4096);
  const log::SharedPage page = seam_.map(x, OpenMode::write).value();
  for (std::uint64_t value = 1; value <= 3; ++value) page.store(log::Word<std::uint64_t>{64}, value);
  disk_.settle_store();
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 200; ++i) {
    const std::string bytes = text(first(0, PageImage::older), "x");
    seen.insert(load<std::uint64_t>(as_bytes(bytes).data() + 64));
  }
  EXPECT_THAT(seen, ElementsAre(1, 2, 3, 0x6161616161616161));
}

/// As the operating system's seam: what is behind a file's end cannot be stored to.
TEST_F(CrashDiskImages, AreNotMappedFromAShortFile) {
  const File x = file("x");
  write(x, 0, log::kPageBytes - 1, 'a');
  const auto refused = seam_.map(x, OpenMode::write);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::io);
  write(x, log::kPageBytes - 1, 1, 'a');
  EXPECT_TRUE(seam_.map(x, OpenMode::write));
}

TEST_F(CrashDiskImages, OfAKilledProcessHaveEverything) {
  const File x = file("x");
  write(x, 0, 4096, 'a');
  const log::SharedPage page = seam_.map(x, OpenMode::write).value();
  page.store(log::Word<std::uint8_t>{0}, 'b');
  EXPECT_EQ(text(disk_.after_kill(), "x"), "b" + times(4095, 'a'));
}

TEST_F(CrashDiskImages, LackWhatAFailedSyncHasLostThoughALaterOneSucceeds) {
  const File x = durable("x", 10);
  write(x, 0, 5, 'b');
  disk_.lose(seam_.inode(x), false);
  ASSERT_TRUE(seam_.sync(x));
  EXPECT_EQ(text(disk_.after_kill(), "x"), times(5, 'b') + times(5, 'a'));
  EXPECT_EQ(text(none(), "x"), times(10, 'a'));
  write(x, 0, 5, 'b');
  ASSERT_TRUE(seam_.sync(x));
  EXPECT_EQ(text(none(), "x"), times(5, 'b') + times(5, 'a'));
}

TEST_F(CrashDiskImages, AreEqualInHashIfAndOnlyIfEqual) {
  const File x = durable("x", 5000);
  const std::uint64_t before = none().hash();
  write(x, 4990, 1, 'b');
  EXPECT_EQ(none().hash(), before);
  EXPECT_NE(all().hash(), before);
  write(x, 4990, 1, 'a');
  EXPECT_EQ(all().hash(), before);
}

}  // namespace
}  // namespace kappa::test

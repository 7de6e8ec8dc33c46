// What keeps a backup from being made, checked or restored is told, and the earlier one stays as it was.
#include "backup_fixture.hpp"
#include "kappa/log/repair.hpp"

namespace kappa::test {
namespace {

namespace fs = std::filesystem;
using log::Directory;
using testing::HasSubstr;
using Strings = std::vector<std::string>;

class BackupRefusals : public Backup {
 protected:
  /// The error, with what it says; the backup still restores to what the topic had then.
  template <typename T>
  void expect_told(const Result<T>& refused, Errc code, const std::string& what) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, code) << refused.error().message;
    EXPECT_THAT(refused.error().message, HasSubstr(what));
    EXPECT_FALSE(refused.error().hint.empty()) << refused.error().message;
  }
  static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void overwrite(const fs::path& from, const fs::path& to) const {
    fs::copy_file(from, to, fs::copy_options::overwrite_existing);
  }

  /// Two directories that begin with the same segment and go on in it with other events, which take the same bytes.
  void part_ways() {
    append(*open_small(), "a", {"common"});
    must_back_up(*open_small());
    must_restore();
    go_on(data(), 'd');
    go_on(restored(), 'r');
    for (const fs::path& root : {data(), restored()})
      ASSERT_EQ(fs::file_size(first_of(root)), fs::file_size(first_of(data())));
    ASSERT_NE(content(first_of(data())), content(first_of(restored())));
  }
  static void go_on(const fs::path& root, char with) {
    log::ProtocolOptions small;
    small.segment_bytes = kSegmentBytes;
    const auto directory = log::open_directory(root, {}, small).value();
    for (int i = 0; i < 8; ++i) append(*directory, "a", {std::string(300, with)});
  }
  static fs::path first_of(const fs::path& root) {
    return root / "topics" / "a" / "0" / (std::string(20, '0') + ".seg");
  }
};

TEST_F(BackupRefusals, WhereTopicsComeAndGoFasterThanTheyAreCopied) {
  WatchedSeam seam;
  const auto directory = open_small(&seam);
  fill(*directory, "a", 3);
  fill(*directory, "b", 3);
  must_back_up(*directory);
  const std::string manifest = content(backup() / "manifest");
  const Strings before = read(*must_restore(), "b");
  bool busy = false;
  int made = 0;
  seam.before_open = [&](const std::string& path) {
    if (!path.contains("/data/topics/b/0/0000") || std::exchange(busy, true)) return;
    ASSERT_TRUE(directory->delete_topic(topic(*directory, "b")));
    fill(*directory, "b", ++made % 3 + 1);
    busy = false;
  };
  expect_told(back_up(*directory), Errc::conflict, "removed faster than they can be copied");
  EXPECT_GE(made, 20);
  seam.before_open = nullptr;
  EXPECT_EQ(content(backup() / "manifest"), manifest);
  EXPECT_EQ(read(*must_restore(), "b"), before);
  must_back_up(*directory);
  EXPECT_EQ(read(*must_restore(), "b"), read(*directory, "b"));
}

/// Of which no directory could be made again.
TEST_F(BackupRefusals, OfADirectoryWhoseOwnFileIsDamaged) {
  const auto directory = open_small();
  fill(*directory, "a", 3);
  flip(data() / "kappa", 45);
  expect_told(back_up(*directory), Errc::corruption, (data() / "kappa").string());
  flip(data() / "kappa", 45);
  fs::resize_file(data() / "kappa", 20);
  expect_told(back_up(*directory), Errc::corruption, (data() / "kappa").string());
  EXPECT_FALSE(fs::exists(backup()));
}

TEST_F(BackupRefusals, WhileAnotherProcessUsesTheFolder) {
  const auto directory = open_small();
  fill(*directory, "a", 3);
  must_back_up(*directory);
  fill(*directory, "a", 3);
  const std::string manifest = content(backup() / "manifest");
  const log::File lock = log::real_seam().open((backup() / "lock").string(), log::OpenMode::write).value();
  ASSERT_TRUE(log::real_seam().lock(lock, log::LockMode::shared, {}).value());
  expect_told(back_up(*directory), Errc::conflict, "another process is using this backup");
  EXPECT_EQ(content(backup() / "manifest"), manifest);
  EXPECT_TRUE(log::check_backup(backup())) << "many may read it";
  ASSERT_TRUE(log::real_seam().lock(lock, log::LockMode::exclusive, {}).value());
  const std::string written = "a backup is being written there now";
  expect_told(log::check_backup(backup()), Errc::conflict, written);
  expect_told(log::restore(backup(), restored()), Errc::conflict, written);
  expect_told(log::repair(data(), backup(), {.mode = log::RepairMode::apply}), Errc::conflict, written);
  EXPECT_FALSE(fs::exists(restored()));
}

/// Its last step is a start, which can fail when everything is there.
class NoStart final : public ForwardingSeam {
 public:
  Result<log::File> open(const std::string& path, log::OpenMode mode) override {
    if (path.ends_with("/sequence")) return fail(Errc::io, path + ": too many open files", "raise the limit");
    return ForwardingSeam::open(path, mode);
  }
};

TEST_F(BackupRefusals, OfTheFirstStartLeavesARestoredDirectoryWhole) {
  append(*open_small(), "a", {"one", "two"});
  must_back_up(*open_small());
  NoStart seam;
  const auto restored_only = log::restore(backup(), restored(), {.seam = &seam});
  expect_told(restored_only, Errc::io, "is restored wholly, but starting it failed");
  EXPECT_THAT(restored_only.error().hint, HasSubstr("raise the limit; there is nothing to restore again"));
  EXPECT_EQ(read(*log::open_directory(restored(), {}, {}).value(), "a"), (Strings{"one", "two"}));
}

TEST_F(BackupRefusals, OfAFileThatHoldsAnotherSegment) {
  const auto directory = open_small();
  fill(*directory, "a", 10);
  must_back_up(*directory);
  const auto sealed = stored(".seg");
  overwrite(sealed[0], sealed[1]);
  const auto report = log::check_backup(backup());
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_EQ(report->damages.size(), 1u);
  EXPECT_EQ(report->damages[0].file, sealed[1].string());
  EXPECT_THAT(report->damages[0].what, HasSubstr("it holds a segment of another place"));
  EXPECT_EQ(must_back_up(*directory).segments_copied, 1u) << "as one that is missing";
  EXPECT_EQ(read(*must_restore(), "a"), read(*directory, "a"));
}

TEST_F(BackupRefusals, OfASegmentOfAnotherHistoryInTheDirectory) {
  part_ways();
  overwrite(first_of(restored()), first_of(data()));
  const std::string manifest = content(backup() / "manifest");
  expect_told(back_up(*open_read_only()), Errc::corruption, first_of(data()).string() + ": ends with ");
  EXPECT_EQ(content(backup() / "manifest"), manifest);
  EXPECT_TRUE(stored(".new").empty());
  // Nor does a reader go on into the next one.
  const auto directory = open_read_only();
  const auto reader = directory->reader(topic(*directory, "a")).value();
  Result<std::optional<EventBatch>> batch = reader->next();
  while (batch && *batch) batch = reader->next();
  expect_told(batch, Errc::corruption, "it follows a frame ");
}

TEST_F(BackupRefusals, OfALaterSegmentOfAnotherHistory) {
  part_ways();
  const fs::path second = files("a", ".seg").at(1);
  overwrite(restored() / fs::relative(second, data()), second);
  expect_told(back_up(*open_read_only()), Errc::corruption, second.string() + ": the segment at offset ");
}

TEST_F(BackupRefusals, OfASegmentOfAnotherHistoryInTheBackup) {
  part_ways();
  must_back_up(*open_read_only());
  for (const fs::path& file : stored(".seg"))
    if (file.string().contains("-0-" + std::string(20, '0') + "-")) overwrite(first_of(restored()), file);
  fs::remove_all(restored());
  expect_told(log::restore(backup(), restored()), Errc::corruption, "ends with ");
  EXPECT_FALSE(fs::exists(restored() / "kappa"));
  const auto report = log::check_backup(backup());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_THAT(report->damages, testing::Not(testing::IsEmpty()));
}

TEST_F(BackupRefusals, OfASegmentThatIsMissingOrOfAnotherTopic) {
  {
    const auto directory = open_small();
    fill(*directory, "a", 10);
    fill(*directory, "b", 10);
  }
  const fs::path lost = files("a", ".seg")[2];
  overwrite(data() / "topics" / "b" / "0" / lost.filename(), lost);
  expect_told(back_up(*open_read_only()), Errc::corruption, lost.string() + ": it belongs to another topic");
  fs::remove(lost);
  expect_told(back_up(*open_read_only()), Errc::corruption, lost.string());
  EXPECT_FALSE(fs::exists(backup() / "manifest"));
}

/// A clock that leaps ahead whenever it is looked at: no patience lasts.
class LeapingClock final : public ForwardingSeam {
 public:
  std::chrono::nanoseconds monotonic() override {
    if (at_look) at_look();
    leapt_ += leap;
    return real().monotonic() + leapt_;
  }
  std::chrono::seconds leap{0};
  std::function<void()> at_look;

 private:
  std::chrono::nanoseconds leapt_{0};
};

class BackupBesideAnAppend : public BackupRefusals {
 protected:
  /// Written, and neither durable nor given up.
  void begin_append() {
    append(*directory_, "slow", {"before"});
    appender_ = directory_->appender(topic(*directory_, "slow")).value();
    EventBatchBuilder events;
    events.add({.value = as_bytes(std::string_view("in flight"))});
    ASSERT_TRUE(appender_->write(events.columns()));
  }
  LeapingClock seam_;
  std::unique_ptr<Directory> directory_ = open_small(&seam_);
  std::unique_ptr<log::Appender> appender_;
};

TEST_F(BackupBesideAnAppend, ThatTakesTooLongEndsBeforeIt) {
  fill(*directory_, "a", 5);
  const Strings before = read(*directory_, "a");
  begin_append();
  fill(*directory_, "a", 5);
  seam_.leap = std::chrono::seconds{5};
  const log::BackupReport report = must_back_up(*directory_);
  EXPECT_THAT(report.held_back, HasSubstr("slow/0: an append with sequence "));
  EXPECT_THAT(report.held_back, HasSubstr("is neither durable nor given up"));
  const auto copy = must_restore();
  EXPECT_EQ(read(*copy, "a"), before);
  EXPECT_EQ(read(*copy, "slow"), Strings{"before"});
}

TEST_F(BackupBesideAnAppend, ThatTakesTooLongIsRefusedWhereATopicWasMadeAfterIt) {
  begin_append();
  append(*directory_, "new", {"a"});
  seam_.leap = std::chrono::seconds{5};
  expect_told(back_up(*directory_), Errc::conflict, "so the catalog's newest event is not settled");
  EXPECT_FALSE(fs::exists(backup() / "manifest"));
}

TEST_F(BackupBesideAnAppend, IsRefusedWhereTopicsAreMadeAllTheTime) {
  fill(*directory_, "a", 3);
  const auto other = open_small();
  int made = 0;
  seam_.at_look = [&] { append(*other, fmt::format("t{}", made++), {"x"}); };
  expect_told(back_up(*directory_), Errc::conflict, "topics are made and deleted all the time");
  EXPECT_GE(made, 10);
  seam_.at_look = nullptr;
  must_back_up(*directory_);
}

}  // namespace
}  // namespace kappa::test

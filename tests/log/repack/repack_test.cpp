#include "forwarding_seam.hpp"
#include "kappa/base/headers.hpp"
#include "protocol/segment_file.hpp"
#include "repack_fixture.hpp"
#include "seam/seam.hpp"

namespace kappa::test {
namespace {

namespace fs = std::filesystem;
using log::Directory;
using testing::HasSubstr;

/// Every way to ask where something is: each offset, each append time, each header.
std::vector<std::string> places(Directory& directory, const log::TopicInfo& topic) {
  std::vector<std::string> lines;
  const auto reader = directory.reader(topic).value();
  std::vector<log::FrameInfo> frames;
  for (auto info = reader->next_info().value(); info; info = reader->next_info().value()) frames.push_back(*info);
  for (const log::FrameInfo& frame : frames) {
    lines.push_back(fmt::format("{} at {} from {} of {}", frame.sequence.value, frame.append_time,
                                frame.first_offset.value, frame.count));
    for (const Micros time : {frame.append_time - 1, frame.append_time, frame.append_time + 1})
      lines.push_back(fmt::format("{} is at {}", time, reader->offset_at(time).value().value));
    for (std::uint64_t i = 0; i < frame.count; ++i) {
      EXPECT_TRUE(reader->seek(frame.first_offset.plus(i)));
      const auto batch = reader->next().value();
      lines.push_back(fmt::format("{}: {}+{}", i, batch->first_offset.value, batch->columns.count));
    }
  }
  return lines;
}

/// Appends of random events to random topics.
void append_at_random(Directory& directory, const std::vector<log::TopicInfo>& topics, int appends,
                      std::mt19937_64& random) {
  std::vector<std::unique_ptr<log::Appender>> appenders;
  for (const log::TopicInfo& topic : topics) appenders.push_back(directory.appender(topic).value());
  for (int i = 0; i < appends; ++i) {
    EventBatchBuilder builder;
    for (std::uint64_t event = 0; event <= random() % 4; ++event) {
      const std::string key(random() % 6, 'k');
      const std::string value(random() % (random() % 20 == 0 ? 3'000 : 40), 'v');
      std::vector<std::byte> headers;
      if (random() % 4 == 0) put_header(headers, {"h", as_bytes(value)});
      builder.add({random() % 2 == 0 ? kNoTimestamp : static_cast<Micros>(random() % 1'000),
                   random() % 3 == 0 ? std::nullopt : std::optional(as_bytes(key)),
                   random() % 5 == 0 ? std::nullopt : std::optional(as_bytes(value)), headers});
    }
    const auto stamp = appenders[random() % appenders.size()]->append(builder.columns());
    ASSERT_TRUE(stamp) << stamp.error().message;
  }
}

TEST_F(Repacking, CannotBeSeenByAnyReader) {
  const std::vector<std::string> names = {"a", "b", "c"};
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    fs::remove_all(data());
    const auto directory = open_small();
    std::vector<log::TopicInfo> topics;
    for (const std::string& name : names) topics.push_back(topic(*directory, name));
    std::mt19937_64 random(seed);
    append_at_random(*directory, topics, 500, random);
    const auto merged = told_merged(*directory, names);
    const Micros middle = directory->reader(topics[0]).value()->extent().value().last_append_time / 2 +
                          directory->status(topics[0], 0).value().first_append_time / 2;
    const auto merged_from_there = told_merged(*directory, names, middle);
    std::vector<std::vector<std::string>> each;
    for (const log::TopicInfo& one : topics) each.push_back(places(*directory, one));
    for (const std::string& name : names) EXPECT_GT(repack(*directory, name).repacked, 1u);
    EXPECT_TRUE(told_merged(*directory, names) == merged);
    EXPECT_TRUE(told_merged(*directory, names, middle) == merged_from_there);
    for (std::size_t i = 0; i < topics.size(); ++i) EXPECT_TRUE(places(*directory, topics[i]) == each[i]);
    for (const std::string& name : names) expect_whole(*directory, name);
    const auto reader = open_read_only();
    EXPECT_TRUE(told_merged(*reader, names) == merged);
  }
}

TEST_F(Repacking, MakesFewFramesOfManyAndLessOfTheirBytes) {
  ForwardingSeam seam;  // Else the housekeeper may be at a segment, sealing it.
  const auto directory = open_small(&seam);
  fill(*directory, "a", 200);
  const log::RepackReport report = repack(*directory, "a");
  EXPECT_GT(report.sealed, 1u);
  EXPECT_EQ(report.repacked, report.sealed);
  EXPECT_EQ(report.frames_before, report.events);
  EXPECT_EQ(report.frames_after, report.repacked);
  EXPECT_LT(5 * report.bytes_after, report.bytes_before);
}

TEST_F(Repacking, IsDoneOnce) {
  const auto directory = open_small();
  fill(*directory, "a", 200);
  EXPECT_GT(repack(*directory, "a").repacked, 0u);
  const Sequence last = directory->catalog().read().value().events.back().sequence;
  std::map<std::string, fs::file_time_type> written;
  for (const fs::path& file : files("a", ".seg")) written[file] = fs::last_write_time(file);
  const log::RepackReport again = repack(*directory, "a");
  EXPECT_GT(again.sealed, 0u);
  EXPECT_EQ(again.repacked, 0u);
  EXPECT_EQ(directory->catalog().read().value().events.back().sequence, last);
  for (const fs::path& file : files("a", ".seg")) EXPECT_EQ(fs::last_write_time(file), written[file]) << file;
}

TEST_F(Repacking, ShownChangesNothingAndSaysTheSame) {
  const auto directory = open_small();
  fill(*directory, "a", 200);
  const log::RepackReport shown = repack(*open_read_only(), "a", {.show = true});
  EXPECT_EQ(files("a", "repack").size(), 0u);
  const log::RepackReport done = repack(*directory, "a");
  EXPECT_EQ(shown.sealed, done.sealed);
  EXPECT_EQ(shown.repacked, done.repacked);
  EXPECT_EQ(shown.frames_before, done.frames_before);
  EXPECT_EQ(shown.frames_after, done.frames_after);
  EXPECT_EQ(shown.bytes_before, done.bytes_before);
}

TEST_F(Repacking, IsOnRecordBeforeItActs) {
  const auto directory = open_small();
  fill(*directory, "a", 200);
  static_cast<void>(repack(*directory, "a"));
  const auto events = directory->catalog().read().value().events;
  EXPECT_EQ(events.back().kind, "topic_repacked");
  EXPECT_EQ(events.back().name, "a");
  EXPECT_THAT(events.back().body, HasSubstr(R"("partition":0,"begin":0,"end":)"));
}

TEST_F(Repacking, LeavesTheSegmentThatGrows) {
  const auto directory = open_small();
  fill(*directory, "a", 20);
  EXPECT_EQ(repack(*directory, "a").sealed, 0u);
  const log::RepackReport shown = repack(*directory, "a", {.show = true, .roll = true});
  EXPECT_TRUE(shown.rolls);
  EXPECT_EQ(shown.repacked, 1u);
  EXPECT_EQ(files("a", ".seg").size(), 1u);
  const auto before = told(*directory, "a");
  const log::RepackReport done = repack(*directory, "a", {.roll = true});
  EXPECT_TRUE(done.rolls);
  EXPECT_EQ(done.frames_after, 1u);
  EXPECT_EQ(files("a", ".seg").size(), 2u);
  EXPECT_EQ(told(*directory, "a"), before);
  EXPECT_FALSE(repack(*directory, "a", {.roll = true}).rolls);
  append(*directory, "a", {"more"});
  EXPECT_EQ(told(*directory, "a").size(), before.size() + 1);
  expect_whole(*directory, "a");
}

TEST_F(Repacking, GoesOnBesideReadersWhereverTheyStand) {
  const auto directory = open_small();
  fill(*directory, "a", 120);
  const auto whole = told(*directory, "a");
  for (std::size_t stand = 0; stand <= whole.size(); stand += 7) {
    SCOPED_TRACE(stand);
    const fs::path copy = data().parent_path() / "copy";
    fs::remove_all(copy);
    fs::copy(data(), copy, fs::copy_options::recursive);
    log::ProtocolOptions small;
    small.segment_bytes = 24'000;
    const auto beside = log::open_directory(copy, {.access = log::Access::read_write}, small).value();
    const auto reader = beside->reader(topic(*beside, "a")).value();
    std::vector<std::string> lines;
    while (lines.size() < stand) tell(*reader->next().value(), lines);
    // What was the newest segment when the reader looked becomes another file, too.
    EXPECT_GT(repack(*beside, "a", {.roll = true}).repacked, 1u);
    const auto rest = told(*reader);
    lines.insert(lines.end(), rest.begin(), rest.end());
    EXPECT_EQ(lines, whole);
  }
}

TEST_F(Repacking, OfRepackedSegmentsSurvivesANewStart) {
  std::vector<std::string> before;
  {
    const auto directory = open_small();
    fill(*directory, "a", 200);
    before = told(*directory, "a");
    static_cast<void>(repack(*directory, "a", {.roll = true}));
  }
  fs::remove(data() / "topics/a/0/head");
  fs::remove(data() / "sequence");
  const auto directory = open_small();
  EXPECT_TRUE(directory->take_recovery_notes().empty());
  EXPECT_EQ(told(*directory, "a"), before);
  const Sequence next = append(*directory, "a", {"next"}).sequence;
  EXPECT_GT(next, Sequence{200});
  expect_whole(*directory, "a");
}

TEST_F(Repacking, KeepsFramesOfCommitsAndOfProducersAsTheyAre) {
  const auto directory = open_small();
  const auto appender = directory->appender(topic(*directory, "a")).value();
  log::CommitBlock block;
  for (std::uint64_t i = 1; i <= 120; ++i) {
    log::AppendOptions options;
    if (i % 3 == 0) options.commit = log::CommitFrame{&block, {i}, true, true};
    if (i % 3 == 1) options.producer = log::ProducerMark{77, i, i};
    ASSERT_TRUE(try_append(*appender, {std::to_string(i)}, options));
  }
  const auto before = told(*directory, "a");
  EXPECT_EQ(repack(*directory, "a").repacked, 0u);  // no two plain ones in a row
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(try_append(*appender, {"plain"}));
  EXPECT_GT(repack(*directory, "a").repacked, 0u);
  const auto reader = directory->reader(topic(*directory, "a")).value();
  for (std::uint64_t i = 1; i <= 120; ++i) {
    const auto info = reader->next_info().value();
    EXPECT_EQ(info->commit.has_value(), i % 3 == 0) << i;
    EXPECT_EQ(info->producer, i % 3 == 1 ? std::optional(log::ProducerMark{77, i, i}) : std::nullopt) << i;
  }
  expect_whole(*directory, "a");
}

TEST_F(Repacking, LeavesASegmentOfLargeFramesAlone) {
  const auto directory = open_small();
  std::mt19937_64 random(1);
  for (int i = 0; i < 4; ++i) {
    std::string noise(700'000, ' ');
    for (char& c : noise) c = static_cast<char>(random());
    append(*directory, "a", {noise});
  }
  EXPECT_GT(repack(*directory, "a").sealed, 1u);
  EXPECT_EQ(repack(*directory, "a").repacked, 0u);
}

TEST_F(Repacking, IsRefusedWhileAnotherProcessIsAtIt) {
  const auto directory = open_small();
  fill(*directory, "a", 200);
  log::Seam& seam = log::real_seam();
  const log::File file = seam.open((data() / "topics/a/0/repack").string(), log::OpenMode::create).value();
  ASSERT_TRUE(seam.lock(file, log::LockMode::exclusive, std::chrono::nanoseconds{0}).value());
  const auto refused = try_repack(*directory, "a");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("is being repacked by another process"));
  seam.unlock(file);
  EXPECT_GT(repack(*directory, "a").repacked, 0u);
}

TEST_F(Repacking, RemovesWhatAKilledOneHasLeft) {
  const auto directory = open_small();
  fill(*directory, "a", 200);
  const std::string left = files("a", ".seg").front().string() + ".new";
  std::ofstream(left) << "half of it";
  static_cast<void>(repack(*directory, "a"));
  EXPECT_FALSE(fs::exists(left));
  expect_whole(*directory, "a");
}

TEST_F(Repacking, OfADamagedSegmentChangesNothingOfIt) {
  const auto directory = open_small();
  fill(*directory, "a", 200);
  const fs::path file = files("a", ".seg").front();
  const auto content = [&] {
    std::ifstream bytes(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(bytes), {});
  };
  // In the body of the first frame, which planning does not read.
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(static_cast<std::streamoff>(log::kFirstFramePosition) + 212);
  bytes.put('!');
  bytes.close();
  const std::string before = content();
  const auto refused = try_repack(*directory, "a");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::corruption) << refused.error().message;
  EXPECT_EQ(content(), before);
  EXPECT_FALSE(fs::exists(file.string() + ".new"));
}

/// Calls on a file that is being written aside fail, or somebody else acts before them.
class HinderedRepacking final : public ForwardingSeam {
 public:
  Result<log::File> open(const std::string& path, log::OpenMode mode) override {
    if (path.ends_with(".new") && before_open) std::exchange(before_open, nullptr)();
    return ForwardingSeam::open(path, mode);
  }
  Result<void> write(const log::File& file, std::uint64_t position, std::span<const Bytes> parts) override {
    const bool body = position >= log::kFirstFramePosition;
    return fails(body ? "body" : "head", file.path()) ? failed(file.path()) : real().write(file, position, parts);
  }
  Result<void> sync(const log::File& file) override {
    return fails("sync", file.path()) ? failed(file.path()) : real().sync(file);
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    return fails("rename", from) ? failed(from) : real().rename(from, to);
  }
  std::string failing;
  std::function<void()> before_open;

 private:
  [[nodiscard]] bool fails(const char* call, const std::string& path) const {
    return failing == call && path.ends_with(".new");
  }
  static std::unexpected<Error> failed(const std::string& path) { return fail(Errc::io, path + ": disk full"); }
};

TEST_F(Repacking, ThatFailsLeavesTheSegmentAndNothingBesideIt) {
  HinderedRepacking seam;
  const auto directory = open_small(&seam);
  fill(*directory, "a", 200);
  const auto before = told(*directory, "a");
  const auto all = files("a", "");
  for (const char* call : {"head", "body", "sync", "rename"}) {
    seam.failing = call;
    const auto refused = try_repack(*directory, "a");
    ASSERT_FALSE(refused) << call;
    EXPECT_EQ(refused.error().code, Errc::io);
    EXPECT_THAT(refused.error().message, HasSubstr(".seg.new: disk full"));
    EXPECT_THAT(files("a", ".new"), testing::IsEmpty()) << call;
    EXPECT_EQ(told(*directory, "a"), before) << call;
  }
  seam.failing.clear();
  EXPECT_GT(repack(*directory, "a").repacked, 0u);
  EXPECT_EQ(told(*directory, "a"), before);
}

TEST_F(Repacking, DoesNotBringBackWhatRetentionRemovesMeanwhile) {
  HinderedRepacking seam;
  const auto directory = open_small(&seam);
  fill(*directory, "a", 200);
  ASSERT_TRUE(directory->set_retention(topic(*directory, "a"), {.age = {}, .bytes = 30'000}));
  const fs::path first = files("a", ".seg").front();
  seam.before_open = [&] {
    const auto kept = topic(*directory, "a");
    const auto trims = directory->plan_retention(kept).value();
    ASSERT_TRUE(directory->trim(kept, trims, directory->catalog().read().value().end));
    ASSERT_FALSE(fs::exists(first));
  };
  const log::RepackReport report = repack(*directory, "a");
  EXPECT_LT(report.repacked, report.sealed);
  EXPECT_EQ(report.busy, 0u);
  EXPECT_FALSE(fs::exists(first));
  EXPECT_THAT(files("a", ".new"), testing::IsEmpty());
  expect_whole(*directory, "a");
}

}  // namespace
}  // namespace kappa::test

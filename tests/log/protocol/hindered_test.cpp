// Appends and reads beside what should not be: told in words, nothing acknowledged lost, and the next one works.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "failing_seam.hpp"
#include "kappa/log/once.hpp"
#include "log_fixture.hpp"

namespace kappa::test {
namespace {

namespace fs = std::filesystem;
using log::Appender;
using log::Directory;
using log::LogTest;
using testing::HasSubstr;
using Strings = std::vector<std::string>;

class Hindered : public LogTest {
 protected:
  static std::unique_ptr<Appender> appender(Directory& directory) {
    return directory.appender(topic(directory, "t")).value();
  }
  static Result<log::Stamp> write(Appender& appender, const std::string& value) {
    EventBatchBuilder events;
    events.add({.value = as_bytes(value)});
    return appender.write(events.columns());
  }
  template <typename T>
  static void expect_told(const Result<T>& refused, Errc code, const std::string& what) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, code) << refused.error().message;
    EXPECT_THAT(refused.error().message, HasSubstr(what));
  }
};

/// Who writes ahead of the device waits for a sync. One that fails is told to him, and to nobody else: later events of
/// his are durable.
TEST_F(Hindered, WritesWhoseSyncFailsAreToldOnce) {
  FailingSeam seam;
  log::ProtocolOptions often;
  often.mark_every_bytes = 1;
  const auto directory = open(often, &seam);
  append(*directory, "t", {"a"});
  const auto mine = appender(*directory);
  seam.fail_call(FailingSeam::Fault::sync_evicting, 1);
  expect_told(write(*mine, "lost"), Errc::io, "sync");
  const auto stamp = write(*mine, "b");
  ASSERT_TRUE(stamp) << stamp.error().message;
  EXPECT_TRUE(mine->await_durable(*stamp));
  EXPECT_EQ(read(*directory, "t"), (Strings{"a", "b"}));
}

TEST_F(Hindered, WritesThatNobodyAwaitsAreSyncedBesideThem) {
  log::ProtocolOptions often;
  often.mark_every_bytes = 1;
  often.mark_after_quiet = std::chrono::hours{1};
  const auto directory = open(often);
  append(*directory, "t", {"a"});
  const auto mine = appender(*directory);
  ASSERT_TRUE(write(*mine, "b"));
  while (read(*directory, "t").size() < 2) std::this_thread::yield();
  EXPECT_EQ(read(*directory, "t"), (Strings{"a", "b"}));
}

TEST_F(Hindered, AppendsOfNothingAreRefused) {
  const auto directory = open();
  append(*directory, "t", {"a"});
  EventBatchBuilder nothing;
  const auto mine = appender(*directory);
  EXPECT_EQ(mine->append(nothing.columns()).error().code, Errc::bad_input);
  EXPECT_TRUE(try_append(*mine, {"b"}));
  EXPECT_EQ(read(*directory, "t"), (Strings{"a", "b"}));
}

TEST_F(Hindered, AppendsOnceWaitForTheirTurn) {
  const auto other = open();
  append(*other, "t", {"a"});
  Strings told;
  log::ProtocolOptions impatient;
  impatient.lock_wait_notice = std::chrono::milliseconds{1};
  impatient.lock_wait_max = std::chrono::milliseconds{1};
  const auto directory =
      log::open_directory(data(), {.notice = [&](const std::string& what) { told.push_back(what); }}, impatient)
          .value();
  const auto once = directory->once_appender(topic(*directory, "t"), 0, {log::OnceByProducer{"p"}, {}}).value();
  fs::path turns;
  for (const auto& entry : fs::directory_iterator(data() / "topics" / "t" / "0"))
    if (entry.path().filename() == "once") turns = entry.path();
  ASSERT_FALSE(turns.empty());
  {
    const log::File held = log::real_seam().open(turns.string(), log::OpenMode::write).value();
    ASSERT_TRUE(log::real_seam().lock(held, log::LockMode::exclusive, {}).value());
    const auto refused = try_append(*once, {"b"});
    expect_told(refused, Errc::io, "t/0: another process that appends once has been at it for 0 s");
    EXPECT_THAT(refused.error().hint, HasSubstr("kill -CONT"));
    EXPECT_THAT(told, testing::ElementsAre("t/0: waiting for another process that appends once"));
  }
  EXPECT_TRUE(try_append(*once, {"b"}));
  EXPECT_EQ(read(*directory, "t"), (Strings{"a", "b"}));
}

TEST_F(Hindered, AppendsOnceMayTakeOwnership) {
  const auto directory = open();
  append(*directory, "t", {"a"});
  const auto once = directory->once_appender(topic(*directory, "t"), 0, {log::OnceByProducer{"p"}, {}}).value();
  const auto first = once->take_ownership();
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(*first, 1u);
  EXPECT_EQ(appender(*directory)->take_ownership().value(), 2u);
}

TEST_F(Hindered, MergesTakeABoundThatAnotherReaderSaw) {
  const auto directory = open();
  append(*directory, "t", {"a"});
  const log::TopicInfo inputs[] = {topic(*directory, "t")};
  const auto one = directory->ordered_reader(inputs).value();
  const auto other = directory->ordered_reader(inputs).value();
  Strings values;
  add_values(*other->next(other->bound().value()).value(), values);
  EXPECT_FALSE(other->next(other->bound().value()).value()) << "it is at its end";
  append(*directory, "t", {"b"});
  const Sequence bound = one->bound().value();
  for (auto batch = other->next(bound).value(); batch; batch = other->next(bound).value()) add_values(*batch, values);
  EXPECT_EQ(values, (Strings{"a", "b"}));
  EXPECT_FALSE(other->next(bound.plus(100)).value()) << "nothing is there yet";
}

/// As a child that goes on with what its parent had open: it would walk through the parent's locks.
TEST_F(Hindered, AppendsOfAChildAreRefused) {
  class Child final : public ForwardingSeam {
   public:
    std::uint32_t pid() override { return ForwardingSeam::pid() + (forked ? 1 : 0); }
    bool forked = false;
  } seam;
  const auto directory = open({}, &seam);
  append(*directory, "t", {"a"});
  const auto mine = appender(*directory);
  seam.forked = true;
  const auto refused = try_append(*mine, {"b"});
  expect_told(refused, Errc::conflict, "t/0: the directory was opened by process ");
  EXPECT_EQ(refused.error().hint, "open the directory after the fork");
  seam.forked = false;
  EXPECT_TRUE(try_append(*mine, {"c"}));
  EXPECT_EQ(read(*directory, "t"), (Strings{"a", "c"}));
}

TEST_F(Hindered, ReadersThatWaitAreToldThatAHeadIsGone) {
  const auto directory = open();
  append(*directory, "t", {"a"});
  const auto reader = directory->reader(topic(*directory, "t")).value();
  EXPECT_EQ(read_on(*reader), Strings{"a"});
  fs::remove(data() / "topics" / "t" / "0" / "head");
  const auto refused = reader->wait({});
  expect_told(refused, Errc::conflict, "t/0: its head was removed or replaced while in use");
  EXPECT_THAT(refused.error().hint, HasSubstr("end every process"));
}

/// Somebody removed the file by whose lock a start is alone, and started anew, which found the partition damaged: who
/// was there before must not go on.
TEST_F(Hindered, AppendsBesideANewStartAreRefused) {
  const auto before = open();
  append(*before, "t", {"a"});
  append(*before, "t", {"b"});
  const auto mine = appender(*before);
  const fs::path segment = files("t", ".seg")[0];
  std::fstream(segment, std::ios::in | std::ios::out | std::ios::binary)
      .seekp(static_cast<std::streamoff>(log::kFirstFramePosition) + 20)
      .put('!');
  const auto content = [&] {
    std::ifstream bytes(segment, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(bytes), {});
  };
  const std::string damaged = content();
  fs::remove(data() / "lock");
  const auto after = open();
  expect_told(try_append(*mine, {"c"}), Errc::conflict, "t/0: the directory was started anew while in use");
  expect_told(after->appender(topic(*after, "t")), Errc::corruption, segment.string());
  EXPECT_TRUE(content() == damaged);
}

TEST_F(Hindered, ReadersOfLostSegmentsAreTold) {
  log::ProtocolOptions small;
  small.segment_bytes = 13'000;
  const auto directory = open(small);
  for (int i = 0; i < 9; ++i) append(*directory, "t", {std::to_string(i)});
  const auto all = files("t", ".seg");
  ASSERT_GE(all.size(), 3u);
  const fs::path& first = all.front();
  const auto reader = [&] { return directory->reader(topic(*directory, "t")).value(); };
  const auto last_of = [](log::PartitionReader& from) {
    for (;;)
      if (auto batch = from.next(); !batch) return batch.error();
  };
  for (std::size_t i = 1; i < all.size(); ++i) fs::remove(all[i]);
  const Error successor = last_of(*reader());
  EXPECT_EQ(successor.code, Errc::corruption);
  EXPECT_THAT(successor.message, HasSubstr(first.string() + ": its successor is missing"));
  const fs::path renamed = first.parent_path() / (std::string(19, '0') + "1.seg");
  fs::rename(first, renamed);
  const auto named = log::open_segment(log::real_seam(), first.parent_path().string(), {1}, log::Access::read_only);
  expect_told(named, Errc::corruption, renamed.string() + ": the header says base offset 0, the name says 1");
  fs::remove(renamed);
  const Error none = last_of(*reader());
  EXPECT_EQ(none.code, Errc::corruption);
  EXPECT_THAT(none.message, HasSubstr(first.parent_path().string() + ": no segment is left"));
}

TEST_F(Hindered, TimesOfFramesWithoutEventsLeadToTheNextEvent) {
  const auto directory = open();
  append(*directory, "t", {"a"});
  const auto mine = appender(*directory);
  const Micros before = append(*directory, "t", {"b"}).append_time;
  ASSERT_TRUE(mine->take_ownership());
  append(*directory, "t", {"c"});
  EXPECT_EQ(directory->reader(topic(*directory, "t")).value()->offset_at(before + 1).value(), Offset{2});
}

}  // namespace
}  // namespace kappa::test

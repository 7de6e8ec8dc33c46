// Compaction by key: what goes, what stays, and in which order.
#include "compact_fixture.hpp"
#include "kappa/base/headers.hpp"
#include "protocol/segment_file.hpp"
#include "seam/seam.hpp"

namespace kappa::test {
namespace {

namespace fs = std::filesystem;
using log::Directory;
using testing::ElementsAre;
using testing::HasSubstr;

/// A segment's worth of events that nobody replaces.
constexpr int kSegmentOfOthers = 80;

class Compaction : public Compacting {
 protected:
  /// Ends a segment, so that it has a successor.
  static void end_segment(Directory& directory, const std::string& name) { fill(directory, name, kSegmentOfOthers); }
};

TEST_F(Compaction, KeepsTheLastRowOfEachKey) {
  const auto directory = open_small();
  fill_keyed(*directory, "a", 5, 200);
  const TableState before = state_of(*directory, "a");
  const log::RepackReport report = compact(*directory, "a", {.roll = true});
  EXPECT_GT(report.removed, 150u);
  EXPECT_EQ(read(*directory, "a"), (std::vector<std::string>{"a 195", "a 196", "a 197", "a 198", "a 199"}));
  EXPECT_EQ(report.removed, 195u);
  EXPECT_EQ(state_of(*directory, "a"), before);
  expect_whole(*directory, "a");
}

TEST_F(Compaction, LeavesWhatStaysAsItWas) {
  const auto directory = open_small();
  fill_keyed(*directory, "a", 150, 400);
  const std::vector<std::string> before = told(*directory, "a");
  EXPECT_GT(compact(*directory, "a", {.roll = true}).removed, 0u);
  const std::vector<std::string> after = told(*directory, "a");
  EXPECT_EQ(after, std::vector<std::string>(before.end() - 150, before.end()));
}

TEST_F(Compaction, TouchesNothingAboveItsHorizon) {
  const auto directory = open_small();
  fill_keyed(*directory, "a", 5, 100);
  const Sequence horizon = directory->reader(topic(*directory, "a")).value()->extent()->last;
  fill_keyed(*directory, "a", 5, 100);
  const auto before = states_from(*directory, "a", horizon);
  const log::RepackReport report = compact(*directory, "a", {.roll = true}, horizon);
  EXPECT_EQ(report.removed, 95u);
  const auto after = states_from(*directory, "a", horizon);
  EXPECT_EQ(after, before);
  EXPECT_EQ(read(*directory, "a").size(), 105u);
}

TEST_F(Compaction, KeepsWhatSaysNothingOfAKeyAndGivesItNoPlace) {
  const auto directory = open_small();
  for (int i = 0; i < 100; ++i)
    append_keyed(*directory, "a", {{"k", std::to_string(i)}, {"k", "?" + std::to_string(i)}, "x"});
  const TableState before = state_of(*directory, "a");
  EXPECT_EQ(compact(*directory, "a", {.roll = true}).removed, 99u);
  EXPECT_EQ(state_of(*directory, "a"), before);
  EXPECT_EQ(before.others.size(), 200u);
  EXPECT_EQ(before.rows, (std::map<std::string, std::string>{{"k", "99"}}));
}

TEST_F(Compaction, RemovesADeletionOnceAllOlderRowsAreGone) {
  const auto directory = open_small();
  fill_keyed(*directory, "a", 5, 200);
  append_keyed(*directory, "a", {deletion("k1"), deletion("k3")});
  EXPECT_EQ(compact(*directory, "a", {.roll = true}).removed, 197u);
  EXPECT_EQ(read(*directory, "a"), (std::vector<std::string>{"a 195", "a 197", "a 199", "", ""}));
  EXPECT_EQ(compact(*directory, "a", {.roll = true}).removed, 2u);
  EXPECT_EQ(read(*directory, "a"), (std::vector<std::string>{"a 195", "a 197", "a 199"}));
}

TEST_F(Compaction, KeepsADeletionAsLongAsAnOlderRowIsThere) {
  const auto directory = open_small();
  append_keyed(*directory, "a", {{"k", "old"}});
  end_segment(*directory, "a");  // Of this segment, much less than a tenth would go.
  EXPECT_GT(repack(*directory, "a").repacked, 0u);
  append_keyed(*directory, "a", {deletion("k")});
  fill_keyed(*directory, "a", 2, 200);
  const TableState before = state_of(*directory, "a");
  EXPECT_GT(compact(*directory, "a", {.roll = true}).removed, 150u);
  EXPECT_EQ(state_of(*directory, "a"), before);
  const auto lines = told(*directory, "a");
  EXPECT_THAT(lines, testing::Contains(HasSubstr(" k old ")));
  EXPECT_THAT(lines, testing::Contains(HasSubstr(" k (none) ")));
}

TEST_F(Compaction, KeepsADeletionBehindAnEventThatSomeTableMayTakeForARow) {
  const auto directory = open_small();
  append_keyed(*directory, "a", {{"k", "?a row to another table"}});
  append_keyed(*directory, "a", {deletion("k")});
  fill_keyed(*directory, "a", 2, 100);
  EXPECT_EQ(compact(*directory, "a", {.roll = true}).removed, 98u);
  EXPECT_EQ(compact(*directory, "a", {.roll = true}).removed, 0u);
  EXPECT_THAT(told(*directory, "a"), testing::Contains(HasSubstr(" k (none) ")));
}

TEST_F(Compaction, PutsWhatStaysIntoFramesThatItFits) {
  log::ProtocolOptions protocol;
  protocol.segment_bytes = 64 << 20;
  const auto directory = open(protocol);
  ASSERT_TRUE(directory->create_topic("a", log::TopicKind::user, 1));
  const std::string large(600'000, 'v');
  for (int append = 0; append < 40; ++append) {
    std::vector<TextEvent> events(2000, TextEvent{"k", "x"});
    events.push_back({fmt::format("large{}", append), large});
    append_keyed(*directory, "a", events);
  }
  EXPECT_EQ(compact(*directory, "a", {.roll = true}).removed, 79'999u);
  EXPECT_EQ(read(*directory, "a").size(), 41u);
  expect_whole(*directory, "a");
}

TEST_F(Compaction, LeavesASegmentOfWhichLittleWouldGo) {
  const auto directory = open_small();
  append_keyed(*directory, "a", {{"k", "old"}});
  end_segment(*directory, "a");
  EXPECT_GT(repack(*directory, "a").repacked, 0u);
  append_keyed(*directory, "a", {{"k", "new"}});
  EXPECT_EQ(compact(*directory, "a").repacked, 0u);
  EXPECT_THAT(told(*directory, "a"), testing::Contains(HasSubstr(" k old ")));
}

TEST_F(Compaction, IsDoneOnce) {
  const auto directory = open_small();
  std::mt19937_64 random(5);
  for (int i = 0; i < 300; ++i)
    append_keyed(*directory, "a", {{fmt::format("k{}", random() % 40), std::string(random() % 300, 'v')}});
  const Sequence horizon = directory->reader(topic(*directory, "a")).value()->extent()->last;
  EXPECT_GT(compact(*directory, "a", {.roll = true}, horizon).removed, 200u);
  const Sequence last = directory->catalog().read().value().events.back().sequence;
  const log::RepackReport again = compact(*directory, "a", {.roll = true}, horizon);
  EXPECT_EQ(again.removed, 0u);
  EXPECT_EQ(again.repacked, 0u);
  EXPECT_EQ(repack(*directory, "a").repacked, 0u);
  EXPECT_EQ(directory->catalog().read().value().events.back().sequence, last);
}

TEST_F(Compaction, ShownChangesNothingAndSaysTheSame) {
  const auto directory = open_small();
  fill_keyed(*directory, "a", 5, 200);
  append_keyed(*directory, "a", {deletion("k1")});
  const auto before = told(*directory, "a");
  const log::RepackReport shown = compact(*directory, "a", {.show = true, .roll = true});
  EXPECT_EQ(told(*directory, "a"), before);
  EXPECT_EQ(topic(*directory, "a").compacted_at, kNoSequence);
  const log::RepackReport done = compact(*directory, "a", {.roll = true});
  EXPECT_EQ(shown.removed, done.removed);
  EXPECT_EQ(shown.repacked, done.repacked);
  EXPECT_EQ(shown.frames_before, done.frames_before);
  EXPECT_EQ(shown.frames_after, done.frames_after);
  EXPECT_EQ(shown.sealed, done.sealed);
  EXPECT_EQ(shown.events, done.events);
}

TEST_F(Compaction, IsOnRecordBeforeItActs) {
  const auto directory = open_small();
  fill_keyed(*directory, "a", 5, 200);
  static_cast<void>(compact(*directory, "a", {}, Sequence{150}));
  const auto events = directory->catalog().read().value().events;
  ASSERT_GE(events.size(), 2u);
  const log::CatalogEvent& recorded = events[events.size() - 2];
  EXPECT_EQ(recorded.kind, "topic_compacted");
  EXPECT_EQ(recorded.name, "a");
  EXPECT_THAT(recorded.body, HasSubstr("150"));
  EXPECT_EQ(events.back().kind, "compaction_finished");
}

TEST_F(Compaction, ThatRemovesNothingIsARepacking) {
  const auto directory = open_small();
  fill(*directory, "a", 200);
  const log::RepackReport report = compact(*directory, "a");
  EXPECT_GT(report.repacked, 0u);
  EXPECT_EQ(report.removed, 0u);
  EXPECT_EQ(directory->catalog().read().value().events.back().kind, "topic_repacked");
}

TEST_F(Compaction, DoesNothingOnceTheCatalogHasChanged) {
  const auto directory = open_small();
  fill_keyed(*directory, "a", 5, 200);
  const auto before = told(*directory, "a");
  const log::Compaction old{Sequence{150}, judge_keyed, directory->catalog().read().value().end};
  static_cast<void>(topic(*directory, "b"));
  const log::RepackReport report = repack(*directory, "a", {.compaction = &old});
  EXPECT_TRUE(report.is_outdated);
  EXPECT_EQ(report.repacked, 0u);
  EXPECT_EQ(report.removed, 0u);
  EXPECT_EQ(told(*directory, "a"), before);
}

TEST_F(Compaction, PassesASegmentByThatSomebodyIsAtWorkOn) {
  const auto directory = open_small();
  fill_keyed(*directory, "a", 5, 200);
  append_keyed(*directory, "a", {deletion("k0"), deletion("k1"), deletion("k2"), deletion("k3"), deletion("k4")});
  fill(*directory, "a", 10);
  log::Seam& seam = log::real_seam();
  const log::File file = seam.open(files("a", ".seg").front().string(), log::OpenMode::create).value();
  ASSERT_TRUE(seam.lock(file, log::LockMode::exclusive, std::chrono::nanoseconds{0}).value());
  const log::RepackReport report = try_compact(*directory, "a", {.roll = true}).value();
  EXPECT_EQ(report.busy, 1u);
  EXPECT_GT(report.repacked, 1u);
  EXPECT_EQ(state_of(*directory, "a").rows.size(), 0u);
  seam.unlock(file);
  for (int i = 0; i < 2; ++i) {
    EXPECT_GT(compact(*directory, "a", {.roll = true}).repacked, 0u);
    EXPECT_EQ(state_of(*directory, "a").rows.size(), 0u);
  }
}

TEST_F(Compaction, KeepsTheFramesOfProducersWithTheirMarks) {
  const auto directory = open_small();
  for (std::uint64_t i = 1; i <= 120; ++i) {
    log::AppendOptions options;
    if (i % 2 == 0) options.producer = log::ProducerMark{77, i, i};
    append_keyed(*directory, "a", {{"k", std::to_string(i)}, {fmt::format("p{}", i % 7), "v"}}, options);
  }
  EXPECT_GT(compact(*directory, "a", {.roll = true}).removed, 200u);
  const auto reader = directory->reader(topic(*directory, "a")).value();
  std::uint64_t marks = 0;
  for (auto info = reader->next_info().value(); info; info = reader->next_info().value()) {
    if (!info->producer) continue;
    ++marks;
    EXPECT_EQ(info->producer->through, 2 * marks);
    EXPECT_EQ(info->offset_span, 2u);
  }
  EXPECT_EQ(marks, 60u);
  EXPECT_EQ(compact(*directory, "a", {.roll = true}).repacked, 0u);
  expect_whole(*directory, "a");
}

TEST_F(Compaction, TellsHowManyEventsAreLeft) {
  const auto directory = open_small();
  fill_keyed(*directory, "a", 5, 200);
  const std::uint64_t removed = compact(*directory, "a").removed;
  const log::PartitionStatus status = directory->status(topic(*directory, "a"), 0).value();
  EXPECT_EQ(status.removed_events, removed);
  EXPECT_EQ(status.extent.end, Offset{200});
  EXPECT_EQ(log::verify_partition(*directory, topic(*directory, "a"), 0)->events, 200 - removed);
}

TEST_F(Compaction, KnowsOfAKeyInOtherPartitions) {
  const auto directory = open_small();
  const log::TopicInfo two = directory->create_topic("two", log::TopicKind::user, 2).value();
  const auto put = [&](std::uint32_t partition, const TextEvent& event) {
    EventBatchBuilder builder;
    builder.add(event.view());
    ASSERT_TRUE(directory->appender(two, partition).value()->append(builder.columns()));
  };
  put(0, {"deleted", "old"});
  put(0, {"replaced", "old"});
  put(1, deletion("deleted"));
  put(1, {"replaced", "new"});
  const auto compact_one = [&](std::uint32_t partition) {
    const Sequence last = directory->reader(two, 1).value()->extent()->last;
    const log::Compaction all{last, judge_keyed, directory->catalog().read().value().end};
    return log::repack_partition(*directory, two, partition, {.roll = true, .compaction = &all}).value().removed;
  };
  EXPECT_EQ(compact_one(1), 0u);  // The older row is still there.
  EXPECT_EQ(compact_one(0), 2u);
  EXPECT_EQ(compact_one(1), 1u);
  const auto left = directory->reader(two, 1).value();
  std::vector<std::string> values;
  for (auto batch = left->next().value(); batch; batch = left->next().value()) add_values(*batch, values);
  EXPECT_EQ(values, std::vector<std::string>{"new"});
}

TEST_F(Compaction, OfADamagedSegmentChangesNothing) {
  const auto directory = open_small();
  fill_keyed(*directory, "a", 5, 200);
  std::fstream bytes(files("a", ".seg").front(), std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(static_cast<std::streamoff>(log::kFirstFramePosition) + 212);
  bytes.put('!');
  bytes.close();
  const auto refused = try_compact(*directory, "a");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::corruption) << refused.error().message;
  EXPECT_EQ(topic(*directory, "a").compacted_at, kNoSequence);
}

/// Appends of one to four random keyed events; now and then by a producer, and large ones.
void append_keyed_at_random(Directory& directory, const log::TopicInfo& topic, int appends, std::mt19937_64& random) {
  const auto appender = directory.appender(topic).value();
  std::uint64_t through = 0;
  for (int i = 0; i < appends; ++i) {
    EventBatchBuilder builder;
    for (std::uint64_t event = 0; event <= random() % 4; ++event) {
      const std::string key = fmt::format("k{}", random() % (random() % 2 == 0 ? 10 : 200));
      const std::string value = (random() % 20 == 0 ? "?" : "v") + std::string(random() % 60, 'x') + std::to_string(i);
      builder.add({random() % 2 == 0 ? kNoTimestamp : static_cast<Micros>(random() % 1'000),
                   random() % 15 == 0 ? std::nullopt : std::optional(as_bytes(key)),
                   random() % 4 == 0 ? std::nullopt : std::optional(as_bytes(value)),
                   {}});
    }
    log::AppendOptions options;
    if (random() % 10 == 0) options.producer = log::ProducerMark{9, through += builder.count(), 1};
    ASSERT_TRUE(appender->append(builder.columns(), options));
  }
}

/// Offset and line of each event.
std::map<std::string, std::string> by_offset(const std::vector<std::string>& lines) {
  std::map<std::string, std::string> found;
  for (const std::string& line : lines) {
    // Its number within its append is another once others of it are gone.
    const std::size_t plus = line.find('+');
    const std::size_t at = line.find(" at ");
    const std::size_t colon = line.find(": ");
    const std::size_t offset = line.find(' ', colon + 2);
    found[line.substr(colon + 2, offset - colon - 2)] = line.substr(0, plus) + line.substr(at);
  }
  return found;
}

TEST_F(Compaction, OfRandomHistoriesLeavesTheTableAtEachSequenceFromTheHorizonOn) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    fs::remove_all(data());
    const auto directory = open_small();
    std::mt19937_64 random(seed);
    for (int round = 0; round < 3; ++round) {
      append_keyed_at_random(*directory, topic(*directory, "a"), 150, random);
      if (random() % 2 == 0) static_cast<void>(repack(*directory, "a"));
      const Sequence last = directory->reader(topic(*directory, "a")).value()->extent()->last;
      const Sequence horizon{last.value - random() % 120};
      const auto states = states_from(*directory, "a", horizon);
      const auto events = by_offset(told(*directory, "a"));
      const log::PartitionStatus status = directory->status(topic(*directory, "a"), 0).value();
      // Deletions go later than their rows, and with them it may pay to write others anew.
      std::uint64_t removed = 0;
      int left_to_do = 5;
      for (bool roll = random() % 2 == 0; left_to_do > 0; roll = false, --left_to_do) {
        const log::RepackReport report = compact(*directory, "a", {.roll = roll}, horizon);
        removed += report.removed;
        EXPECT_TRUE(states_from(*directory, "a", horizon) == states);
        const auto left = by_offset(told(*directory, "a"));
        EXPECT_EQ(left.size(), events.size() - removed);
        for (const auto& [offset, line] : left) ASSERT_EQ(line, events.at(offset));
        EXPECT_EQ(directory->status(topic(*directory, "a"), 0)->removed_events, status.removed_events + removed);
        expect_whole(*directory, "a");
        if (report.repacked == 0) break;
      }
      EXPECT_GT(left_to_do, 0);
    }
    EXPECT_TRUE(told(*open_read_only(), "a") == told(*directory, "a"));
  }
}

}  // namespace
}  // namespace kappa::test

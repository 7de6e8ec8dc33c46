// Every way to read over the holes that compaction leaves.
#include "compact_fixture.hpp"
#include "kappa/log/once.hpp"

namespace kappa::test {
namespace {

namespace fs = std::filesystem;
using log::Directory;
using testing::HasSubstr;

struct FoundEvent {
  Offset offset;
  Sequence sequence;
  Micros append_time = 0;
  std::string value;
  friend bool operator==(const FoundEvent&, const FoundEvent&) = default;
};

class ReadingOverHoles : public Compacting {
 protected:
  static void collect(const EventBatch& batch, std::vector<FoundEvent>& to) {
    for (std::size_t i = 0; i < batch.columns.count; ++i)
      to.push_back({batch.offset(i), batch.sequence, batch.append_time, std::string(as_text(batch.columns.values[i]))});
  }
  static std::vector<FoundEvent> all(log::PartitionReader& reader) {
    std::vector<FoundEvent> events;
    auto batch = reader.next();
    for (; batch && *batch; batch = reader.next()) collect(**batch, events);
    EXPECT_TRUE(batch) << batch.error().message;
    return events;
  }
  std::unique_ptr<log::PartitionReader> reader(Directory& directory) {
    return directory.reader(topic(directory, "a")).value();
  }
  /// Two topics with holes: appends of three, of which the second is often all that is left, or nothing.
  std::unique_ptr<Directory> with_holes() {
    auto directory = open_small();
    for (int i = 0; i < 150; ++i) {
      const std::string name = i % 3 == 0 ? "b" : "a";
      const std::string own = i % 4 == 0 ? fmt::format("k{}", i) : "k";
      append_keyed(
          *directory, name,
          {{"k", fmt::format("{} first", i)}, {own, fmt::format("{} own", i)}, {"k", fmt::format("{} last", i)}});
    }
    for (const char* name : {"a", "b"}) EXPECT_GT(compact(*directory, name, {.roll = true}).removed, 50u);
    return directory;
  }
};

TEST_F(ReadingOverHoles, SeekBeginsAtTheNextEventFromEveryOffset) {
  const auto directory = with_holes();
  const auto events = all(*reader(*directory));
  const Offset end = reader(*directory)->extent()->end;
  EXPECT_EQ(end, Offset{300});
  for (std::uint64_t offset = 0; offset <= end.value; ++offset) {
    const auto from = reader(*directory);
    ASSERT_TRUE(from->seek(Offset{offset}));
    auto found = all(*from);
    // A batch that holds the offset is given whole.
    std::erase_if(found, [&](const FoundEvent& event) { return event.offset < Offset{offset}; });
    auto expected = events;
    std::erase_if(expected, [&](const FoundEvent& event) { return event.offset < Offset{offset}; });
    ASSERT_EQ(found, expected) << offset;
  }
}

TEST_F(ReadingOverHoles, BatchesFollowEachOtherWithoutAMissingOffset) {
  const auto directory = with_holes();
  const auto batches = reader(*directory);
  const auto infos = reader(*directory);
  Offset next;
  for (auto batch = batches->next().value(); batch; batch = batches->next().value()) {
    ASSERT_EQ(batch->first_offset, next);
    next = batch->end_offset();
    const auto info = infos->next_info().value();
    EXPECT_EQ(info->first_offset, batch->first_offset);
    EXPECT_EQ(info->end_offset(), batch->end_offset());
    EXPECT_EQ(info->count, batch->columns.count);
    EXPECT_EQ(info->sequence, batch->sequence);
  }
  EXPECT_EQ(next, batches->extent()->end);
}

TEST_F(ReadingOverHoles, NothingAppendedSinceATimeIsLeftOut) {
  const auto directory = with_holes();
  const auto events = all(*reader(*directory));
  for (const FoundEvent& event : events) {
    for (const Micros time : {event.append_time - 1, event.append_time, event.append_time + 1}) {
      const Offset at = reader(*directory)->offset_at(time).value();
      for (const FoundEvent& other : events) ASSERT_EQ(other.append_time >= time, other.offset >= at) << time;
    }
  }
}

TEST_F(ReadingOverHoles, AMergeGivesTheOneOrderFromAnyTimeAndConsumesAll) {
  const auto directory = with_holes();
  std::vector<FoundEvent> expected;
  for (const char* name : {"a", "b"}) {
    const auto found = all(*directory->reader(topic(*directory, name)).value());
    expected.insert(expected.end(), found.begin(), found.end());
  }
  std::ranges::sort(expected, {}, [](const FoundEvent& event) { return std::pair(event.sequence, event.offset); });
  const std::vector<log::TopicInfo> topics = {topic(*directory, "a"), topic(*directory, "b")};
  for (std::size_t from = 0; from < expected.size(); from += 9) {
    const auto merged = directory->ordered_reader(topics).value();
    ASSERT_TRUE(merged->skip_to(expected[from].append_time));
    const Sequence bound = merged->bound().value();
    std::vector<FoundEvent> found;
    for (auto batch = merged->next(bound).value(); batch; batch = merged->next(bound).value()) collect(*batch, found);
    auto rest = expected;
    std::erase_if(rest, [&](const FoundEvent& event) { return event.append_time < expected[from].append_time; });
    ASSERT_EQ(found, rest);
    for (const log::ConsumedInput& input : merged->consumed())
      EXPECT_EQ(input.end, Offset{input.topic == topics[0].id ? 300U : 150U});
  }
}

TEST_F(ReadingOverHoles, AMergeUpToASequenceStopsThere) {
  const auto directory = with_holes();
  const auto events = all(*reader(*directory));
  const std::vector<log::TopicInfo> topics = {topic(*directory, "a")};
  for (std::uint64_t upto = 1; upto <= events.back().sequence.value; ++upto) {
    const auto merged = directory->ordered_reader(topics).value();
    static_cast<void>(merged->bound().value());
    std::vector<FoundEvent> found;
    for (auto batch = merged->next({upto}).value(); batch; batch = merged->next({upto}).value()) collect(*batch, found);
    auto expected = events;
    std::erase_if(expected, [&](const FoundEvent& event) { return event.sequence.value > upto; });
    ASSERT_EQ(found, expected) << upto;
  }
}

TEST_F(ReadingOverHoles, DamageIsPassedToTheNextWholeFrame) {
  const auto directory = with_holes();
  const auto events = all(*reader(*directory));
  std::fstream bytes(files("a", ".seg").front(), std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(static_cast<std::streamoff>(log::kFirstFramePosition) + 100);
  bytes.put('!');
  bytes.close();
  const auto over = reader(*directory);
  EXPECT_EQ(over->next().error().code, Errc::corruption);
  const log::SkippedRange skipped = over->skip_damage().value();
  EXPECT_EQ(skipped.begin, Offset{0});
  auto expected = events;
  std::erase_if(expected, [&](const FoundEvent& event) { return event.offset < *skipped.end; });
  EXPECT_EQ(all(*over), expected);
}

TEST_F(ReadingOverHoles, OutlivesANewStartWithoutHeads) {
  auto directory = with_holes();
  const auto events = all(*reader(*directory));
  directory.reset();
  fs::remove(data() / "topics/a/0/head");
  fs::remove(data() / "sequence");
  directory = open_small();
  EXPECT_TRUE(directory->take_recovery_notes().empty());
  EXPECT_EQ(all(*reader(*directory)), events);
  EXPECT_EQ(append(*directory, "a", {"next"}).first, Offset{300});
  expect_whole(*directory, "a");
}

TEST_F(ReadingOverHoles, GoesOnWhereAReaderStoodBefore) {
  for (int stand = 0; stand < 120; stand += 40) {
    fs::remove_all(data());
    const auto directory = open_small();
    fill_keyed(*directory, "a", 5, 150);
    const auto from = reader(*directory);
    std::vector<FoundEvent> found;
    for (int i = 0; i < stand; ++i) collect(*from->next().value(), found);
    const auto after = [&](const FoundEvent& event) { return event.offset.value >= static_cast<std::uint64_t>(stand); };
    EXPECT_GT(compact(*directory, "a", {.roll = true}).removed, 140u);
    const auto rest = all(*from);
    EXPECT_TRUE(std::ranges::all_of(rest, after));
    TableState state;
    for (const FoundEvent& event : found) state.rows[fmt::format("k{}", event.offset.value % 5)] = event.value;
    for (const FoundEvent& event : rest) state.rows[fmt::format("k{}", event.offset.value % 5)] = event.value;
    EXPECT_EQ(state, state_of(*directory, "a"));
  }
}

class RepeatedOverHoles : public Compacting {
 protected:
  /// How many are appended; the error's message where they are refused.
  static std::string once(Directory& directory, log::OnceOptions options, const std::vector<TextEvent>& events) {
    EventBatchBuilder builder;
    for (const TextEvent& event : events) builder.add(event.view());
    const auto appender = directory.once_appender(topic(directory, "a"), 0, std::move(options)).value();
    const auto stamp = appender->append(builder.columns());
    if (!stamp) return fmt::format("{} {}", static_cast<int>(stamp.error().code), stamp.error().message);
    return std::to_string(stamp->end.value - stamp->first.value);
  }
  static log::OnceOptions by_value(std::optional<Micros> window = {}) {
    return {log::OnceById{[](Bytes value) -> std::optional<std::string_view> { return as_text(value); }}, window};
  }
};

TEST_F(RepeatedOverHoles, AProducersInputIsKnownByItsMarks) {
  const auto directory = open_small();
  const std::vector<TextEvent> input = {{"k", "1"}, {"k", "2"}, {"k", "3"}};
  EXPECT_EQ(once(*directory, {log::OnceByProducer{"p"}, {}}, input), "3");
  fill_keyed(*directory, "a", 5, 150);
  append_keyed(*directory, "a", {{"k", "4"}});
  EXPECT_GT(compact(*directory, "a", {.roll = true}).removed, 140u);
  EXPECT_EQ(once(*directory, {log::OnceByProducer{"p"}, {}}, input), "0");
  std::vector<TextEvent> longer = input;
  longer.emplace_back("k", "5");
  EXPECT_EQ(once(*directory, {log::OnceByProducer{"p"}, {}}, longer), "1");
  EXPECT_EQ(once(*directory, {log::OnceByProducer{"p"}, {}}, longer), "0");
}

TEST_F(RepeatedOverHoles, AnInputThatEndsAmongRemovedEventsIsRefused) {
  const auto directory = open_small();
  EXPECT_EQ(once(*directory, {log::OnceByProducer{"p"}, {}}, {{"k", "1"}, {"k", "2"}, {"k", "3"}}), "3");
  fill_keyed(*directory, "a", 5, 150);
  const std::vector<TextEvent> shorter = {{"k", "1"}, {"k", "2"}};
  EXPECT_EQ(once(*directory, {log::OnceByProducer{"p"}, {}}, shorter), "0");
  EXPECT_GT(compact(*directory, "a", {.roll = true}).removed, 140u);
  EXPECT_THAT(once(*directory, {log::OnceByProducer{"p"}, {}}, shorter),
              HasSubstr("compaction has removed some with which they would have to be compared"));
}

TEST_F(RepeatedOverHoles, IdentifiersThatAreGoneAreNotTakenForNew) {
  const auto directory = open_small();
  fill_keyed(*directory, "a", 5, 150);
  EXPECT_EQ(once(*directory, by_value(), {{"k0", "a 0"}}), "0");
  EXPECT_GT(compact(*directory, "a", {.roll = true}).removed, 140u);
  EXPECT_THAT(once(*directory, by_value(), {{"k0", "a 0"}}), HasSubstr("compaction has removed events"));
  EXPECT_THAT(once(*directory, by_value(3'600'000'000), {{"k0", "a 0"}}), HasSubstr("compaction has removed events"));
  EXPECT_EQ(once(*directory, by_value(1), {{"k0", "new"}}), "1");  // Nothing was removed within the window.
}

}  // namespace
}  // namespace kappa::test

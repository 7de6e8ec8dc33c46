#include "changelog_fixture.hpp"

#include "kappa/base/event_builder.hpp"
#include "kappa/base/headers.hpp"

namespace kappa::test {

namespace {

std::string op_of(Bytes headers) {
  std::string others;
  std::string op;
  std::size_t count = 0;
  while (const auto header = take_header(headers)) {
    op = std::string(as_text(header->value.value_or(Bytes{})));
    others += std::string(header->name) + "=" + op + " ";
    if (header->name == "op") ++count;
  }
  return count == 1 && others == "op=" + op + " " ? op : others;
}

ChangelogEvent event_at(const EventBatch& batch, std::size_t i) {
  ChangelogEvent event{
      op_of(batch.columns.headers[i]), {}, std::string(as_text(batch.columns.values[i])), batch.timestamp(i)};
  if (batch.columns.keys.has(i)) event.key = std::string(as_text(batch.columns.keys[i]));
  return event;
}

}  // namespace

log::TopicInfo ChangelogFixture::topic(log::Directory& directory, const std::string& name) {
  const auto found = directory.catalog().find_topic(name);
  EXPECT_TRUE(found && *found) << "no topic " << name;
  return found && *found ? **found : log::TopicInfo{};
}

std::vector<ChangelogEvent> ChangelogFixture::events_of(const std::string& name) {
  const auto directory = open();
  const auto reader = replay::committed_reader(*directory, topic(*directory, name));
  EXPECT_TRUE(reader);
  std::vector<ChangelogEvent> events;
  for (;;) {
    const auto batch = (*reader)->next();
    EXPECT_TRUE(batch) << batch.error().message;
    if (!batch || !*batch) return events;
    for (std::size_t i = 0; i < (*batch)->columns.count; ++i) events.push_back(event_at(**batch, i));
  }
}

std::vector<std::string> ChangelogFixture::changes_of(const std::string& name) {
  std::vector<std::string> changes;
  for (const ChangelogEvent& event : events_of(name))
    changes.push_back(event.op + " " + event.key.value_or("-") + " " + event.value);
  return changes;
}

std::vector<log::FrameInfo> ChangelogFixture::frames_of(const std::string& name) {
  const auto directory = open();
  const log::TopicInfo its_topic = topic(*directory, name);
  std::vector<log::FrameInfo> frames;
  for (std::uint32_t partition = 0; partition < its_topic.partitions; ++partition) {
    const auto reader = directory->reader(its_topic, partition);
    EXPECT_TRUE(reader);
    for (;;) {
      const auto frame = (*reader)->next_info();
      EXPECT_TRUE(frame) << frame.error().message;
      if (!frame || !*frame) break;
      frames.push_back(**frame);
    }
  }
  return frames;
}

void ChangelogFixture::forge(const std::string& name, const std::vector<std::string>& rows,
                             const log::CommitFrame& part) {
  const auto directory = open();
  const auto appender = directory->appender(topic(*directory, name));
  ASSERT_TRUE(appender) << appender.error().message;
  std::vector<std::byte> header;
  put_header(header, {"op", as_bytes("insert")});
  EventBatchBuilder events;
  for (const std::string& row : rows) events.add({kNoTimestamp, {}, as_bytes(row), header});
  const auto appended = (*appender)->append(events.columns(), {{}, {}, part});
  ASSERT_TRUE(appended) << appended.error().message;
}

}  // namespace kappa::test

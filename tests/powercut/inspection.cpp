#include "inspection.hpp"

#include "event_text.hpp"
#include "fmt/format.h"

namespace kappa::powercut {
namespace {

Result<void> inspect_topic(log::Directory& directory, const log::TopicInfo& topic, const Teller& teller) {
  auto reader = directory.reader(topic);
  if (!reader) return propagate(reader);
  auto extent = (*reader)->extent();
  if (!extent) return propagate(extent);
  const bool written_by_us = topic.kind == log::TopicKind::user;
  if (written_by_us) teller.tell({.told = Told::extent, .offset = extent->start.value}, topic.name);
  for (;;) {
    auto batch = (*reader)->next();
    if (!batch) return propagate(batch);
    if (!*batch) return {};
    if (!written_by_us) continue;
    auto record = delivered(**batch, topic.name);
    if (!record) return propagate(record);
    teller.tell(*record, topic.name);
  }
}

}  // namespace

Result<Record> delivered(const EventBatch& batch, std::string_view topic) {
  Record record{.told = Told::delivered,
                .offset = batch.first_offset.value,
                .count = batch.columns.count,
                .sequence = batch.sequence.value};
  for (std::uint32_t i = 0; i < batch.columns.count; ++i) {
    const auto id = event_id(as_text(batch.columns.values[i]), topic);
    if (i == 0 && id) record.id = *id;
    if (!id || *id != record.id + i)
      return fail(Errc::corruption,
                  fmt::format("{}: nobody appended what is read at offset {}", topic, record.offset + i));
  }
  return record;
}

Result<void> inspect(log::Directory& directory, const Teller& teller) {
  auto topics = directory.catalog().topics();
  if (!topics) return propagate(topics);
  for (const log::TopicInfo& topic : *topics)
    if (auto inspected = inspect_topic(directory, topic, teller); !inspected) return inspected;
  for (const log::RecoveryNote& note : directory.take_recovery_notes())
    teller.tell({.told = Told::torn_tail, .offset = note.position, .count = note.bytes}, "");
  teller.tell({.told = Told::end}, "");
  return {};
}

}  // namespace kappa::powercut

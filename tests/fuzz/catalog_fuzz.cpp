// Events of `_catalog`. What can be written can be read again, and means the same.
#include "directory/catalog_json.hpp"
#include "fuzz.hpp"

namespace kappa::fuzz {
namespace {

using namespace log;

/// What a reader makes of an event must survive being written again: a catalog can be copied.
void check_event(const CatalogEvent& event) {
  const auto text = encode_catalog_event(event);
  require(text.has_value(), "an event that was read can be written", text ? "" : text.error().message);
  const auto again = decode_catalog_event(*text);
  require(again.has_value(), "an event that was written can be read", again ? "" : again.error().message);
  require(again->kind == event.kind && again->name == event.name, "an event keeps its kind and its name", *text);
  require(again->body == event.body, "an event keeps its body", *text);
}

void check_topic(const CatalogEvent& event) {
  const auto topic = decode_topic(event);
  if (!topic) return;
  require(topic->partitions != 0, "a topic has partitions", event.body);
  const auto again = decode_topic({event.kind, event.name, topic_body(*topic), event.sequence});
  require(again && again->id == topic->id && again->kind == topic->kind && again->partitions == topic->partitions,
          "a topic's definition comes back", event.body);
}

void check_retention(const CatalogEvent& event) {
  const auto set = decode_retention(event);
  if (set) {
    require(set->retention.age.value_or(0) >= 0, "an age is no less than nothing", event.body);
    const auto again = decode_retention({event.kind, event.name, retention_body(set->topic, set->retention), {}});
    require(again && again->topic == set->topic && again->retention.age == set->retention.age &&
                again->retention.bytes == set->retention.bytes,
            "a retention comes back", event.body);
  }
  const auto trimmed = decode_trimmed(event);
  if (!trimmed) return;
  const auto again = decode_trimmed({event.kind, event.name, trimmed_body(*trimmed), {}});
  require(again && again->topic == trimmed->topic && again->partition == trimmed->partition &&
              again->log_start == trimmed->log_start,
          "a log start comes back", event.body);
}

void check_compaction(const CatalogEvent& event) {
  if (const auto set = decode_compaction(event)) {
    require(set->after.value_or(0) >= 0, "an age is no less than nothing", event.body);
    const auto again = decode_compaction({event.kind, event.name, compaction_body(*set), {}});
    require(again && again->topic == set->topic && again->after == set->after, "a setting comes back", event.body);
  }
  if (const auto finished = decode_finished(event)) {
    const auto again = decode_finished({event.kind, event.name, finished_body(*finished), {}});
    require(again && *again == *finished, "an end comes back", event.body);
  }
  const auto compacted = decode_compacted(event);
  if (!compacted) return;
  const auto again = decode_compacted({event.kind, event.name, compacted_body(*compacted), {}});
  require(again && *again == *compacted, "a horizon comes back", event.body);
}

void check_gap(const CatalogEvent& event) {
  const auto gap = decode_gap(event);
  if (!gap) return;
  require(gap->begin <= gap->end, "a gap goes forward", event.body);
  const auto again = decode_gap({event.kind, event.name, gap_body(*gap), {}});
  require(again && *again == *gap, "a gap comes back", event.body);
}

/// An event that a higher layer asks for is refused, or is read as what was asked for.
void write(FuzzInput take) {
  CatalogEvent event;
  event.kind = take.take_text();
  event.name = take.take_text();
  event.body = as_text(take.rest());
  const auto text = encode_catalog_event(event);
  if (!text) return;
  const auto read = decode_catalog_event(*text);
  require(read.has_value(), "an event that was written can be read", *text);
  require(read->kind == event.kind && read->name == event.name, "an event keeps its kind and its name", *text);
}

}  // namespace

void run(Bytes input) {
  FuzzInput take(input);
  if ((take.byte() & 1U) != 0) return write(take);
  const auto event = decode_catalog_event(as_text(take.rest()));
  if (event) {
    check_event(*event);
    check_topic(*event);
    check_retention(*event);
    check_compaction(*event);
    check_gap(*event);
  }
  const CatalogEvent bare{"", "t", std::string(as_text(take.rest())), {}};
  check_topic(bare);
  check_retention(bare);
  check_compaction(bare);
  check_gap(bare);
}

}  // namespace kappa::fuzz

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
  }
  check_topic({std::string(kTopicCreated), "t", std::string(as_text(take.rest())), {}});
}

}  // namespace kappa::fuzz

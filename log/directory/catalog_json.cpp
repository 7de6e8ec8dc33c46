// Catalog events as JSON objects. A member that this version does not know is ignored: events of a higher layer carry
// whatever that layer defines. But for `needs`, which names what a reader has to know; as yet there is nothing to know.
#include "directory/catalog_json.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <utility>

#include "fmt/format.h"

namespace kappa::log {
namespace {

namespace json = boost::json;

constexpr std::pair<TopicKind, std::string_view> kKinds[] = {{TopicKind::user, "user"},
                                                             {TopicKind::changelog, "changelog"},
                                                             {TopicKind::errors, "errors"},
                                                             {TopicKind::catalog, "catalog"}};

Result<json::object> parse_object(std::string_view text) {
  boost::system::error_code error;
  json::value value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !value.is_object())
    return fail(Errc::bad_input, fmt::format("not a JSON object: {}", text.substr(0, 80)));
  return std::move(value.as_object());
}

std::optional<std::string> text_of(const json::object& object, std::string_view member) {
  const json::value* value = object.if_contains(json::string_view(member.data(), member.size()));
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->as_string().data(), value->as_string().size());
}

std::unexpected<Error> unreadable(const CatalogEvent& event, std::string_view what) {
  return fail(Errc::corruption, fmt::format("_catalog: the event {} of '{}' with sequence {} has no {}", event.kind,
                                            event.name, event.sequence.value, what));
}

/// What a newer version wrote and this one may not pass over.
std::unexpected<Error> newer(std::string_view what) {
  return fail(Errc::conflict, fmt::format("_catalog: {}: not supported by this version", what),
              "a newer kappa wrote this; use that version, or a newer one");
}

std::optional<TopicId> parse_id(std::string_view text) {
  TopicId id;
  if (text.size() != 32) return std::nullopt;
  for (std::size_t i = 0; i < 2; ++i) {
    const char* begin = text.data() + 16 * i;
    const auto parsed = std::from_chars(begin, begin + 16, id.words[i], 16);
    if (parsed.ec != std::errc{} || parsed.ptr != begin + 16) return std::nullopt;
  }
  return id;
}

std::string text_of(const TopicId& id) {
  return fmt::format("{:016x}{:016x}", id.words[0], id.words[1]);
}

/// nullopt where the member is missing, null, or no whole number that is not negative.
std::optional<std::uint64_t> number_of(const json::object& object, std::string_view member) {
  const json::value* value = object.if_contains(json::string_view(member.data(), member.size()));
  if (value == nullptr) return std::nullopt;
  if (value->is_uint64()) return value->as_uint64();
  if (value->is_int64() && value->as_int64() >= 0) return static_cast<std::uint64_t>(value->as_int64());
  return std::nullopt;
}

/// An event up to its body.
std::string head_of(std::string_view kind, std::string_view name) {
  const auto quoted = [](std::string_view text) {
    return json::serialize(json::string_view(text.data(), text.size()));
  };
  return fmt::format(R"({{"event":{},"name":{},"body":)", quoted(kind), quoted(name));
}

/// What stands in the place of the body where kappa wrote the event; empty where somebody else did. Written anew, a
/// number may come out another.
std::string_view own_body(std::string_view text, std::string_view kind, std::string_view name) {
  const std::string head = head_of(kind, name);
  if (!text.starts_with(head) || !text.ends_with('}')) return {};
  return text.substr(head.size(), text.size() - head.size() - 1);
}

}  // namespace

Result<std::string> encode_catalog_event(const CatalogEvent& event) {
  auto body = parse_object(event.body);
  if (!body) return propagate(body);
  // The body goes in as its own bytes, so that what a higher layer wrote is what it reads.
  std::string text = head_of(event.kind, event.name) + event.body + "}";
  // An event that cannot be read again would hide the whole catalog: bytes that are no UTF-8, a body too deep.
  const auto read = decode_catalog_event(text);
  if (!read || read->kind != event.kind || read->name != event.name)
    return fail(Errc::bad_input, fmt::format("no catalog event can say this: {}", text.substr(0, 80)));
  return text;
}

Result<CatalogEvent> decode_catalog_event(std::string_view text) {
  auto object = parse_object(text);
  if (!object) return propagate(object);
  const auto kind = text_of(*object, "event");
  const auto name = text_of(*object, "name");
  const json::value* body = object->if_contains("body");
  if (!kind || !name || body == nullptr || !body->is_object())
    return fail(Errc::bad_input, fmt::format("no catalog event: {}", text.substr(0, 80)));
  if (const json::value* needs = object->if_contains("needs"); needs != nullptr)
    return newer(fmt::format("an event {} of '{}' that needs {}", *kind, *name, json::serialize(*needs)));
  CatalogEvent event{*kind, *name, std::string(own_body(text, *kind, *name)), {}};
  if (!event.body.empty() && parse_object(event.body)) return event;
  event.body = json::serialize(*body);
  // A number beyond all doubles is read as infinite and written as no JSON at all.
  if (auto readable = parse_object(event.body); !readable) return propagate(readable);
  return event;
}

std::string topic_body(const TopicInfo& topic) {
  std::string_view kind;
  for (const auto& [value, name] : kKinds)
    if (value == topic.kind) kind = name;
  return fmt::format(R"({{"id":"{}","kind":"{}","partitions":{}}})", text_of(topic.id), kind, topic.partitions);
}

Result<TopicInfo> decode_topic(const CatalogEvent& event) {
  auto body = parse_object(event.body);
  if (!body) return unreadable(event, "body");
  TopicInfo topic;
  topic.name = event.name;
  topic.created = event.sequence;
  const auto id = parse_id(text_of(*body, "id").value_or(""));
  if (!id) return unreadable(event, "topic id");
  topic.id = *id;
  const std::string kind = text_of(*body, "kind").value_or("");
  const auto known = std::ranges::find(kKinds, std::string_view(kind), [](const auto& one) { return one.second; });
  if (kind.empty()) return unreadable(event, "kind of topic");
  if (known == std::end(kKinds)) return newer(fmt::format("topic '{}' of kind {}", event.name, kind));
  topic.kind = known->first;
  const json::value* partitions = body->if_contains("partitions");
  if (partitions == nullptr || !partitions->is_int64() || partitions->as_int64() < 1 ||
      !std::in_range<std::uint32_t>(partitions->as_int64()))
    return unreadable(event, "number of partitions");
  topic.partitions = static_cast<std::uint32_t>(partitions->as_int64());
  return topic;
}

std::string retention_body(const TopicId& topic, const Retention& retention) {
  const auto number = [](const auto& value) { return value ? std::to_string(*value) : std::string("null"); };
  return fmt::format(R"({{"id":"{}","age_us":{},"bytes":{}}})", text_of(topic), number(retention.age),
                     number(retention.bytes));
}

Result<RetentionSet> decode_retention(const CatalogEvent& event) {
  auto body = parse_object(event.body);
  if (!body) return unreadable(event, "body");
  const auto id = parse_id(text_of(*body, "id").value_or(""));
  if (!id) return unreadable(event, "topic id");
  RetentionSet set{*id, {}};
  if (const auto age = number_of(*body, "age_us")) {
    if (!std::in_range<Micros>(*age)) return unreadable(event, "age that there can be");
    set.retention.age = static_cast<Micros>(*age);
  }
  set.retention.bytes = number_of(*body, "bytes");
  return set;
}

std::string trimmed_body(const TopicTrimmed& trimmed) {
  return fmt::format(R"({{"id":"{}","partition":{},"log_start":{}}})", text_of(trimmed.topic), trimmed.partition,
                     trimmed.log_start.value);
}

std::string repacked_body(const TopicRepacked& repacked) {
  return fmt::format(R"({{"id":"{}","partition":{},"begin":{},"end":{}}})", text_of(repacked.topic), repacked.partition,
                     repacked.begin.value, repacked.end.value);
}

Result<TopicTrimmed> decode_trimmed(const CatalogEvent& event) {
  auto body = parse_object(event.body);
  if (!body) return unreadable(event, "body");
  const auto id = parse_id(text_of(*body, "id").value_or(""));
  const auto partition = number_of(*body, "partition");
  const auto log_start = number_of(*body, "log_start");
  if (!id) return unreadable(event, "topic id");
  if (!partition || !std::in_range<std::uint32_t>(*partition) || !log_start)
    return unreadable(event, "partition and log start");
  return TopicTrimmed{*id, static_cast<std::uint32_t>(*partition), {*log_start}};
}

std::string compaction_body(const CompactionSet& set) {
  return fmt::format(R"({{"id":"{}","after_us":{}}})", text_of(set.topic),
                     set.after ? std::to_string(*set.after) : "null");
}

Result<CompactionSet> decode_compaction(const CatalogEvent& event) {
  auto body = parse_object(event.body);
  if (!body) return unreadable(event, "body");
  const auto id = parse_id(text_of(*body, "id").value_or(""));
  if (!id) return unreadable(event, "topic id");
  CompactionSet set{*id, std::nullopt};
  const json::value* after = body->if_contains("after_us");
  if (after == nullptr) return unreadable(event, "age");
  if (after->is_null()) return set;
  const auto number = number_of(*body, "after_us");
  if (!number || !std::in_range<Micros>(*number)) return unreadable(event, "age that there can be");
  set.after = static_cast<Micros>(*number);
  return set;
}

std::string compacted_body(const TopicCompacted& compacted) {
  return fmt::format(R"({{"id":"{}","partition":{},"through":{},"begin":{},"end":{}}})", text_of(compacted.topic),
                     compacted.partition, compacted.through.value, compacted.begin.value, compacted.end.value);
}

Result<TopicCompacted> decode_compacted(const CatalogEvent& event) {
  auto body = parse_object(event.body);
  if (!body) return unreadable(event, "body");
  const auto id = parse_id(text_of(*body, "id").value_or(""));
  const auto partition = number_of(*body, "partition");
  const auto through = number_of(*body, "through");
  const auto begin = number_of(*body, "begin");
  const auto end = number_of(*body, "end");
  if (!id) return unreadable(event, "topic id");
  if (!partition || !std::in_range<std::uint32_t>(*partition) || !through || !begin || !end)
    return unreadable(event, "partition, horizon and offsets");
  return TopicCompacted{*id, static_cast<std::uint32_t>(*partition), {*through}, {*begin}, {*end}};
}

std::string finished_body(const CompactionFinished& finished) {
  return fmt::format(R"({{"id":"{}","partition":{}}})", text_of(finished.topic), finished.partition);
}

Result<CompactionFinished> decode_finished(const CatalogEvent& event) {
  auto body = parse_object(event.body);
  if (!body) return unreadable(event, "body");
  const auto id = parse_id(text_of(*body, "id").value_or(""));
  const auto partition = number_of(*body, "partition");
  if (!id) return unreadable(event, "topic id");
  if (!partition || !std::in_range<std::uint32_t>(*partition)) return unreadable(event, "partition");
  return CompactionFinished{*id, static_cast<std::uint32_t>(*partition)};
}

std::string gap_body(const GapRecord& gap) {
  return fmt::format(R"({{"id":"{}","partition":{},"segment":{},"position":{},"bytes":{},"begin":{},"end":{}}})",
                     text_of(gap.topic), gap.partition, gap.segment.value, gap.position, gap.bytes, gap.begin.value,
                     gap.end.value);
}

Result<GapRecord> decode_gap(const CatalogEvent& event) {
  auto body = parse_object(event.body);
  if (!body) return unreadable(event, "body");
  const auto id = parse_id(text_of(*body, "id").value_or(""));
  const auto partition = number_of(*body, "partition");
  const auto segment = number_of(*body, "segment");
  const auto position = number_of(*body, "position");
  const auto bytes = number_of(*body, "bytes");
  const auto begin = number_of(*body, "begin");
  const auto end = number_of(*body, "end");
  if (!id) return unreadable(event, "topic id");
  if (!partition || !std::in_range<std::uint32_t>(*partition) || !segment || !position || !bytes || !begin || !end ||
      *begin > *end)
    return unreadable(event, "place of a gap");
  return GapRecord{*id, static_cast<std::uint32_t>(*partition), {*segment}, *position, *bytes, {*begin}, {*end}};
}

}  // namespace kappa::log

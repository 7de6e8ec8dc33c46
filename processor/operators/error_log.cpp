// Rejected rows become rows of the errors output. An entry copies the event's bytes at once: errors are few, and the
// frame that the event came in must not stay in memory because of one bad line.
//
// What is taken back must be what was given, value included. A keyed table knows only the place of a row that it takes
// away, so the values of the events behind present errors are remembered by place when entries are taken: before that a
// refused batch can still be taken back. Within one taking, what comes is remembered before what goes is recalled.
#include "operators/error_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "kappa/base/assert.hpp"
#include "operators/batch_tools.hpp"
#include "operators/event_text.hpp"

namespace kappa::processor {
namespace {

// A red-black tree's node besides the value.
constexpr std::size_t kNodeBytes = 112;
// Each byte may take six in JSON, and an event holds 8 MiB.
constexpr std::size_t kValueBytesMax = std::size_t{1} << 20;
constexpr std::size_t kReasonBytesMax = std::size_t{8} << 10;

}  // namespace

Schema errors_schema() {
  return {{"sqlstate", {TypeKind::text}},     {"reason", {TypeKind::text}},   {"topic", {TypeKind::text}},
          {"partition", {TypeKind::integer}}, {"offset", {TypeKind::bigint}}, {"value", {TypeKind::text}}};
}

ErrorLog::Place ErrorLog::place_of(std::string_view topic, const EventBatch& events, std::uint32_t event) {
  Place place{topic, events.partition, events.offset(event).value, std::nullopt};
  if (const std::optional<Bytes> value = events.columns.values.get(event))
    place.value = shortened(event_value_text(*value), kValueBytesMax);
  return place;
}

void ErrorLog::reject(const Batch& batch, std::size_t row, const ErrorPointer& error) {
  const Provenance& origin = batch.origin;
  Entry entry{error, batch.weight(row), std::nullopt, origin.is_keyed};
  if (origin.batch != nullptr) {
    entry.place = place_of(origin.topic, *origin.batch, origin.event(row));
  } else if (!origin.places.empty()) {
    entry.place = Place{origin.topic, origin.places[row].partition, origin.places[row].offset, std::nullopt};
  }
  entries_.push_back(std::move(entry));
}

void ErrorLog::reject_event(std::string_view topic, const EventBatch& events, std::uint32_t event,
                            const ErrorPointer& error) {
  entries_.push_back({error, 1, place_of(topic, events, event)});
}

void ErrorLog::remember(const Entry& entry) {
  const auto [found, is_new] =
      remembered_.try_emplace({entry.place->topic, entry.place->partition, entry.place->offset});
  if (is_new) {
    found->second.value = entry.place->value;
    remembered_bytes_ += kNodeBytes + found->second.value.value_or("").size();
  }
  found->second.errors += entry.weight;
}

void ErrorLog::recall(Entry& entry) {
  const auto found = remembered_.find({entry.place->topic, entry.place->partition, entry.place->offset});
  KAPPA_ASSERT(found != remembered_.end(), "a row was taken back that had not come");
  entry.place->value = found->second.value;
  found->second.errors += entry.weight;
  if (found->second.errors > 0) return;
  remembered_bytes_ -= kNodeBytes + found->second.value.value_or("").size();
  remembered_.erase(found);
}

Batch ErrorLog::take() {
  std::vector<Entry> entries = std::exchange(entries_, {});
  const auto is_placed = [](const Entry& entry) { return entry.is_keyed && entry.place; };
  for (const Entry& entry : entries) {
    if (is_placed(entry) && entry.weight > 0) remember(entry);
  }
  for (Entry& entry : entries) {
    if (is_placed(entry) && entry.weight < 0) recall(entry);
  }
  TextColumnBuilder sqlstate, reason, topic, value;
  Column partition = make_column(TypeKind::integer, entries.size());
  Column offset = make_column(TypeKind::bigint, entries.size());
  std::vector<std::uint8_t> placeless(entries.size());
  Batch batch;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    sqlstate.add(std::string_view(entry.error->sqlstate.data(), entry.error->sqlstate.size()));
    reason.add(shortened(entry.error->reason, kReasonBytesMax));
    placeless[i] = entry.place ? 0 : 1;
    topic.add(entry.place ? std::optional<std::string_view>(entry.place->topic) : std::nullopt);
    value.add(entry.place ? std::optional<std::string_view>(entry.place->value) : std::nullopt);
    if (entry.place) partition.as<std::int32_t>()[i] = static_cast<std::int32_t>(entry.place->partition);
    if (entry.place) offset.as<std::int64_t>()[i] = static_cast<std::int64_t>(entry.place->offset);
    batch.weights.push_back(entry.weight);
  }
  if (std::ranges::find(placeless, 1) != placeless.end()) partition.nulls = offset.nulls = placeless;
  batch.rows = entries.size();
  batch.columns = {sqlstate.finish(),
                   reason.finish(),
                   topic.finish(),
                   std::make_shared<const Column>(std::move(partition)),
                   std::make_shared<const Column>(std::move(offset)),
                   value.finish()};
  return batch;
}

Error ErrorLog::stop_error() const {
  const auto before = [](const Entry& a, const Entry& b) {
    const auto order = [](const Entry& entry) {
      const Place place = entry.place.value_or(Place{});
      return std::tuple(place.topic, place.partition, place.offset, *entry.error);
    };
    return order(a) < order(b);
  };
  const Entry& first = *std::ranges::min_element(entries_, before);
  std::string where = "a row that no single event is to blame for";
  if (first.place) {
    where = fmt::format("topic {}, partition {}, offset {}", first.place->topic, first.place->partition,
                        first.place->offset);
  }
  const std::string_view sqlstate(first.error->sqlstate.data(), first.error->sqlstate.size());
  return {
      Errc::query,
      fmt::format("view {} stops at {}: {} (SQLSTATE {})", view_, where,
                  shortened(first.error->reason, kReasonBytesMax), sqlstate),
      fmt::format("Such rows are kept aside in {}.errors when the view is declared WITH (on_error = 'dead_letter').",
                  view_)};
}

}  // namespace kappa::processor

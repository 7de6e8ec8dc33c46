// What a table knows of an event beside its value: place, times, key.
#include "types/json_hidden.hpp"

#include <simdjson.h>

#include <utility>

#include "types/json_text.hpp"

namespace kappa::processor {
namespace {

template <typename T, typename Get>
ColumnPointer numbers(TypeKind kind, const std::vector<std::uint32_t>& chosen, Get get) {
  auto column = std::make_shared<Column>(make_column(kind, chosen.size()));
  std::vector<T>& values = column->as<T>();
  for (std::size_t row = 0; row < chosen.size(); ++row) values[row] = get(chosen[row]);
  return column;
}

bool is_text(std::string_view bytes) {
  return bytes.find('\0') == std::string_view::npos && simdjson::validate_utf8(bytes);
}

ColumnPointer keys(const EventBatch& events, const std::vector<std::uint32_t>& chosen) {
  auto column = std::make_shared<Column>(make_column(TypeKind::text, chosen.size()));
  std::vector<std::string_view>& values = column->as<std::string_view>();
  column->memory.push_back(events.memory);
  for (std::size_t row = 0; row < chosen.size(); ++row) {
    const std::string_view key = as_text(events.columns.keys[chosen[row]]);
    if (!events.columns.keys.has(chosen[row])) {
      column->nulls.resize(chosen.size());
      column->nulls[row] = 1;
    } else if (is_text(key)) {
      values[row] = key;
    } else {
      column->errors.resize(chosen.size());
      column->errors[row] = make_error("22021", utf8_fault(key) + " (column \"_key\")");
    }
  }
  return column;
}

}  // namespace

ColumnPointer hidden_column(HiddenColumn which, const EventBatch& events, const std::vector<std::uint32_t>& chosen) {
  using Integer = std::int32_t;
  using Bigint = std::int64_t;
  switch (which) {
    case HiddenColumn::offset:
      return numbers<Bigint>(TypeKind::bigint, chosen,
                             [&](std::uint32_t event) { return static_cast<Bigint>(events.offset(event).value); });
    case HiddenColumn::sequence:
      return numbers<Bigint>(TypeKind::bigint, chosen,
                             [&](std::uint32_t) { return static_cast<Bigint>(events.sequence.value); });
    case HiddenColumn::partition:
      return numbers<Integer>(TypeKind::integer, chosen,
                              [&](std::uint32_t) { return static_cast<Integer>(events.partition); });
    case HiddenColumn::append_time:
      return numbers<Bigint>(TypeKind::timestamp, chosen, [&](std::uint32_t) { return events.append_time; });
    case HiddenColumn::timestamp:
      return numbers<Bigint>(TypeKind::timestamp, chosen, [&](std::uint32_t event) { return events.timestamp(event); });
    case HiddenColumn::key:
      break;
  }
  return keys(events, chosen);
}

}  // namespace kappa::processor

// Events' keys against primary keys. Of a row the text is made and compared. A deletion has no row, so its key is read:
// as an object with the primary key's columns, by the decoder that reads rows, and the text of what was read must be
// the key again. So `05` or `[1, 2]` deletes nothing silently, and how the object is made need not be strict.
#include "operators/event_key.hpp"

#include <fmt/format.h>

#include <memory>
#include <span>

#include "kappa/base/assert.hpp"
#include "kappa/base/json_quote.hpp"
#include "kappa/processor/row_codec.hpp"
#include "operators/event_text.hpp"
#include "types/json_text.hpp"

namespace kappa::processor {
namespace {

constexpr std::string_view kIntegrityViolation = "23000";

TableDefinition key_table(const TableDefinition& table) {
  TableDefinition keys{.name = table.name, .topic = table.topic, .columns = {}, .event_time = {}};
  keys.timestamp_format = table.timestamp_format;
  for (const std::uint32_t column : table.primary_key) keys.columns.push_back(table.columns[column]);
  return keys;
}

std::string names_of(const Schema& columns) {
  std::string names;
  for (const Field& field : columns) names += (names.empty() ? "" : ", ") + field.name;
  return names;
}

// The elements of an array of scalars; a comma inside a string separates nothing.
std::vector<std::string_view> split_elements(std::string_view inside) {
  std::vector<std::string_view> elements;
  std::size_t begin = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < inside.size(); ++at) {
    if (inside[at] == '"') quoted = !quoted;
    if (inside[at] == '\\') ++at;
    if (quoted || at >= inside.size() || inside[at] != ',') continue;
    elements.push_back(inside.substr(begin, at - begin));
    begin = at + 1;
  }
  elements.push_back(inside.substr(begin));
  return elements;
}

/// Values one after the other as events without anything else.
EventBatch events_of(const std::vector<std::string>& values) {
  struct Memory {
    std::string bytes;
    std::vector<std::uint32_t> offsets{0};
  };
  auto memory = std::make_shared<Memory>();
  for (const std::string& value : values) {
    memory->bytes += value;
    memory->offsets.push_back(static_cast<std::uint32_t>(memory->bytes.size()));
  }
  const std::size_t size = memory->bytes.size();
  memory->bytes.resize(size + kReadPadding);
  EventBatch events;
  events.columns.count = static_cast<std::uint32_t>(values.size());
  events.columns.values = {memory->offsets, {}, as_bytes(memory->bytes).first(size)};
  events.memory = std::move(memory);
  return events;
}

}  // namespace

EventKey::EventKey(const TableDefinition& table)
    : table_(table),
      key_table_(key_table(table)),
      column_list_(names_of(key_table_.columns)),
      decoder_(key_table_, std::vector<bool>(key_table_.columns.size(), true)) {
  for (std::uint32_t i = 0; i < key_table_.columns.size(); ++i) {
    KAPPA_ASSERT(key_table_.columns[i].not_null, "a column of a primary key can be NULL");
    key_columns_.push_back(i);
  }
}

std::string_view EventKey::text_of(const Batch& rows, std::size_t row, const std::vector<std::uint32_t>& columns) {
  text_.clear();
  const Column& first = *rows.columns[columns.front()];
  if (columns.size() > 1) {
    key_to_json(table_.columns, rows, row, columns, text_);
  } else if (first.kind == TypeKind::boolean) {
    text_ = first.as<std::uint8_t>()[row] != 0 ? "true" : "false";
  } else {
    value_to_text(first, row, text_);
  }
  return text_;
}

ErrorPointer EventKey::check_row(const Batch& rows, std::size_t row, std::optional<Bytes> key) {
  const std::string_view expected = text_of(rows, row, table_.primary_key);
  if (!key) {
    return make_error(
        kIntegrityViolation,
        fmt::format("the event has no key, but its row has the PRIMARY KEY ({})=({})", column_list_, expected));
  }
  if (as_text(*key) == expected) return nullptr;
  return make_error(kIntegrityViolation, fmt::format("event key ({}) is not the PRIMARY KEY of its row, ({})=({})",
                                                     event_value_text(*key), column_list_, expected));
}

ErrorPointer EventKey::no_key_of_a_row(Bytes key, std::string_view why) const {
  return make_error(kIntegrityViolation,
                    fmt::format("the event has no value, and its key ({}) is no PRIMARY KEY ({}) of \"{}\": {}",
                                event_value_text(key), column_list_, table_.name, why));
}

/// An object whose members are the primary key's columns, if the key looks like one.
std::optional<std::string> EventKey::as_object(std::string_view key) const {
  const Schema& columns = key_table_.columns;
  std::string quoted;
  std::vector<std::string_view> values;
  if (columns.size() == 1) {
    put_json_string(key, quoted);
    values.emplace_back(quoted);
  } else if (key.size() > 1 && key.front() == '[' && key.back() == ']') {
    values = split_elements(key.substr(1, key.size() - 2));
  }
  if (values.size() != columns.size()) return std::nullopt;
  std::string object;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    object += i == 0 ? '{' : ',';
    put_json_string(columns[i].name, object);
    object += ':';
    object += values[i];
  }
  return object + "}";
}

std::vector<ErrorPointer> EventKey::check_deletions(const EventBatch& events,
                                                    const std::vector<std::uint32_t>& chosen) {
  std::vector<ErrorPointer> errors(chosen.size());
  std::vector<std::string> objects;
  std::vector<std::size_t> asked;  // Of each object, its index in `chosen`.
  const BytesColumn& keys = events.columns.keys;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    std::optional<std::string> object;
    if (!keys.has(chosen[i])) {
      errors[i] = make_error(
          kIntegrityViolation,
          fmt::format("the event has neither value nor key: which row of \"{}\" it deletes is unknown", table_.name));
    } else if (object = as_object(as_text(keys[chosen[i]])); object) {
      objects.push_back(std::move(*object));
      asked.push_back(i);
    } else {
      errors[i] =
          no_key_of_a_row(keys[chosen[i]], fmt::format("a JSON array of {} values is expected", key_columns_.size()));
    }
  }
  std::vector<RejectedEvent> rejected;
  const EventBatch decoded = events_of(objects);
  const Batch rows = decoder_.decode(decoded, rejected);
  for (const RejectedEvent& event : rejected) {
    const std::size_t i = asked[event.event];
    errors[i] = no_key_of_a_row(keys[chosen[i]], event.error->reason);
  }
  for (std::size_t row = 0; row < rows.rows; ++row) {
    const std::size_t i = asked[rows.origin.event(row)];
    const std::string_view written = text_of(rows, row, key_columns_);
    if (written == as_text(keys[chosen[i]])) continue;
    errors[i] = no_key_of_a_row(keys[chosen[i]], fmt::format("it must be written ({})", written));
  }
  return errors;
}

}  // namespace kappa::processor

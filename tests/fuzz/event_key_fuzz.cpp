// Keys of a keyed table's events. An input is a byte that chooses the primary key among columns of every type that may
// be in one, a key, a line break, a row. The key that a row must have is the one key that it may have, and deletes it.
#include <memory>
#include <string>

#include "fuzz.hpp"
#include "kappa/base/event_builder.hpp"
#include "kappa/processor/row_codec.hpp"
#include "operators/event_key.hpp"
#include "types/json_text.hpp"

namespace kappa::fuzz {
namespace {

using namespace processor;

TableDefinition make_table(std::uint8_t how) {
  TableDefinition table;
  table.name = table.topic = "t";
  table.columns = {{"b", {TypeKind::boolean}, true},
                   {"l", {TypeKind::bigint}, true},
                   {"p", {TypeKind::numeric, 10, 2}, true},
                   {"s", {TypeKind::text}, true},
                   {"v", {TypeKind::text, -1, -1, 3}, true},
                   {"t", {TypeKind::timestamp}, true},
                   {"a", {TypeKind::date}, true}};
  for (std::uint32_t i = 0; i < table.columns.size(); ++i)
    if ((how >> i & 1U) != 0) table.primary_key.push_back(i);
  if (table.primary_key.empty()) table.primary_key = {3};
  if ((how & 0x80U) != 0) std::ranges::reverse(table.primary_key);
  return table;
}

/// One event, its value of its own size to the byte.
EventBatch event_of(std::string_view key, std::string_view value) {
  struct Memory {
    EventBatchBuilder builder;
    std::vector<std::byte> value;
  };
  const auto memory = std::make_shared<Memory>();
  memory->builder.add({kNoTimestamp, as_bytes(key), as_bytes(value), {}});
  memory->value.assign(value.size() + kReadPadding, std::byte{'"'});
  std::ranges::copy(as_bytes(value), memory->value.begin());
  EventBatch events;
  events.columns = memory->builder.columns();
  events.columns.values.bytes = Bytes(memory->value).first(value.size());
  events.memory = memory;
  return events;
}

std::string key_of(const TableDefinition& table, const Batch& rows) {
  std::string key;
  const Column& first = *rows.columns[table.primary_key.front()];
  if (table.primary_key.size() > 1) {
    key_to_json(table.columns, rows, 0, table.primary_key, key);
  } else if (first.kind == TypeKind::boolean) {
    key = first.as<std::uint8_t>()[0] != 0 ? "true" : "false";
  } else {
    value_to_text(first, 0, key);
  }
  return key;
}

bool deletes(EventKey& keys, std::string_view key) {
  return !keys.check_deletions(event_of(key, ""), {0}).front();
}

}  // namespace

void run(Bytes input) {
  FuzzInput take(input);
  const TableDefinition table = make_table(take.byte());
  const std::string_view text = as_text(take.rest());
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view key = text.substr(0, end);
  const std::string_view value = text.substr(std::min(end + 1, text.size()));

  EventKey keys(table);
  const bool is_some_key = deletes(keys, key);
  require(!is_some_key || utf8_fault(key).empty(), "a key of a row is text", key);
  JsonTableDecoder decoder(table, std::vector<bool>(table.columns.size(), true));
  std::vector<RejectedEvent> rejected;
  const EventBatch event = event_of(key, value);
  const Batch rows = decoder.decode(event, rejected);
  if (rows.rows == 0) return;
  const std::string expected = key_of(table, rows);
  require(!keys.check_row(rows, 0, as_bytes(expected)), "a row has the key that it must have", expected);
  require(deletes(keys, expected), "the key of a row deletes it", expected);
  const bool is_its_key = !keys.check_row(rows, 0, as_bytes(key));
  require(is_its_key == (key == expected), "a row has one key", key);
  require(!is_its_key || is_some_key, "the key of a row is the key of some row", key);
}

}  // namespace kappa::fuzz

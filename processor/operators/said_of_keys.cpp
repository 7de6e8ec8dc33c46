#include "kappa/processor/said_of_keys.hpp"

#include "kappa/base/assert.hpp"
#include "operators/keyed_events.hpp"

namespace kappa::processor {
namespace {

std::vector<bool> key_columns(const TableDefinition& table) {
  std::vector<bool> columns(table.columns.size() + kHiddenColumns, false);
  for (const std::uint32_t column : table.primary_key) columns[column] = true;
  return columns;
}

}  // namespace

struct SaidOfKeys::Table {
  explicit Table(TableDefinition of)
      : definition(std::move(of)), decoder(definition, key_columns(definition)), events(definition) {}

  [[nodiscard]] std::vector<SaidOfKey> judge(const EventBatch& batch) {
    std::vector<RejectedEvent> rejected;
    Batch rows = decoder.decode(batch, rejected);
    std::vector<SaidOfKey> said(batch.columns.count, SaidOfKey::nothing);
    for (const KeyChange& change : events.changes(batch, rows, rejected))
      said[change.event] = change.row == KeyChange::kNoRow ? SaidOfKey::no_row : SaidOfKey::row;
    return said;
  }

  TableDefinition definition;
  JsonTableDecoder decoder;
  KeyedEvents events;
};

SaidOfKeys::SaidOfKeys(std::vector<TableDefinition> tables) {
  KAPPA_ASSERT(!tables.empty(), "events are judged by a table");
  for (TableDefinition& table : tables) {
    KAPPA_ASSERT(table.is_keyed(), "a table that judges keys has a primary key");
    tables_.push_back(std::make_unique<Table>(std::move(table)));
  }
}

SaidOfKeys::~SaidOfKeys() = default;

std::vector<SaidOfKey> SaidOfKeys::judge(const EventBatch& events) {
  std::vector<SaidOfKey> said = tables_.front()->judge(events);
  for (std::size_t table = 1; table < tables_.size(); ++table) {
    const std::vector<SaidOfKey> other = tables_[table]->judge(events);
    for (std::size_t i = 0; i < said.size(); ++i)
      if (other[i] != said[i]) said[i] = SaidOfKey::nothing;
  }
  return said;
}

}  // namespace kappa::processor

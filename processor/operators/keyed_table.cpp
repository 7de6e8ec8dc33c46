// A table with a primary key. The bytes of a valid event's key are the identity of its row (see EventKey), so they are
// the keys of the store. What is kept of a row are the columns that some reader uses, encoded, and the place of its
// event: enough to take the row back exactly as it came.
//
// A batch is staged against the state without touching the rows in it. Only the store learns new keys, which discard()
// takes out again.
#include "operators/keyed_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "operators/value_order.hpp"
#include "types/json_hidden.hpp"

namespace kappa::processor {
namespace {

std::vector<TypeKind> kinds_of(const TableDefinition& table, const UsedColumns& wanted) {
  std::vector<TypeKind> kinds;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i]) continue;
    const std::size_t declared = table.columns.size();
    kinds.push_back(i < declared ? table.columns[i].type.kind : kHiddenKinds[i - declared]);
  }
  return kinds;
}

std::vector<ColumnPointer> used(const std::vector<ColumnPointer>& columns, const UsedColumns& wanted) {
  std::vector<ColumnPointer> kept;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i]) kept.push_back(columns[i]);
  }
  return kept;
}

}  // namespace

KeyedTable::KeyedTable(const TableDefinition& table, UsedColumns wanted)
    : table_(table), wanted_(std::move(wanted)), events_(table), codec_(kinds_of(table, wanted_)) {}

UsedColumns KeyedTable::decoded() const {
  UsedColumns columns = wanted_;
  for (const std::uint32_t column : table_.primary_key) columns[column] = true;
  return columns;
}

Result<std::vector<std::uint32_t>> KeyedTable::number(const EventBatch& events, const std::vector<KeyChange>& changes) {
  if (store_.numbers_end() + changes.size() > kKeysMax) {
    return fail(Errc::query, fmt::format("table {} has more than 4 billion rows", table_.name),
                "delete rows that are no longer needed: events with their keys and without a value");
  }
  KeyBatch keys;
  keys.count = changes.size();
  for (const KeyChange& change : changes) {
    keys.bytes += as_text(events.columns.keys[change.event]);
    keys.ends.push_back(keys.bytes.size());
  }
  std::vector<std::uint32_t> numbers;
  store_.find_or_insert(keys, numbers);
  rows_.resize(store_.numbers_end());
  return numbers;
}

Result<std::vector<Batch>> KeyedTable::stage(const EventBatch& events, Batch rows,
                                             std::vector<RejectedEvent>& rejected) {
  const std::vector<KeyChange> changes = events_.changes(events, rows, rejected);
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    if (!wanted_[i]) rows.columns[i] = nullptr;
  }
  rows.origin.is_keyed = true;
  const auto numbers = number(events, changes);
  if (!numbers) return std::unexpected(numbers.error());

  std::vector<std::uint32_t> replaced;  // Rows of this batch.
  std::vector<std::uint32_t> gone;      // Numbers of rows from before.
  for (std::size_t i = 0; i < changes.size(); ++i) {
    PresentRow& present = rows_[(*numbers)[i]];
    if (present.staged == 0) {
      if (present.is_present) gone.push_back((*numbers)[i]);
      staged_.push_back({(*numbers)[i], changes[i].row});
      present.staged = static_cast<std::uint32_t>(staged_.size());
    } else {
      const std::uint32_t before = std::exchange(staged_[present.staged - 1].row, changes[i].row);
      if (before != kNoRow) replaced.push_back(before);
    }
  }
  staged_rows_ = rows;
  std::vector<Batch> batches;
  if (!replaced.empty()) {
    batches.push_back(gather(rows, replaced));
    batches.back().weights.assign(replaced.size(), -1);
  }
  if (rows.rows != 0) batches.insert(batches.begin(), std::move(rows));
  if (!gone.empty()) batches.push_back(stored_rows(gone));
  return batches;
}

Batch KeyedTable::stored_rows(const std::vector<std::uint32_t>& numbers) const {
  Batch batch;
  batch.rows = numbers.size();
  batch.weights.assign(numbers.size(), -1);
  batch.origin.topic = table_.topic;
  batch.origin.is_keyed = true;
  std::vector<std::string_view> encoded;
  for (const std::uint32_t each : numbers) {
    encoded.emplace_back(rows_[each].encoded);
    batch.origin.places.push_back(rows_[each].place);
  }
  const std::vector<ColumnPointer> columns = codec_.decode(encoded);
  auto next = columns.begin();
  for (const bool is_wanted : wanted_) batch.columns.push_back(is_wanted ? *next++ : nullptr);
  return batch;
}

void KeyedTable::apply() {
  if (staged_.empty()) return;
  const std::vector<StagedKey> staged = std::exchange(staged_, {});
  const Batch rows = std::exchange(staged_rows_, {});
  const KeyBatch encoded = codec_.encode(used(rows.columns, wanted_), rows.rows, KeyForm::exact);
  for (const StagedKey& each : staged) {
    PresentRow& row = rows_[each.number];
    row.staged = 0;
    row.is_present = each.row != kNoRow;
    if (!row.is_present) {
      forget(each.number);
      continue;
    }
    keep(row, encoded[each.row]);
    const EventBatch& events = *rows.origin.batch;
    row.place = {events.partition, events.offset(rows.origin.event(each.row)).value};
  }
}

void KeyedTable::discard() {
  for (const StagedKey& each : std::exchange(staged_, {})) {
    rows_[each.number].staged = 0;
    if (!rows_[each.number].is_present) forget(each.number);
  }
  staged_rows_ = {};
}

void KeyedTable::keep(PresentRow& row, std::string_view encoded) {
  row_bytes_ -= heap_size(row.encoded);
  row.encoded.assign(encoded);
  row_bytes_ += heap_size(row.encoded);
}

void KeyedTable::forget(std::uint32_t number) {
  row_bytes_ -= heap_size(rows_[number].encoded);
  rows_[number] = {};
  store_.erase(number);
}

std::size_t KeyedTable::state_bytes() const {
  return store_.bytes() + rows_.capacity() * sizeof(PresentRow) + row_bytes_;
}

}  // namespace kappa::processor

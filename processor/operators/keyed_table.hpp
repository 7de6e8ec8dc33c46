#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "kappa/base/result.hpp"
#include "kappa/processor/column.hpp"
#include "kappa/processor/json_table.hpp"
#include "operators/columns_used.hpp"
#include "operators/key_codec.hpp"
#include "operators/keyed_events.hpp"
#include "operators/keyed_store.hpp"

namespace kappa::processor {

/// The present rows of a table with a primary key: behind the table's decoder, it turns what events say (this is the
/// row of this key; this key has no row) into rows that come and rows that go. Like a StatefulOperator it only stages
/// a batch, until apply() or discard(). Not thread-safe.
class KeyedTable {
 public:
  /// `wanted`: the columns that readers use, declared and hidden. The table must outlive this.
  KeyedTable(const TableDefinition& table, UsedColumns wanted);

  /// The columns that the table's decoder must materialise: those wanted, and the primary key.
  [[nodiscard]] UsedColumns decoded() const;

  /// Stages the events of one batch: `rows` and `rejected` as the decoder gave them, and the former lose the rows
  /// whose events have another key. Leaves in `rejected` what is an error: an event without a value is one only if its
  /// key is none of the table's. Returns the changes, rows that come before rows that go, so that no row is ever
  /// taken away that is not there. Rows come one for each event, also where a later event of the same batch replaces
  /// them: what they give downstream, errors included, must not depend on where batches end.
  /// Errc::query where there are more keys than the store takes.
  [[nodiscard]] Result<std::vector<Batch>> stage(const EventBatch& events, Batch rows,
                                                 std::vector<RejectedEvent>& rejected);
  void apply();
  void discard();
  [[nodiscard]] std::size_t state_bytes() const;

 private:
  static constexpr std::uint32_t kNoRow = KeyChange::kNoRow;
  struct StagedKey {
    std::uint32_t number = 0;
    std::uint32_t row = kNoRow;
  };
  /// State of a key, under its number in the store.
  struct PresentRow {
    std::string encoded;  ///< The wanted columns.
    Provenance::Place place;
    std::uint32_t staged = 0;  ///< Its StagedKey's index plus one; 0: none.
    bool is_present = false;
  };

  [[nodiscard]] Result<std::vector<std::uint32_t>> number(const EventBatch& events,
                                                          const std::vector<KeyChange>& changes);
  [[nodiscard]] Batch stored_rows(const std::vector<std::uint32_t>& numbers) const;
  void keep(PresentRow& row, std::string_view encoded);
  void forget(std::uint32_t number);

  const TableDefinition& table_;
  UsedColumns wanted_;
  KeyedEvents events_;
  KeyCodec codec_;  // Of the wanted columns, in their order.
  KeyedStore store_{0};
  std::vector<PresentRow> rows_;  // By number.
  std::size_t row_bytes_ = 0;     // On the heap.
  std::vector<StagedKey> staged_;
  Batch staged_rows_;
};

}  // namespace kappa::processor

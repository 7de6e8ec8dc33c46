#pragma once
#include <cstdint>
#include <vector>

#include "kappa/base/event.hpp"
#include "kappa/processor/column.hpp"
#include "kappa/processor/json_table.hpp"
#include "kappa/processor/plan.hpp"
#include "operators/event_key.hpp"

namespace kappa::processor {

/// What one event says about its key: its row in the batch, or that there is none.
struct KeyChange {
  static constexpr std::uint32_t kNoRow = 0xFFFF'FFFF;
  std::uint32_t event = 0;
  std::uint32_t row = kNoRow;
};

/// Tells rows and deletions of a keyed table from what is an error, behind the table's decoder. Not thread-safe.
class KeyedEvents {
 public:
  /// The table must outlive this.
  explicit KeyedEvents(const TableDefinition& table) : key_(table) {}

  /// In the order of the events. `rows` (with the primary key's columns) and `rejected` as the decoder gave them: the
  /// former lose the rows whose events have another key, the latter the events that are deletions.
  [[nodiscard]] std::vector<KeyChange> changes(const EventBatch& events, Batch& rows,
                                               std::vector<RejectedEvent>& rejected);

 private:
  [[nodiscard]] std::vector<KeyChange> take_rows(const EventBatch& events, Batch& rows,
                                                 std::vector<RejectedEvent>& rejected);
  [[nodiscard]] std::vector<KeyChange> take_deletions(const EventBatch& events, std::vector<RejectedEvent>& rejected);

  EventKey key_;
};

}  // namespace kappa::processor

#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "kappa/base/event.hpp"
#include "kappa/processor/plan.hpp"

namespace kappa::processor {

/// What an event says of its key to a keyed table.
enum class SaidOfKey : std::uint8_t {
  nothing,  ///< It is an error of each view that reads the table.
  row,      ///< This is the key's row now.
  no_row    ///< The key has no row now.
};

/// Judges events by keyed tables over one topic, by the code with which a run reads them. An event says what it says to
/// all of the tables; where they disagree, nothing. Not thread-safe.
class SaidOfKeys {
 public:
  /// At least one table, each with a primary key.
  explicit SaidOfKeys(std::vector<TableDefinition> tables);
  ~SaidOfKeys();

  /// One entry for each event of the batch, the same however events are batched. What says something has a key.
  [[nodiscard]] std::vector<SaidOfKey> judge(const EventBatch& events);

 private:
  struct Table;
  std::vector<std::unique_ptr<Table>> tables_;
};

}  // namespace kappa::processor

#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kappa/base/event.hpp"
#include "kappa/processor/column.hpp"
#include "kappa/processor/json_table.hpp"
#include "kappa/processor/plan.hpp"

namespace kappa::processor {

/// The keys that events of a keyed table must have: the primary key's text where it is one column (`5`, `true`,
/// `2024-03-01`), its JSON array where it is several (`[5,"x"]`, as key_to_json prints it). A row has exactly one such
/// text, so the bytes of a valid event's key are the identity of its row. Not thread-safe: it keeps parser memory.
class EventKey {
 public:
  /// The table must outlive this.
  explicit EventKey(const TableDefinition& table);
  EventKey(const EventKey&) = delete;
  EventKey& operator=(const EventKey&) = delete;
  ~EventKey() = default;

  /// Null if `key` is the key of a row, else why not. `rows` has the primary key's columns.
  [[nodiscard]] ErrorPointer check_row(const Batch& rows, std::size_t row, std::optional<Bytes> key);
  /// The same for events without a value: whether each one's key is the key of some row.
  [[nodiscard]] std::vector<ErrorPointer> check_deletions(const EventBatch& events,
                                                          const std::vector<std::uint32_t>& chosen);

 private:
  [[nodiscard]] std::string_view text_of(const Batch& rows, std::size_t row, const std::vector<std::uint32_t>& columns);
  [[nodiscard]] std::optional<std::string> as_object(std::string_view key) const;
  [[nodiscard]] ErrorPointer no_key_of_a_row(Bytes key, std::string_view why) const;

  const TableDefinition& table_;
  TableDefinition key_table_;               ///< The primary key's columns alone.
  std::vector<std::uint32_t> key_columns_;  ///< Of key_table_: all.
  std::string column_list_;
  JsonTableDecoder decoder_;
  std::string text_;
};

}  // namespace kappa::processor

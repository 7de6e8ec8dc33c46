#pragma once
#include <cstdint>
#include <deque>
#include <vector>

#include "kappa/processor/column.hpp"
#include "kappa/processor/plan.hpp"
#include "kappa/replay/replay.hpp"

namespace kappa::replay {

/// Holds rows and gives them in an order: by sort keys, ties by key and row encoding. The rows' memory is held
/// until the object ends. Not thread-safe.
class SortedRows {
 public:
  explicit SortedRows(const ViewSpec& view) : view_(&view) {}
  /// Rows of positive weight.
  void add(const processor::Batch& rows);
  /// Gives all rows, sorted, in batches of some thousand.
  [[nodiscard]] Result<void> emit(const RowSink& sink);

 private:
  struct Chunk {
    processor::Batch rows;
    std::vector<processor::ColumnPointer> keys;  // A column a sort key.
    std::vector<std::string> identities;         // Encoded unique key and row: makes every order total.
  };
  struct Place {
    std::uint32_t chunk;
    std::uint32_t row;
  };
  [[nodiscard]] bool before(const Place& a, const Place& b) const;
  [[nodiscard]] Result<void> emit_range(const std::vector<Place>& places, std::size_t from, std::size_t to,
                                        const RowSink& sink);

  const ViewSpec* view_;
  std::deque<Chunk> chunks_;
};

}  // namespace kappa::replay

#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <variant>
#include <vector>

#include "kappa/base/event.hpp"
#include "kappa/processor/type.hpp"
#include "kappa/processor/value.hpp"

namespace kappa::processor {

/// Storage of a column, one alternative for each kind: boolean (bytes 0 and 1); integer and date; bigint and timestamp;
/// numeric; double precision; text (views); interval.
using ColumnData =
    std::variant<std::vector<std::uint8_t>, std::vector<std::int32_t>, std::vector<std::int64_t>, std::vector<Numeric>,
                 std::vector<double>, std::vector<std::string_view>, std::vector<Interval>>;

/// The values of one SQL column for the rows of a batch. Built by one owner, then shared as const and never changed.
/// Where `nulls[i]` is 1 or `errors[i]` is set, the datum at i is a zero of its type and means nothing.
struct Column {
  TypeKind kind = TypeKind::text;
  ColumnData data;
  std::vector<std::uint8_t> nulls;                  ///< Empty: no NULL. Else 0 or 1 a row.
  std::vector<ErrorPointer> errors;                 ///< Empty: no error. Else null or the error of the row.
  std::vector<std::shared_ptr<const void>> memory;  ///< What the views of a text column point into.

  [[nodiscard]] bool is_null(std::size_t row) const { return !nulls.empty() && nulls[row] != 0; }
  [[nodiscard]] const RowError* error(std::size_t row) const { return errors.empty() ? nullptr : errors[row].get(); }
  template <typename T>
  [[nodiscard]] const std::vector<T>& as() const {
    return std::get<std::vector<T>>(data);
  }
  template <typename T>
  [[nodiscard]] std::vector<T>& as() {
    return std::get<std::vector<T>>(data);
  }
};
using ColumnPointer = std::shared_ptr<const Column>;  // Shared: projections and filters reuse columns.

/// An empty column of a kind, its storage alternative chosen and resized to `rows` zeros.
[[nodiscard]] Column make_column(TypeKind kind, std::size_t rows);

/// Which event each row of a batch came from, for the errors output. Present from a table's decoder up to the first
/// operator that merges rows (aggregate, DISTINCT). Rows that a keyed table takes away came from events of earlier
/// batches, of which only the places are known.
struct Provenance {
  /// Where an event stands in its topic.
  struct Place {
    std::uint32_t partition = 0;
    std::uint64_t offset = 0;
  };
  std::string_view topic;             ///< Lives as long as the processor.
  const EventBatch* batch = nullptr;  ///< Valid during Processor::process only.
  std::vector<std::uint32_t> events;  ///< Row -> index in the batch; empty: row i is event i.
  std::vector<Place> places;          ///< Row -> place of its event, where `batch` is null; else empty.
  bool is_keyed = false;              ///< Of a keyed table: rows that come now may be taken away later.

  /// Whether there is one event to blame for each row.
  [[nodiscard]] bool knows_events() const { return batch != nullptr || !places.empty(); }
  [[nodiscard]] std::uint32_t event(std::size_t row) const {
    return events.empty() ? static_cast<std::uint32_t>(row) : events[row];
  }
};

/// Rows as columns, with weights: a change that adds a row |w| times or takes it away. No weights means all are +1.
struct Batch {
  std::size_t rows = 0;
  std::vector<ColumnPointer> columns;
  std::vector<std::int64_t> weights;
  Provenance origin;

  [[nodiscard]] std::int64_t weight(std::size_t row) const { return weights.empty() ? 1 : weights[row]; }
};

/// The rows at `selection` of a batch, in that order; may repeat or leave out rows.
[[nodiscard]] Batch gather(const Batch& batch, const std::vector<std::uint32_t>& selection);
[[nodiscard]] ColumnPointer gather(const ColumnPointer& column, const std::vector<std::uint32_t>& selection);

}  // namespace kappa::processor

// Sorting for print. Contents are a multiset; what is shown of them needs one order, the same for a replay, for a read
// of the changelog, and on every machine. So ORDER BY is completed by the row's identity.
#include "sorted_rows.hpp"

#include <algorithm>
#include <type_traits>
#include <variant>

#include "kappa/processor/evaluate.hpp"
#include "kappa/processor/row_codec.hpp"
#include "kappa/processor/scalar.hpp"

namespace kappa::replay {

namespace {

using processor::Column;

template <typename T>
int compare_values(const T& a, const T& b) {
  if constexpr (std::is_same_v<T, processor::Numeric> || std::is_same_v<T, double>) {
    return processor::compare(a, b);
  } else if constexpr (std::is_same_v<T, processor::Interval>) {
    return 0;  // No column of a view is an interval.
  } else {
    return a < b ? -1 : (b < a ? 1 : 0);
  }
}

int compare_data(const Column& a, std::size_t row_a, const Column& b, std::size_t row_b) {
  return std::visit(
      [&](const auto& values) {
        using Values = std::decay_t<decltype(values)>;
        return compare_values(values[row_a], std::get<Values>(b.data)[row_b]);
      },
      a.data);
}

// Three-way by one sort key. A row whose sort key is an error sorts with the NULLs: order is for print only.
int compare_key(const processor::SortKey& key, const Column& a, std::size_t row_a, const Column& b, std::size_t row_b) {
  const bool null_a = a.is_null(row_a) || a.error(row_a) != nullptr;
  const bool null_b = b.is_null(row_b) || b.error(row_b) != nullptr;
  if (null_a || null_b) {
    if (null_a == null_b) return 0;
    return null_a == key.nulls_first ? -1 : 1;
  }
  const int order = compare_data(a, row_a, b, row_b);
  return key.descending ? -order : order;
}

}  // namespace

void SortedRows::add(const processor::Batch& rows) {
  Chunk chunk{rows, {}, {}};
  for (const processor::SortKey& key : view_->order_by)
    chunk.keys.push_back(processor::evaluate(*key.expression, rows));
  chunk.identities.resize(rows.rows);
  for (std::size_t row = 0; row < rows.rows; ++row) {
    if (view_->unique_key) processor::encode_row(rows, row, *view_->unique_key, chunk.identities[row]);
    processor::encode_row(rows, row, chunk.identities[row]);
  }
  chunks_.push_back(std::move(chunk));
}

bool SortedRows::before(const Place& a, const Place& b) const {
  const Chunk& chunk_a = chunks_[a.chunk];
  const Chunk& chunk_b = chunks_[b.chunk];
  for (std::size_t i = 0; i < view_->order_by.size(); ++i) {
    const int order = compare_key(view_->order_by[i], *chunk_a.keys[i], a.row, *chunk_b.keys[i], b.row);
    if (order != 0) return order < 0;
  }
  return chunk_a.identities[a.row] < chunk_b.identities[b.row];
}

Result<void> SortedRows::emit(const RowSink& sink) {
  std::vector<Place> places;
  for (std::uint32_t chunk = 0; chunk < chunks_.size(); ++chunk)
    for (std::uint32_t row = 0; row < chunks_[chunk].rows.rows; ++row) places.push_back({chunk, row});
  std::sort(places.begin(), places.end(), [this](const Place& a, const Place& b) { return before(a, b); });
  // Runs of rows of one chunk go out together.
  for (std::size_t from = 0; from < places.size();) {
    std::size_t to = from + 1;
    while (to < places.size() && places[to].chunk == places[from].chunk) ++to;
    if (auto emitted = emit_range(places, from, to, sink); !emitted) return emitted;
    from = to;
  }
  return {};
}

Result<void> SortedRows::emit_range(const std::vector<Place>& places, std::size_t from, std::size_t to,
                                    const RowSink& sink) {
  std::vector<std::uint32_t> selection;
  for (std::size_t i = from; i < to; ++i) selection.push_back(places[i].row);
  return sink(processor::gather(chunks_[places[from].chunk].rows, selection));
}

}  // namespace kappa::replay

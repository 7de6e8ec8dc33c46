// Consolidation by sorting: rows are encoded once, key before row, into one buffer, and what is sorted are references
// that carry the first eight bytes, which decide most comparisons. Equal rows then lie side by side and their weights
// add up. Encodings of one schema are never prefixes of each other, so comparing key and row as one text compares the
// key first. Last, within a key (all rows, where there is none) retractions move before insertions.
#include "operators/consolidate.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "kappa/processor/row_codec.hpp"
#include "operators/batch_tools.hpp"
#include "operators/operator.hpp"

namespace kappa::processor {
namespace {

struct Reference {
  std::uint64_t prefix = 0;
  std::string_view encoded;
  std::size_t key_size = 0;
  std::int64_t weight = 0;
  std::uint32_t row = 0;

  [[nodiscard]] std::string_view key() const { return encoded.substr(0, key_size); }
};

// The first bytes as a number that compares as they do; what is missing counts as zeros, so equal is undecided.
std::uint64_t prefix_of(std::string_view encoded) {
  std::uint64_t prefix = 0;
  std::memcpy(&prefix, encoded.data(), std::min(encoded.size(), sizeof prefix));
  return __builtin_bswap64(prefix);
}

bool before(const Reference& a, const Reference& b) {
  return a.prefix != b.prefix ? a.prefix < b.prefix : a.encoded < b.encoded;
}

std::vector<Reference> encode_rows(const Batch& rows, const std::optional<std::vector<std::uint32_t>>& key,
                                   std::string& buffer) {
  std::vector<Reference> references(rows.rows);
  std::vector<std::size_t> ends(rows.rows);
  for (std::size_t row = 0; row < rows.rows; ++row) {
    const std::size_t begin = buffer.size();
    if (key) encode_row(rows, row, *key, buffer);
    references[row].key_size = buffer.size() - begin;
    encode_row(rows, row, buffer);
    ends[row] = buffer.size();
  }
  std::size_t begin = 0;
  for (std::size_t row = 0; row < rows.rows; ++row) {
    Reference& reference = references[row];
    reference.encoded = std::string_view(buffer).substr(begin, ends[row] - begin);
    reference.prefix = prefix_of(reference.encoded);
    reference.weight = rows.weight(row);
    reference.row = static_cast<std::uint32_t>(row);
    begin = ends[row];
  }
  return references;
}

// Adds the weights of equal neighbours and drops what is zero.
void merge_equal(std::vector<Reference>& sorted) {
  auto kept = sorted.begin();
  for (auto at = sorted.begin(); at != sorted.end();) {
    Reference merged = *at;
    for (++at; at != sorted.end() && at->encoded == merged.encoded; ++at) merged.weight += at->weight;
    if (merged.weight != 0) *kept++ = merged;
  }
  sorted.erase(kept, sorted.end());
}

std::vector<Reference> retract_before_insert(const std::vector<Reference>& sorted) {
  std::vector<Reference> ordered;
  ordered.reserve(sorted.size());
  for (auto begin = sorted.begin(); begin != sorted.end();) {
    auto end = begin + 1;
    while (end != sorted.end() && end->key() == begin->key()) ++end;
    const auto retracts = [](const Reference& row) { return row.weight < 0; };
    std::copy_if(begin, end, std::back_inserter(ordered), retracts);
    std::copy_if(begin, end, std::back_inserter(ordered), std::not_fn(retracts));
    begin = end;
  }
  return ordered;
}

}  // namespace

std::vector<Batch> consolidate(std::vector<Batch> changes, const std::optional<std::vector<std::uint32_t>>& key) {
  if (changes.empty()) return {};
  const Batch whole = concatenate(std::move(changes));
  std::string buffer;
  std::vector<Reference> rows = encode_rows(whole, key, buffer);
  std::ranges::sort(rows, before);
  merge_equal(rows);
  rows = retract_before_insert(rows);
  std::vector<Batch> batches;
  for (std::size_t begin = 0; begin < rows.size(); begin += kBatchRows) {
    const std::size_t end = std::min(rows.size(), begin + kBatchRows);
    std::vector<std::uint32_t> selection;
    std::vector<std::int64_t> weights;
    for (std::size_t i = begin; i < end; ++i) {
      selection.push_back(rows[i].row), weights.push_back(rows[i].weight);
    }
    batches.push_back(gather(whole, selection));
    batches.back().weights = std::move(weights);
  }
  return batches;
}

}  // namespace kappa::processor

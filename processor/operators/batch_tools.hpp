#pragma once
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "kappa/processor/column.hpp"

namespace kappa::processor {

/// Builds a text column that owns its bytes.
class TextColumnBuilder {
 public:
  void add(std::optional<std::string_view> text);
  [[nodiscard]] ColumnPointer finish();

 private:
  std::string bytes_;
  std::vector<std::size_t> ends_;
  std::vector<std::uint8_t> nulls_;
  bool has_null_ = false;
};

/// The batch with text columns that own their bytes, and without an origin: what may outlive the events it came from.
[[nodiscard]] Batch own(Batch batch);

/// The batches one after the other. They have the same columns, none with errors.
[[nodiscard]] Batch concatenate(std::vector<Batch> batches);

/// Rough bytes that a batch holds.
[[nodiscard]] std::size_t batch_bytes(const Batch& batch);

}  // namespace kappa::processor

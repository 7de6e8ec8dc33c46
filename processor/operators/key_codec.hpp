#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kappa/processor/column.hpp"
#include "operators/key_batch.hpp"

namespace kappa::processor {

/// What equal bytes mean. equality: values are `=` (or both NULL), as GROUP BY and DISTINCT see them. exact: values are
/// identical, as they print.
enum class KeyForm : std::uint8_t { equality, exact };

/// Encodes rows of columns of given kinds as keys of state, and decodes them. The bytes never leave the process and
/// their order means nothing. Without text and numeric every key has one width: a word a column, then words of NULL
/// bits; otherwise columns follow each other, each behind a byte that says whether it is NULL.
class KeyCodec {
 public:
  explicit KeyCodec(std::vector<TypeKind> kinds);

  /// 0 where keys differ in length.
  [[nodiscard]] std::size_t width() const { return width_; }
  /// Whether a kind has values that are equal but not identical, so that the two forms differ.
  [[nodiscard]] bool is_coarse() const { return coarse_; }
  [[nodiscard]] std::size_t columns() const { return kinds_.size(); }

  /// Keys of the rows; `columns` has at least columns() elements, the first ones are the key.
  [[nodiscard]] KeyBatch encode(std::span<const ColumnPointer> columns, std::size_t rows, KeyForm form) const;
  /// Columns from keys in the exact form (or in either where the kinds are not coarse). They own their bytes.
  [[nodiscard]] std::vector<ColumnPointer> decode(std::span<const std::string_view> keys) const;

 private:
  [[nodiscard]] KeyBatch encode_fixed(std::span<const ColumnPointer> columns, std::size_t rows, KeyForm form) const;
  [[nodiscard]] KeyBatch encode_variable(std::span<const ColumnPointer> columns, std::size_t rows, KeyForm form) const;
  [[nodiscard]] std::vector<ColumnPointer> decode_fixed(std::span<const std::string_view> keys) const;
  [[nodiscard]] std::vector<ColumnPointer> decode_variable(std::span<const std::string_view> keys) const;

  std::vector<TypeKind> kinds_;
  std::size_t width_ = 0;
  bool coarse_ = false;
};

}  // namespace kappa::processor

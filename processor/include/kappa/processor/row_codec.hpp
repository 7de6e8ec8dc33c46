#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "kappa/base/result.hpp"
#include "kappa/processor/column.hpp"
#include "kappa/processor/schema.hpp"

namespace kappa::processor {

/// Version of encode_row; raised when any encoded byte changes.
inline constexpr int kRowEncodingVersion = 1;

/// Appends the row encoding (docs/determinism.md, "Row encoding") of one row: what identity of rows, order of output
/// and the fingerprint are made of. Rows with errors have none; the caller has taken them out.
void encode_row(const Batch& batch, std::size_t row, std::string& to);
/// Likewise of some columns only.
void encode_row(const Batch& batch, std::size_t row, const std::vector<std::uint32_t>& columns, std::string& to);

/// The row encodings of a block of rows, made a column at a time: several times quicker than a row at a time. A block
/// is small enough to stay in the nearest caches until it is used. Keeps its memory from one encode() to the next. Not
/// thread-safe.
class EncodedRows {
 public:
  static constexpr std::size_t kRowsMost = 128;
  static constexpr std::size_t kBytesMost = std::size_t{1} << 15U;  ///< But one row always fits.

  /// Rows of a batch from `begin` (below batch.rows) on, in place of what was there. Returns how many: at least one.
  std::size_t encode(const Batch& batch, std::size_t begin);
  /// The encoding of row begin + i. Valid until the next encode().
  [[nodiscard]] std::string_view operator[](std::size_t i) const { return {bytes_.data() + i * stride_, ends_[i]}; }

 private:
  /// How many rows a block has room for, and how wide the widest of them may be: stride_.
  std::size_t fit(const Batch& batch, std::size_t begin);

  std::size_t stride_ = 0;
  std::vector<char> bytes_;
  std::vector<char*> ends_;
};

/// Appends the row as PostgreSQL's row_to_json prints it, byte for byte.
void row_to_json(const Schema& schema, const Batch& batch, std::size_t row, std::string& to);
/// Appends a JSON array of some columns: the key of a changelog event.
void key_to_json(const Schema& schema, const Batch& batch, std::size_t row, const std::vector<std::uint32_t>& columns,
                 std::string& to);
/// The text of one value as PostgreSQL prints it in a query's result; the caller handles NULL.
void value_to_text(const Column& column, std::size_t row, std::string& to);

/// The inverse of row_to_json: rows (JSON texts, each followed by kReadPadding readable bytes) to a batch by the
/// schema, identical rows. Errc::corruption where a text is no such row.
[[nodiscard]] Result<Batch> rows_from_json(const Schema& schema, const std::vector<std::string_view>& rows,
                                           std::shared_ptr<const void> memory);

}  // namespace kappa::processor

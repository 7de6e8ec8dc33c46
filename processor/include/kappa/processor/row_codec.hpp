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

/// The row encodings of many rows at once, made a column at a time: several times quicker than a row at a time. Keeps
/// its memory from one encode() to the next. Not thread-safe.
class EncodedRows {
 public:
  /// The rows [begin, end) of a batch, in place of what was there.
  void encode(const Batch& batch, std::size_t begin, std::size_t end);
  [[nodiscard]] std::size_t count() const { return ends_.size(); }
  /// The encoding of row begin + i. Valid until the next encode().
  [[nodiscard]] std::string_view operator[](std::size_t i) const {
    const std::size_t from = i == 0 ? 0 : ends_[i - 1];
    return {bytes_.data() + from, ends_[i] - from};
  }

 private:
  std::vector<char> bytes_;
  std::vector<std::size_t> ends_;
  std::vector<char*> cursors_;
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
